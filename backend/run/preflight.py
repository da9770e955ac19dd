"""What has to hold before anything is started, each failure with what to do about it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from pathlib import Path
from typing import IO

import psutil

from backend.errors import LinggongError
from backend.settings import Settings, inner_ports


class CannotStart(LinggongError):
    """Something on this machine is in the way; the message says what to do."""


def claim_data_dir(data_dir: Path) -> IO[str]:
    """Take DATA_DIR for this run; the returned file holds the claim as long as it is open."""
    try:
        (data_dir / "run").mkdir(parents=True, exist_ok=True)
        claim = (data_dir / "run" / "claim").open("a+", encoding="utf-8")
    except OSError as error:
        raise CannotStart(
            f"{data_dir} cannot be written ({error.strerror}). Choose another: DATA_DIR=/some/folder make run"
        ) from error
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        claim.seek(0)
        owner = claim.read().strip() or "unknown"
        claim.close()
        raise CannotStart(
            f"The service already runs from {data_dir} (process {owner}). Stop it there with Ctrl-C, or run a second copy "
            "beside it: PORT=8010 DATA_DIR=var/second make run"
        ) from None
    claim.seek(0)
    claim.truncate()
    claim.write(str(os.getpid()))
    claim.flush()
    return claim


def check_ports(settings: Settings) -> None:
    """Refuse to start while somebody else listens on one of our ports, and say who."""
    wanted = {"web": settings.port, **inner_ports(settings.port)}
    if settings.carrier != "simulator":
        del wanted["network"]
    taken = [
        f"  port {port} (for {name}) is in use{_by_whom(port)}" for name, port in wanted.items() if not _is_free(port)
    ]
    if taken:
        raise CannotStart(
            "\n".join(taken)
            + f"\nStop what uses it, or choose another PORT (it and the next four must be free): PORT={free_ports(settings.port)} make run"
        )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers themselves do: a connection that just closed does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(near: int) -> int:
    """Return a PORT near `near` that is free together with the four after it."""
    candidates = range(near + 10, min(near + 2000, 64_990), 10)
    return next((p for p in candidates if all(_is_free(p + k) for k in range(5))), near + 100)


def _by_whom(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""
