"""Puts another model in use while the service runs: a second engine comes up beside the first, takes over, the first goes.

The trainer writes what is wanted; the services read which address answers now (dialogue/address.py). Nobody waits: turns
under way end on the engine they began on.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from backend.dialogue import address
from backend.run.console import say
from backend.run.programs import Program, engine
from backend.settings import Settings, inner_ports

WANTED, OUTCOME = Path("run") / "engine-wanted.json", Path("run") / "engine-outcome.json"
NAMES = ("rasa", "rasa-2")
UP_WITHIN_S = 240.0
# Longer than any turn may take, so that none is cut off.
DRAIN_S = 15.0
# What the first people would otherwise wait for.
WARM_WITH = ("我是兴泉社区的，明天有没得摘果子的活，一天一百二", "莫发了", "我要登记")


# The number of the change that nobody asked for.
FALL_BACK = 0


class Watcher(Protocol):
    """What is needed of the supervisor."""

    def add(self, program: Program) -> None: ...
    def keep(self, name: str) -> None: ...
    def retire(self, name: str) -> None: ...
    def is_running(self, name: str) -> bool: ...
    def gave_up(self, name: str) -> bool: ...


@dataclass
class _Change:
    switch_id: int
    name: str
    url: str
    began: float
    model: str
    up: threading.Event
    given_up: threading.Event


class Engines:
    """`tick` from the watcher's loop; it never waits for anything."""

    def __init__(
        self,
        settings: Settings,
        watcher: Watcher,
        *,
        make: Callable[..., Program] = engine,
        is_up: Callable[[str, str], bool] | None = None,
        now: Callable[[], float] = time.monotonic,
        drain_s: float = DRAIN_S,
        own: tuple[Path, str] | None = None,
    ) -> None:
        """`own`: the program's own model and its hash, for when the file of the one in use turns out to be altered."""
        self._settings, self._watcher, self._make, self._now = settings, watcher, make, now
        self._is_up = is_up or _is_up
        self._drain_s = drain_s
        self._own = own
        self._current = NAMES[0]
        self._change: _Change | None = None
        self._retire_at: tuple[float, str] | None = None
        self._seen: int | None = None
        for file in (address.FILE, WANTED, OUTCOME):
            (settings.data_dir / file).unlink(missing_ok=True)

    def tick(self) -> None:
        now = self._now()
        if self._retire_at is not None and now >= self._retire_at[0]:
            self._watcher.retire(self._retire_at[1])
            self._retire_at = None
        if self._change is not None:
            self._go_on(self._change, now)
        elif self._own is not None and self._retire_at is None and self._watcher.gave_up(self._current):
            self._fall_back(self._own, now)
        elif self._retire_at is None and (wanted := self._wanted()) is not None:
            try:
                self._begin(wanted, now)
            except (KeyError, TypeError, ValueError, OSError) as problem:
                # The watcher lives on whatever is asked of it; the trainer gives the change up after a while.
                say(f"the model could not be changed ({type(problem).__name__}).")

    def _fall_back(self, own: tuple[Path, str], now: float) -> None:
        """The engine in use has refused its model: the program's own answers in its place, at the other address."""
        self._begin({"switch": FALL_BACK, "model": str(own[0]), "sha256": own[1]}, now)
        if self._change is not None:
            say(
                "the file of the model in use was altered; the program's own takes its place. Train again in the console."
            )

    def _wanted(self) -> dict[str, Any] | None:
        file = self._settings.data_dir / WANTED
        try:
            stamp = os.stat(file).st_mtime_ns
            if stamp == self._seen:
                return None
            self._seen = stamp
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _begin(self, wanted: dict[str, Any], now: float) -> None:
        name = NAMES[1 - NAMES.index(self._current)]
        if self._watcher.is_running(name):  # the one before has not gone yet: asked again at the next tick
            self._seen = None
            return
        port = inner_ports(self._settings.port)[name]
        model = Path(str(wanted["model"]))
        url = f"http://127.0.0.1:{port}"
        change = _Change(
            int(wanted["switch"]), name, url, now, model.name, up=threading.Event(), given_up=threading.Event()
        )
        self._watcher.add(self._make(self._settings, model, str(wanted["sha256"]), port, name=name))
        self._change = change
        threading.Thread(target=self._wait_until_up, args=(change,), name="engine-up", daemon=True).start()
        say(f"a second engine is started with {model.name}; the first answers until it is ready.")

    def _wait_until_up(self, change: _Change) -> None:
        while not change.given_up.wait(0.5):
            if self._is_up(change.url, self._settings.rasa_token):
                change.up.set()
                return

    def _go_on(self, change: _Change, now: float) -> None:
        if change.up.is_set():
            _write(self._settings.data_dir / address.FILE, {"url": change.url, "model": change.model})
            self._watcher.keep(change.name)
            self._retire_at = (now + self._drain_s, self._current)
            self._current = change.name
            self._settle(change, None)
            say(f"{change.model} answers now ({now - change.began:.0f} s); turns under way end on the engine before.")
        elif not self._watcher.is_running(change.name) or now - change.began > UP_WITHIN_S:
            change.given_up.set()
            self._watcher.retire(change.name)
            if change.switch_id == FALL_BACK:
                self._own = None  # tried once: what is wrong with both needs a person
            self._settle(change, "engine_ended" if now - change.began <= UP_WITHIN_S else "engine_slow")
            say(f"the engine with {change.model} did not come up; the one before goes on.")

    def _settle(self, change: _Change, problem: str | None) -> None:
        self._change = None
        _write(self._settings.data_dir / OUTCOME, {"switch": change.switch_id, "problem": problem})


def ask_for(data_dir: Path, switch_id: int, model: Path, sha256: str) -> None:
    """Ask the watcher for another model; `outcome` tells how it went."""
    _write(data_dir / WANTED, {"switch": switch_id, "model": str(model), "sha256": sha256})


def outcome(data_dir: Path, switch_id: int) -> tuple[bool, str | None]:
    """(whether it has ended, what went wrong)"""
    try:
        found = json.loads((data_dir / OUTCOME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False, None
    return found.get("switch") == switch_id, found.get("problem")


def answering(data_dir: Path) -> str | None:
    """The file name of the model that took over since the start; None while the first one answers."""
    try:
        return str(json.loads((data_dir / address.FILE).read_text(encoding="utf-8"))["model"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, what: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(what), encoding="utf-8")
    draft.replace(path)


def _is_up(url: str, token: str) -> bool:
    """Whether the engine has its model and has read a few sentences."""
    try:
        with httpx.Client(base_url=url, params={"token": token}, timeout=20, trust_env=False) as client:
            status = client.get("/status")
            if status.status_code != 200 or not status.json().get("model_file"):
                return False
            return all(
                client.post("/model/parse", json={"text": words}).status_code == 200
                for words in WARM_WITH
                for _ in "12"
            )
    except (httpx.HTTPError, ValueError):
        return False
