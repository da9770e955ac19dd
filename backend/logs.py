"""Logs: one line an event, ids as fields, no message text, phone numbers masked (STYLE §5)."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from backend.errors import LinggongError

MOST_FRAMES = 25
# Their messages are our own plain sentences, or name files and attributes of programs.
HARMLESS = (LinggongError, ImportError, OSError, AttributeError, NameError)
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


def _without_words(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as where it came from and what kind it is, never its message: a database's tells the failing row, and
    a parser's the text it could not read."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is not None and not isinstance(error, BaseException):
        error = sys.exc_info()[1] if error else None  # exc_info=True: the one being handled
    if error is not None:
        event["exception"] = "\n".join(_told(error))
    return event


def _told(error: BaseException) -> list[str]:
    lines: list[str] = []
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        lines += [*_told(before), "then:"]
    for frame in traceback.extract_tb(error.__traceback__, limit=-MOST_FRAMES):
        lines.append(f"  {frame.filename}:{frame.lineno} in {frame.name}")
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    words = str(error) if isinstance(error, HARMLESS) else " ".join(str(part) for part in (code, constraint) if part)
    return [*lines, f"{type(error).__module__}.{type(error).__qualname__} {words}".rstrip()]


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
        _without_words,
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
    if process != "run":
        # The interpreter would print the message of what nobody caught.
        sys.excepthook = lambda kind, error, _: root.critical("uncaught", exc_info=(kind, error, error.__traceback__))
        threading.excepthook = lambda lost: root.critical("uncaught", exc_info=lost.exc_value)
