"""What a key alone can say: which matter somebody needs a person for. A recording or a talk tells the rest (R01, W10, W11)."""

from __future__ import annotations

from backend.domain.answers import Answer
from backend.errors import Invalid
from backend.services.acts import act
from backend.services.open_case import open_case, told
from backend.services.turn import Turn

SUMMARIES = {
    "wage_arrears": "按键:工钱没给", "injury": "按键:受伤了", "violence": "按键:遭打或不准走", "other_problem": "按键:别的难处",
    "policy": "按键:问政策补贴", "training": "按键:想学手艺", "unemployment": "按键:失业登记", "returnee": "按键:返乡登记",
}  # fmt: skip


@act("case_by_key")
def case_by_key(turn: Turn) -> list[Answer]:
    """`params`: kind, one of SUMMARIES. The case is open before anything more is asked: whoever hangs up has been heard."""
    kind = str(turn.facts.params.get("kind") or "")
    if kind not in SUMMARIES:
        raise Invalid("There is no such matter.", {"kind": "unknown"})
    case = open_case(turn, kind, SUMMARIES[kind])
    turn.session.flush()
    return [told(turn, case)]
