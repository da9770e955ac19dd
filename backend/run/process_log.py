"""What a process prints: kept in DATA_DIR/logs, warnings and worse also shown on the console."""

from __future__ import annotations

import re
import threading
from collections import deque
from pathlib import Path
from typing import IO

from backend.logs import mask_numbers, scrub
from backend.run.console import say

MAX_BYTES = 5_000_000
_SERIOUS = re.compile(r"level=(warning|error|critical)\b|\b(WARNING|ERROR|CRITICAL)\b|Traceback")


class ProcessLog:
    """The log of one named process over all its restarts; one older file is kept beside it."""

    def __init__(self, directory: Path, name: str, *, foreign: bool, show_all: bool) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / f"{name}.log"
        self._name, self._clean, self._show_all = name, scrub if foreign else mask_numbers, show_all
        self._readers: list[threading.Thread] = []
        self._tail: deque[str] = deque(maxlen=12)
        self._lock = threading.Lock()
        self._rotate()
        self._file = self.path.open("a", encoding="utf-8")

    def follow(self, pipe: IO[bytes]) -> None:
        """Read `pipe` until its last writer is gone."""
        reader = threading.Thread(target=self._read, args=(pipe,), name=f"log-{self._name}", daemon=True)
        reader.start()
        self._readers = [*(r for r in self._readers if r.is_alive()), reader]

    def settle(self) -> None:
        """Wait until what dead processes have written is kept."""
        for reader in self._readers:
            reader.join(timeout=2)

    def close(self) -> None:
        self.settle()
        self._file.close()

    def tail(self) -> list[str]:
        with self._lock:
            return list(self._tail)

    def _read(self, pipe: IO[bytes]) -> None:
        in_traceback = False
        with pipe:
            for raw in pipe:
                in_traceback = self._keep(raw, in_traceback)

    def _keep(self, raw: bytes, in_traceback: bool) -> bool:
        line = self._clean(raw[:20_000].decode("utf-8", "replace").rstrip())
        if not line:
            return in_traceback
        with self._lock:
            self._tail.append(line)
            self._file.write(line + "\n")
            self._file.flush()
            if self._file.tell() > MAX_BYTES:
                self._file.close()
                self._rotate()
                self._file = self.path.open("a", encoding="utf-8")
        # A traceback ends with its first line that is not indented, the one that says what went wrong.
        goes_on = "Traceback" in line or (in_traceback and line[0] in " \t")
        if self._show_all or in_traceback or goes_on or _SERIOUS.search(line):
            say(line, self._name)
        return goes_on

    def _rotate(self) -> None:
        if self.path.exists() and self.path.stat().st_size > MAX_BYTES:
            self.path.replace(self.path.with_suffix(".log.1"))
