"""Wait for something to become true, with a deadline; never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T], within_s: float = 60.0, what: str = "") -> T:
    """Return the first truthy value of `condition()`; fail the test if none came within `within_s` seconds.

    They are for a busy machine: a deadline costs nothing when it is met.
    """
    deadline = time.monotonic() + within_s
    pause = 0.01
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(
                f"not within {within_s:g} s: {what or getattr(condition, '__name__', 'the condition')}"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
