"""`make screenshots`: the README's pictures, taken of the running product.

Starts a service of its own with the demo county, texts and calls as an invented person and photographs `/phone`, the rooms of
`/console` and what hangs on the wall in Chromium. Or takes them of a service that runs: python -m tools.screenshots --url URL --data-dir DATA_DIR
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from backend.run.console import say
from backend.settings import ROOT
from tests.e2e.browser import NotInstalled, Window, chromium
from tests.support.throwaway import started

PICTURES = ROOT / "docs" / "images"
LARGEST_BYTES = 300 * 1024
PHONE_SIZE, CONSOLE_SIZE = (1280, 900), (1280, 1500)
DESK_SIZE, WALL_SIZE = (1366, 768), (1366, 768)
STATION = "qianjiang"
POSTER_WIDTH = 620  # pixels
# Name of the picture → address, and what has to stand on the page before it is taken.
ROOMS = {
    "inbox": ("/console/conversations", ".rows .row"),
    "dashboard": ("/console/figures?period=month", ".chart img"),
    "ledger": ("/console/workers", "main table, .rows"),
    "window": ("/console/window", "[name=uses]"),
    "review": ("/console/openings", ".rows, table"),
    "training": ("/console/training", "#inuse"),
    "people": ("/console/people", ".rows"),
    "job-map": ("/console/map", "svg.map"),
}
ANSWER_WITHIN_MS = 45_000
PERSON = 4  # of the demo's list; one with nothing taken yet


@contextmanager
def service(url: str | None, data_dir: Path | None) -> Iterator[tuple[str, dict[str, str]]]:
    """(address, KEY=value lines of demo.env) of the service asked for, or of one started for this."""
    if url and data_dir:
        lines = (data_dir / "demo.env").read_text(encoding="utf-8").splitlines()
        yield url, dict(line.split("=", 1) for line in lines if "=" in line)
        return
    say("starting a service for the pictures.")
    with started() as stack:
        yield stack.url, stack.secrets


def answered(page: Page, tap: Locator) -> None:
    theirs = page.locator(".bubble.theirs")
    before = theirs.count()
    tap.click()
    expect(theirs.nth(before).locator(".gloss")).to_be_visible(timeout=ANSWER_WITHIN_MS)


def photograph(window: Window, name: str) -> None:
    window.page.mouse.move(0, 0)
    path = PICTURES / name
    window.page.screenshot(path=path)
    if window.complaints or path.stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{name}: {path.stat().st_size} bytes; {window.complaints}")
    say(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")


def take_phone(window: Window) -> None:
    page = window.page
    page.goto("/phone")
    expect(page.locator("#person option").nth(20)).to_be_attached(timeout=ANSWER_WITHIN_MS)
    page.click("#page-language")
    for _ in range(4):
        answered(page, page.locator("#next-chip"))
    photograph(window, "phone.png")


def take_console(window: Window, secrets: dict[str, str]) -> None:
    page = window.page
    page.goto("/phone")
    page.locator("#person option").nth(20).wait_for(state="attached")
    page.select_option("#person", index=PERSON)
    page.check("#gloss")
    number = page.locator("#person").input_value()
    answered(page, page.locator(".chip", has_text="有没得摘果子的活"))
    answered(page, page.locator(".chip", has_text=re.compile("^1$")))
    page.click(".chip[data-call]")
    expect(page.locator("#call-state")).to_contain_text("按键", timeout=ANSWER_WITHIN_MS)
    said = page.locator(".caption.theirs")
    before = said.count()
    page.click("#keypad [data-key='3']")
    expect(said.nth(before)).to_be_visible(timeout=ANSWER_WITHIN_MS)
    page.click("#hangup")

    enter(page, secrets)
    page.goto(f"/console/conversations?number={number[-4:]}")
    page.locator(".rows .row").first.click()
    expect(page.locator(".turn kbd").first).to_be_visible()
    photograph(window, "console.png")


def take_rooms(window: Window, secrets: dict[str, str]) -> None:
    """What a county's market works in, as on an office screen."""
    page = window.page
    enter(page, secrets)
    for name, (address, wanted) in ROOMS.items():
        page.goto(address)
        page.locator(wanted).first.wait_for()
        page.wait_for_load_state("networkidle")
        for picture in page.locator("img").all():
            picture.evaluate("image => image.complete || new Promise(done => image.onload = done)")
        photograph(window, f"{name}.png")
    # One conversation, with a word chosen to be put right.
    page.goto("/console/conversations?q=摘")
    if not page.locator(".rows .row").count():
        page.goto("/console/conversations")
    page.locator(".rows .row").first.click()
    page.locator(".turn.in [data-entity], .turn.in .fix").first.click()
    page.locator(".panel, form[data-value]").first.wait_for()
    photograph(window, "correcting.png")


def take_wall(window: Window) -> None:
    """The market's screen, and the poster beside it."""
    page = window.page
    page.goto(f"/screen/{STATION}")
    page.locator("li").first.wait_for()
    photograph(window, "screen.png")
    answer = page.context.request.get(f"{window.origin}/screen/{STATION}/poster.pdf")
    paper = pypdfium2.PdfDocument(answer.body())[0]
    path = PICTURES / "poster.png"
    paper.render(scale=POSTER_WIDTH / paper.get_width()).to_pil().convert("P", palette=1, colors=64).save(
        path, optimize=True
    )
    say(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")


def enter(page: Page, secrets: dict[str, str]) -> None:
    """Log the county's account in, and switch to English if it reads Chinese."""
    page.goto("/console/login")
    page.fill("[name=login]", secrets["DEMO_STAFF_COUNTY_LOGIN"])
    page.fill("[name=password]", secrets["DEMO_STAFF_COUNTY_PASSWORD"])
    page.click(".door button.main")
    page.locator(".rooms").wait_for()
    if page.locator("button[name=language]").get_attribute("value") == "en":
        page.click("button[name=language]")


def has_chinese_letters() -> bool:
    """Without a font the pictures would show boxes, and nobody would be told."""
    listing = shutil.which("fc-list")
    return listing is None or bool(subprocess.run([listing, ":lang=zh"], capture_output=True, check=True).stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url")
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args()
    if not has_chinese_letters():
        say(
            "there are no Chinese letters to draw with. Debian, Ubuntu: sudo apt install fonts-noto-cjk, then run this again."
        )
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        with chromium() as browser, service(options.url, options.data_dir) as (url, secrets):
            phone = Window(browser, url, PHONE_SIZE, ())
            take_phone(phone)
            phone.close()
            console = Window(browser, url, CONSOLE_SIZE, ())
            take_console(console, secrets)
            console.close()
            rooms = Window(browser, url, DESK_SIZE, ())
            take_rooms(rooms, secrets)
            rooms.close()
            wall = Window(browser, url, WALL_SIZE, ())
            take_wall(wall)
            wall.close()
    except NotInstalled as missing:
        say(str(missing))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
