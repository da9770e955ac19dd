"""What `make run` prints: one prefix, flushed at once, whole lines also when several threads speak."""

from __future__ import annotations

import sys
import threading

_lock = threading.Lock()


def say(message: str, who: str = "run") -> None:
    with _lock:
        for line in message.splitlines() or [""]:
            print(f"[{who}] {line}", flush=True)


def plain(message: str) -> None:
    with _lock:
        print(message, flush=True)
        sys.stdout.flush()
