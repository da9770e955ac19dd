"""Openings, answers and a walk through the call flow, for the tests of the call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from backend.domain.answers import KINDS, make
from ivr.call_flow import advance
from ivr.steps import LAST, Answers, Ask, Converse, Do, Event, Record, Say, Started, State, Step, World

TODAY = date(2026, 11, 23)  # a Monday
TOWNS = (("500114121", "中塘镇"), ("500114122", "蓬东乡"), ("500114123", "沙坝镇"), ("500114124", "白石镇"))
VILLAGES = {"500114121": [(f"50011412100{n}", name) for n, name in enumerate(
    ("兴泉社区", "双石村", "中塘村", "兴隆村", "迎新村", "仰头山村", "胜利村"), 1)]}  # fmt: skip
WORLD = World(today=TODAY, staff_open=True, towns=TOWNS[:1], villages=lambda town: VILLAGES.get(town, []))


def opening(number: int = 1, **more: Any) -> dict[str, Any]:
    view = {
        "id": number, "title": "摘脆红李", "job_type": "A04", "job_name": "摘果工", "job_name_en": "fruit picker",
        "employer_name": "兴泉果园", "headcount": 3, "left": 2, "region": "500114121002", "region_name": "兴泉社区",
        "place": "三组", "starts_on": (TODAY + timedelta(days=1)).isoformat(),
        "ends_on": (TODAY + timedelta(days=2)).isoformat(),
        "hours": {"from": "07:00", "to": "17:00", "day_part": "daytime"},
        "pay": {"min_fen": 12_000, "max_fen": 12_000, "unit": "day", "settlement": "daily", "negotiable": False},
        "requirements": "", "meals": True, "lodging": None, "transport": True, "insured": False,
        "published_at": "2026-11-22T00:00:00+00:00",
    }  # fmt: skip
    return {**view, **more}


def offers(count: int = 3, remaining: int = 0, **more: Any) -> dict[str, Any]:
    found = [opening(n, title=title) for n, title in enumerate(("摘脆红李", "采茶", "搬砖")[:count], 1)]
    return make("job_offers", openings=found, filters={}, relaxed=more.pop("relaxed", []), remaining=remaining)


def my_list(*statuses: str) -> dict[str, Any]:
    return make("my_list", offers=[
        {"offer_id": 70 + n, "code": str(10 + n), "status": status, "opening": opening(n)}
        for n, status in enumerate(statuses, 1)
    ])  # fmt: skip


def human(open_now: bool = True, case_id: int = 5, ahead: int = 0) -> dict[str, Any]:
    return make(
        "human",
        open_now=open_now,
        station={"name": "黔江区零工市场"},
        due_at="2026-11-24T01:00:00+00:00",
        case_id=case_id,
        ahead=ahead,
    )


def promised(place: int = 1, case_id: int = 5) -> dict[str, Any]:
    return make("callback_promised", case_id=case_id, due_at="2026-11-23T09:00:00+00:00", place=place)


def case_opened(**more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"case_kind": "policy", "case_id": 3, "who": "中塘镇社保所", "due_at": "2026-11-24T09:00:00+00:00",
                              "emergency": None, "hotlines": ["12333"], "said": {}}  # fmt: skip
    return make("case_opened", **{**fields, **more})


# Where a call of ours begins, by question: the one opening it is about.
PLACED_DATA: dict[str, dict[str, Any]] = {
    "placed_callback": {"resume": {"at": "reg_trade", "data": {}}},
    **{f"placed_{purpose}": {"openings": [opening()], "i": 0, "offer_id": 71}
       for purpose in ("offer", "reminder", "follow_up")},
    "placed_still_looking": {"worker_id": 5},
    "placed_all_looking": {"worker_id": 5},
    "placed_who": {"count": 2, "whose": 1, "then": ["placed_reminder", {"openings": [opening()], "i": 0, "offer_id": 71}]},
}  # fmt: skip


class Walk:
    """A call, step by step: `call(event, answers…)`; acts asked for are answered with the answers given."""

    def __init__(self, world: World = WORLD, resume: State | None = None) -> None:
        self.world, self.state = world, State()
        self.steps: list[Step] = []
        self.done: list[tuple[str, dict[str, Any]]] = []
        self(Started(resume))

    def __call__(self, event: Event, *answers: dict[str, Any], intent: str | None = None) -> Walk:
        self.state, self.steps = advance(self.state, event, self.world)
        heard = [s for s in self.steps if isinstance(s, Say)]
        while self.steps and isinstance(self.steps[-1], Do | Converse) and answers:
            last = self.steps[-1]
            self.done.append(
                (last.act, dict(last.params)) if isinstance(last, Do) else ("converse", {"text": last.text})
            )
            given, answers = (list(answers), ()) if len(answers) else ([], ())
            self.state, self.steps = advance(self.state, Answers(given, intent), self.world)
            heard += [s for s in self.steps if isinstance(s, Say)]
        self.heard = heard
        return self

    def at(self, **world: Any) -> Walk:
        self.world = replace(self.world, **world)
        return self

    @property
    def text(self) -> str:
        return "".join(said.zh for said in self.heard)

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def waits(self) -> bool:
        return isinstance(self.last, Ask | Record)

    @property
    def goes_on(self) -> bool:
        return isinstance(self.last, (*LAST, Do, Converse))


# -- one sample of every kind of answer, with secrets inside wherever an answer can carry any ------------------------------

SECRETS = ("王秀英", "五十八", "58", "+8610000000077", "冉老板", "低保")
PERSONAL = {"person_name": "王秀英", "age": 58, "village_name": "双石村", "hardship": ["G03"], "job_names": ["采茶工"]}

SAMPLES: dict[str, dict[str, Any]] = {
    "greeting": {"known": True}, "help": {"topic": "age"}, "menu": {"reason": "unavailable"}, "slower": {"rate": 65}, "wording": {"wording": "mandarin"},
    "not_understood": {"attempt": 1},
    "confirm_heard": {"facts": {"pay": "140/day", "date": "2026-11-25"}},
    "either_or": {"about": "wish", "word": None, "choices": [{"zh": "找活", "en": "to find work"}, {"zh": "问政策", "en": "to ask about a policy"}]}, "choice_unknown": {"choice": 7, "choices": [1, 2]}, "nothing_to_answer": {"said": "yes"},
    "cancelled": {"what": "registration"}, "ask": {"form": "registration", "field": "age", "attempt": 1, "choices": [], "noted": {}},
    "confirm_registration": {"facts": {}, "for_other": False, "notice_version": "1", "changed": []},
    "registered": {"facts": PERSONAL, "for_other": False, "jobs": []}, "resume_hint": {"form": "registration", "field": "age"},
    "job_details": {"opening": opening(), "asked": ["meals", "pay"]}, "which_job": {"openings": [opening()], "purpose": "take", "more": True},
    "job_taken": {"opening": opening(), "contact": {"name": "冉老板", "phone": "+8610000000077"}, "code": "11", "registered": True},
    "clash": {"opening": opening(), "standing": opening(2)}, "undone": {"what": "place", "opening": opening()},
    "profile": {"facts": PERSONAL}, "profile_updated": {"changed": PERSONAL}, "availability_set": {"availability": {}},
    "kept": {"what": "place"}, "call_summary": {"done": []}, "which_person": {"count": 2}, "market_info": {"station": {"name": "零工市场", "address": "解放路1号",
    "opens_at": "08:00", "closes_at": "18:00", "hotline": "+8610000000077"}}, "staff_reply": {"text": "低保的事", "staff_name": "冉建国"}, "handed_over": {"staff_name": "冉建国"},
    "confirm_posting": {"facts": {"headcount": 5}}, "posting_received": {"opening": opening()},
    "posting_problem": {"problem": "too_many"}, "one_by_one": {"job_names": ["摘茶", "砌砖"]},
    "who_comes": {"posts": [{"opening": opening(), "coming": 2, "names": ["王秀英"]}]}, "confirm_close": {"opening": opening(), "coming": 2},
    "posting_closed": {"opening": opening(), "how": "enough", "coming": 2, "undo": True}, "posting_reopened": {"opening": opening(), "asked_again": 2},
    "posting_rejected": {"opening": opening(), "ground": "pay", "words": ""},
    "posting_taken_down": {"opening": opening(), "ground": None, "words": "没得这个活", "coming": 2},
    "posting_fixed": {"opening": opening(), "reason": "places_taken"},
    "full_wait": {"opening": opening(), "ahead": 2, "alternatives": [opening(2)]},
    "waitlisted": {"opening": opening(), "position": 2, "code": "11"}, "wait_over": {"opening": opening(), "reason": "left"},
    "place_free": {"opening": opening(), "code": "11", "expires_at": "2026-11-23T12:00:00+00:00", "changed": False},
    "job_changed": {"opening": opening(), "code": "11"}, "posting_published": {"opening": opening(), "undo": True},
    "posting_changed": {"opening": opening(), "undo": True, "told": False},
    "employer_digest": {"opening": opening(), "taken": ["王秀英"], "withdrawn": []},
    "ask_attendance": {"opening": opening(), "count": 3, "day": "today"}, "ask_settled": {"opening": opening(), "count": 3},
    "which_absent": {"opening": opening(), "keys": ["1"], "names": ["王秀英"], "absent": [], "more": False},
    "attendance_noted": {"opening": opening(), "came": 2, "absent": ["王秀英"]},
    "settled_noted": {"opening": opening(), "wages": "paid"},
    "employer_told": {"opening": opening(), "event": "taken", "worker_name": "王秀英"}, "no_jobs": {"filters": {}, "registered": False},
    "reminder": {"opening": opening()}, "follow_up": {"opening": opening()}, "ask_paid": {"opening": opening()},
    "outcome_noted": {"outcome": "paid", "opening": opening()}, "still_looking": {"people": 2},
    "no_more_jobs": {"shown": 3}, "offer": {"opening": opening(), "code": "11", "expires_at": "2026-11-23T12:00:00+00:00", "changed": True},
}  # fmt: skip


def sample(kind: str) -> dict[str, Any]:
    ready = {
        "job_offers": offers(),
        "my_list": my_list("accepted"),
        "human": human(),
        "callback_promised": promised(),
        "case_opened": case_opened(),
    }
    if kind in ready:
        return ready[kind]
    fields = dict(SAMPLES.get(kind, {}))
    for key in KINDS[kind]:
        fields.setdefault(key, {"opening": opening(), "alternatives": [], "code": "11", "filters": {}}.get(key))
    return make(kind, **fields)
