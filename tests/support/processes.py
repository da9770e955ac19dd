"""Whether a process still runs."""

from __future__ import annotations

import psutil


def alive(process: psutil.Process | int) -> bool:
    """One that has ended does not, whether or not it has been buried; it may end while it is being looked at."""
    try:
        one = psutil.Process(process) if isinstance(process, int) else process
        return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
