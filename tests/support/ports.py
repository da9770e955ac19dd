"""Ports of one's own: for servers that are told where to listen before they do."""

from __future__ import annotations

import os

from backend.run.preflight import free_ports


def own_ports() -> int:
    """A port that is free together with the four after it; another test run beside this one looks elsewhere.

    Below 32768, where the kernel begins to give ports to whoever connects: one of those could be taken by a connection
    before the server listens, or while it is started again.
    """
    return free_ports(20_000 + os.getpid() % 240 * 50)
