"""What no test may do unseen: reach beyond this machine, or be skipped without a reason that was agreed."""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

# With CI=true any other skip fails the run. Each line: how the reason starts, and why it may happen even there.
ALLOWED_SKIPS = (
    "the Twilio OpenAPI description is not beside the project",  # ../shared/peers; a plain clone does not have it
)


class LeftTheMachine(AssertionError):
    """A test tried to reach an address that is not loopback."""


def forbid_outside_addresses() -> None:
    """From now on every connection of this process to anything but loopback raises."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect":
            return
        address = arguments[1]
        if not isinstance(address, tuple):
            return  # a Unix socket
        host = address[0]
        if host in {"localhost", ""}:
            return
        try:
            inside = ipaddress.ip_address(host.split("%")[0]).is_loopback
        except ValueError:
            inside = False
        if not inside:
            raise LeftTheMachine(f"a test connects to {host}; only this machine may be reached")

    sys.addaudithook(hook)


def unexpected_skips(reasons: list[str]) -> list[str]:
    """The skip reasons that fail a run in CI; none elsewhere."""
    if os.environ.get("CI", "").lower() not in {"1", "true", "yes"}:
        return []
    return [reason for reason in reasons if not reason.startswith(ALLOWED_SKIPS)]
