"""What a call is tried with: worlds it comes into, what each question is about, and what the services can answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backend.domain.answers import KINDS, make
from ivr.steps import Converse, Do, Placed, Step, World
from tests.support.calls import PLACED_DATA, TOWNS, WORLD, case_opened, human, my_list, offers, opening, sample

CLOSED = replace(WORLD, staff_open=False)
WORLDS: dict[str, World] = {
    "open": WORLD,
    "closed": CLOSED,
    "many towns": replace(WORLD, towns=TOWNS),
    "no towns": replace(WORLD, towns=()),
    "an employer": replace(WORLD, hiring=True),
    "over 65": replace(WORLD, over_65=True),
    "over 65, closed": replace(WORLD, over_65=True, staff_open=False),
}

# What a question needs to be asked at all; a question without an entry here asks with nothing.
DATA: dict[str, dict[str, Any]] = {
    **PLACED_DATA,
    "job": {"openings": offers(3)["openings"], "i": 2, "remaining": 1},
    "mine": {"offers": my_list("accepted", "offered")["offers"], "i": 0},
    "confirm": {"answer": make("confirm_take", opening=opening())},
    "which": {"openings": offers(3)["openings"], "purpose": "take"},
    "who": {"count": 3},
    "either": {"answer": sample("either_or")},
    "form": {"answer": make("ask", form="registration", field="age", attempt=1, choices=[], noted={})},
    "reg_age_ok": {"age": 58},
    "reg_town": {"page": 0},
    "reg_village": {"town": "500114121", "page": 2},
    "reg_place_ok": {"code": "500114121002", "asked": ["reg_village", {"town": "500114121", "page": 0}]},
    "reg_trade_ok": {"job_types": ["A01"]},
}

CONFIRM_TAKE = make("confirm_take", opening=opening())
CONFIRM_WITHDRAW = make("confirm_withdraw", opening=opening(), code="11")
ASK_AGE = DATA["form"]["answer"]

PLACED = (
    Placed("callback"),
    Placed("offer", opening(), 71, waited=True, changed=True),
    Placed("reminder", opening(), 71, people=2),
    Placed("still_looking", worker_id=5),
    Placed("still_looking", worker_id=5, people=2),
    *(Placed(purpose, opening(), 71) for purpose in ("offer", "reminder", "follow_up", "over")),
)

# act → what the services can answer to it; the first is the usual one.
ANSWERS_OF_ACTS: dict[str, tuple[list[dict[str, Any]], ...]] = {
    "find_jobs": ([offers(3, 1)], [offers(1)], [offers(2, relaxed=["date"])], [sample("no_jobs")]),
    "more_jobs": ([make("no_more_jobs", shown=3)], [offers(2)]),
    "my_applications": ([my_list("accepted", "offered")], [my_list()], [make("which_person", count=2)]),
    "apply_job": (
        [CONFIRM_TAKE], [sample("job_taken")], [sample("job_full")], [sample("job_gone")], [sample("clash")],
        [sample("already_taken")], [sample("own_job")], [make("which_person", count=2)], [sample("offer_expired")],
        [make("job_full", opening=opening(), alternatives=[opening(2)])], [sample("full_wait")],
    ),
    "job_details": ([sample("job_details")],),
    "who_comes": ([sample("who_comes"), make("names_by_text")], [make("nobody_hired")]),
    "repeat_posting": ([sample("confirm_posting")], [make("ask", form="posting", field="job_type", attempt=1, choices=[], noted={})]),
    "close_posting": (
        [sample("confirm_close")], [make("confirm_close", opening=opening(), coming=0)], [make("nobody_hired")],
        [make("which_job", openings=offers(3)["openings"], purpose="hiring", more=True)],
    ),
    "withdraw_application": (
        [CONFIRM_WITHDRAW], [make("withdrawn", opening=opening(), code="11")], [make("nothing_to_withdraw")],
        [make("offer_declined", opening=opening())],
    ),
    "talk_to_human": ([human()],),
    "talked_to_human": ([make("human_talked", case_id=5)],),
    "nobody_came": ([sample("callback_promised")],),
    "slower": ([make("slower", rate=50)],),
    "faster": ([make("slower", rate=80)],),
    "talk_in": ([make("wording", wording="mandarin")],),
    "move_village": ([make("profile_updated", changed={})], [make("no_profile")]),
    "case_by_key": ([case_opened(case_kind="wage_arrears")], [case_opened(case_kind="injury", emergency="120")]),
    "resume_messages": ([make("opted_in")],),
    "stop_messages": ([make("opted_out")],),
    "ask_market_info": ([sample("market_info")],),
    "leave_message": ([case_opened(case_kind="voicemail")],),
    "reopen_form": ([ASK_AGE],),
    "cancel": ([make("cancelled", what="registration")],),
    "wrong_person": ([make("profile_locked")],),
    "no_more_calls": ([make("calls_off")],),
    "goodbye": ([make("goodbye")],),
    "will_come": ([sample("outcome_noted")], [make("nothing_to_answer", said="yes")]),
    "still_looking": ([sample("still_noted")], [sample("not_looking")], [make("nothing_to_answer", said="yes")]),
    "job_outcome": ([sample("ask_paid")], [sample("outcome_noted")], [case_opened(case_kind="wage_arrears")]),
    "register_by_keypad": (
        [make("registered", facts={}, for_other=False, jobs=[opening()])],
        [make("registered", facts={}, for_other=False, jobs=[])],
    ),
}  # fmt: skip

MUMBLED = "咕噜咕噜"
DANGER = (
    ("injury", [case_opened(case_kind="injury", emergency="120")]),
    ("violence", [case_opened(case_kind="violence", emergency="110")]),
)
NOT_UNDERSTOOD = (("not_understood", [make("not_understood", attempt=1)]),)
# What a key can mean to a question of the services; all that words can is tried with the first key only.
ANSWERS_TO_KEYS = tuple(
    (kind, [sample(kind)])
    for kind in ("ask", "confirm_registration", "registered", "cancelled", "job_offers", "menu", "say_again", "noted")
)
# What words can be understood as: every kind of answer, and the forms of those that lead to different questions.
ANSWERS_TO_WORDS: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    *((kind, [sample(kind)]) for kind in sorted(KINDS)),
    ("ask person_name", [make("ask", form="registration", field="person_name", attempt=1, choices=[], noted={})]),
    ("ask location", [make("ask", form="registration", field="location", attempt=1, choices=["兴泉社区", "双石村"], noted={})]),
    ("ask job_type", [make("ask", form="registration", field="job_type", attempt=1, choices=[], noted={"age": 58})]),
    ("ask headcount", [make("ask", form="posting", field="headcount", attempt=1, choices=[], noted={})]),
    ("ask benefit", [make("ask", form="posting", field="benefit", attempt=1, choices=["都管", "只管饭", "管饭接送", "都不管"], noted={})]),
    ("ask of an impossible number", [sample("posting_problem"), make("ask", form="posting", field="headcount", attempt=2, choices=[], noted={})]),
    ("job_details elsewhere", [make("job_details", opening=opening(9), asked=["meals"])]),
    *DANGER,
    ("in the middle of a form", [sample("market_info"), sample("resume_hint")]),
    ("nothing: staff have the conversation", []),
)  # fmt: skip


def variants(answers: list[dict[str, Any]], world: World) -> list[dict[str, Any]]:
    """The same answers as this world gives them: whether staff are there."""
    return [human(world.staff_open) if answer["kind"] == "human" else answer for answer in answers]


def what_services_say(step: Step, world: World) -> list[dict[str, Any]]:
    """The usual answer to what the flow asks for; words are not understood."""
    if isinstance(step, Converse):
        return [make("not_understood", attempt=1)]
    assert isinstance(step, Do)
    return variants(ANSWERS_OF_ACTS[step.act][0], world)
