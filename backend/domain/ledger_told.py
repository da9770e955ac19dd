"""What stands in the library, in the words of a ledger's cell: the inverse of its reading (L03)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backend.domain import ledger_words as w
from backend.domain.ledger_cells import national, wage_told, yes_no_told
from backend.domain.lexicon import job_name


def _several(table: w.Words) -> Callable[[Any], str]:
    return lambda codes: "、".join(w.word_for(table, code) for code in codes or ())


def _word(table: w.Words) -> Callable[[Any], str]:
    return lambda code: w.word_for(table, code)


_TELLERS: Mapping[str, Callable[[Any], Any]] = {
    "gender": _word(w.GENDERS),
    "phone": national,
    "job_types": lambda codes: "、".join(job_name(code) for code in codes or ()),
    "job_type": job_name,
    "skill_level": _word(w.SKILLS),
    "pay": lambda pay: wage_told(*(pay or (None, None, None))),
    "employment_status": _word(w.EMPLOYMENT),
    "job_willingness": _word(w.WILLINGNESS),
    "at_home": yes_no_told,
    "hardships": _several(w.LABELS),
    "service_needs": _several(w.NEEDS),
    "preferred_channel": _word(w.CHANNELS),
    "employer_kind": _word(w.EMPLOYER_KINDS),
    "settlement": _word(w.SETTLEMENTS),
    "kind": _word(w.STATION_KINDS),
    "hotline": national,
    **dict.fromkeys(("meals", "lodging", "transport", "insured", "has_screen", "has_sign"), yes_no_told),
}


def told(key: str, value: Any) -> Any:
    """The cell of column `key` for a stored value: text or a figure; "" where nothing is known."""
    if key in _TELLERS:
        return _TELLERS[key](value)
    return "" if value is None else value
