"""A real Chromium for the pages: opens windows, and holds against a page whatever it says or reaches for unasked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright

PROGRAMS = ("chromium", "chromium-browser")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-proxy-server", "--mute-audio",
    # A page that asks for another host gets none, whatever this machine could reach.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
DESKTOP = (1280, 900)
PHONE = (390, 844)
PATIENCE_MS = 45_000
expect.set_options(timeout=PATIENCE_MS)
CHECKS = Path(__file__).with_name("page_checks.js")

Open = Callable[..., "Window"]


class NotInstalled(Exception):
    """There is no Chromium; the message says how to get one."""


class Window:
    """One person's browser window, cookies of its own. `page` is Playwright's; `complaints` is what went wrong so far."""

    def __init__(
        self, browser: Browser, origin: str, size: tuple[int, int], tolerated: tuple[int, ...], **more: Any
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=origin, locale="zh-CN", timezone_id="Asia/Shanghai",
            reduced_motion="reduce", **more,  # a caption half faded in has no contrast to measure
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.origin, self.complaints = origin, list[str]()
        self._tolerated = tolerated
        self.context.on("console", self._heard)
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)
        self.context.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))

    def check(self) -> None:
        """Raise unless the page as it stands is sound: labels, headings, contrast, nothing wider than the screen."""
        self.page.wait_for_load_state()
        found = self.page.evaluate(CHECKS.read_text(encoding="utf-8"))
        assert found == [], f"{self.page.url} at {self.page.viewport_size}: " + "; ".join(found[:8])

    def close(self) -> None:
        # A window closed in the middle of a page's coming can hang Chromium for good: first each goes where nothing comes.
        with suppress(Exception):
            for page in self.context.pages:
                page.goto("about:blank")
        with suppress(Exception):
            self.context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser reports a refused login as an error of its own; `_answered` judges the status.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and f"{address.scheme}://{address.netloc}" != self.origin:
            self.complaints.append(f"asked for another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._tolerated:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without a display; raises `NotInstalled`."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise NotInstalled("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


# One browser to a module: while Playwright runs, its event loop stands in the way of other tests' own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    running = chromium()
    try:
        started = running.__enter__()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    yield started
    running.__exit__(None, None, None)


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Open]:
    """`open_window(origin, size=DESKTOP, tolerate=(401,))`: a window; no error, CSP violation or foreign request in it."""
    opened: list[Window] = []

    def start(origin: str, size: tuple[int, int] = DESKTOP, tolerate: tuple[int, ...] = (), **more: Any) -> Window:
        opened.append(Window(browser, origin, size, tolerate, **more))
        return opened[-1]

    yield start
    complaints = [complaint for window in opened for complaint in window.complaints]
    for window in opened:
        window.close()
    assert not complaints, "; ".join(complaints[:8])
