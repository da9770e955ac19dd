"""What was changed last from a number about its postings, kept for as long as a reply takes it back (DESIGN §3.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.services.turn import Turn
from backend.store.models import Opening

UNDONE_WITHIN = timedelta(hours=24)


def keep_undo(turn: Turn, opening: Opening, **what: Any) -> None:
    """`what`: how (posted | changed | enough | off) and what it was before, as plain JSON."""
    turn.remember("posting_undo", {"opening_id": opening.id, "at": turn.now.isoformat(), **what})
    turn.expect("undo_posting", {"undo": {"act": "undo_posting"}})
