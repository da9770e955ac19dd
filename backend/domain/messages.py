"""Delivery states and when something may leave (D7, M10)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# How far along a message is; a receipt only ever moves it to a higher rank. The last two ranks are final.
RANK = {
    "created": 0,
    "sending": 1,
    "unknown": 1,
    "sent": 2,
    "temporary-failure": 3,
    "permanent-failure": 3,
    "delivered": 4,
}
# The carrier's word → ours. Source: Twilio, "Message status values".
FROM_CARRIER = {
    "queued": "sending",
    "accepted": "sending",
    "scheduled": "sending",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "temporary-failure",
    "failed": "permanent-failure",
    "canceled": "permanent-failure",
}
SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET_FROM, QUIET_TO = time(21, 0), time(7, 0)  # M10: only for what we start ourselves


def advance(current: str, wanted: str) -> str:
    """The status after a receipt: forward only, so that receipts may come late, twice or out of order."""
    return wanted if RANK.get(wanted, -1) > RANK.get(current, -1) else current


def leaves_at(now: datetime) -> datetime:
    """When something we start may leave: at once, or when the quiet hours end at seven."""
    local = now.astimezone(SHANGHAI)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return now
    morning = local.replace(hour=QUIET_TO.hour, minute=0, second=0, microsecond=0)
    return morning if local.time() < QUIET_TO else morning + timedelta(days=1)
