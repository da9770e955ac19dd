"""Logs: one line an event, ids as fields, no message text, phone numbers masked (STYLE §5)."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Runs of digits long enough to be a phone or an identity number; times and row ids are shorter or broken up.
_NUMBER = re.compile(r"(?<![\w.:-])(?:\+|%2[Bb])?\d[\d -]{5,}\d(?![\w:])")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][^\x00-\x7f]*")


def mask_numbers(text: str) -> str:
    """Keep the first three and last four digits of anything that looks like a phone or identity number."""

    def mask(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        return found[0] if len(digits) < 9 else f"{digits[:3]}****{digits[-4:]}"

    return _NUMBER.sub(mask, text)


def scrub(line: str) -> str:
    """Make a line of a foreign program fit to keep: its own words are English, so Chinese is what somebody wrote."""
    return _CHINESE.sub("…", mask_numbers(line))


def _mask(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = mask_numbers(value)
    return event


def configure(process: str, level: str | None = None) -> None:
    """Send our events and every library's to standard output, one line each; call once at a process's start.

    `level` defaults to LOG_LEVEL or `info`.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel((level or os.environ.get("LOG_LEVEL", "info")).upper())
    # These name URLs, and a URL may carry a phone number or a token.
    for chatty in ("httpx", "httpcore", "urllib3", "twilio", "alembic", "apscheduler", "werkzeug"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
