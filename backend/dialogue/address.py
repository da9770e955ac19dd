"""Where the dialogue engine listens now: two take turns on two ports when the model is changed, and nobody waits for it."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from backend.settings import Settings, inner_ports

FILE = Path("run") / "engine.json"  # in DATA_DIR; written by the watcher of `make run`


class EngineAddress:
    """Call it for the address. It is read anew whenever the file changed; without the file it is `first`."""

    def __init__(self, first: str, file: Path | None = None) -> None:
        self._first, self._file = first, file
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._now = first

    def __call__(self) -> str:
        if self._file is None:
            return self._first
        try:
            found = os.stat(self._file)
            seen = (found.st_mtime_ns, found.st_ino)
        except OSError:
            return self._first
        if seen != self._seen:
            with self._lock:
                try:
                    address = json.loads(self._file.read_text(encoding="utf-8"))["url"]
                except (OSError, ValueError, KeyError, TypeError):
                    return self._now
                if isinstance(address, str) and address.startswith("http://127.0.0.1:"):
                    self._now = address
                self._seen = seen
        return self._now


def engine_address(settings: Settings) -> EngineAddress:
    """The engine that `make run` watches; or the one RASA_URL names, which somebody else looks after."""
    own = f"http://127.0.0.1:{inner_ports(settings.port)['rasa']}"
    return EngineAddress(settings.rasa_url, settings.data_dir / FILE if settings.rasa_url == own else None)
