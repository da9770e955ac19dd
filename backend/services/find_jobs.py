"""Find work for whoever asks: filters from the words, relaxed one by one, read out a few at a time (W03, V14)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from backend.domain.answers import Answer, make
from backend.domain.distance import proximity_of, radius_km
from backend.domain.pay import to_fen
from backend.domain.said import names_unknown_trade
from backend.services.acts import act
from backend.services.matches import openings_for
from backend.services.people import worker_of
from backend.services.turn import Facts, Turn
from backend.services.views import opening_view
from backend.store.models import Offer, Opening, Worker
from backend.store.queries.offers import binds

SHOWN_AT_ONCE = 3  # fits two SMS segments; by voice three are read before asking to go on (V14)
RANKED_AT_MOST = 30

# Dropped in this order until something is found: comfort first, the trade never.
RELAX = ("settlement", "benefits", "day_part", "term", "pay_min_fen", "proximity", "region", "from")


def to_register(turn: Turn) -> dict[str, Any]:
    """What answers "登记一下?" after a search or a taken place. Aloud nobody has asked it: a yes there means something else."""
    register = {"act": "register"}
    return {"1": register} if turn.channel == "voice" else {"1": register, "yes": register}


@act("find_jobs")
def find_jobs(turn: Turn) -> list[Answer]:
    """Openings that suit: by what was asked now, then by what the worker library knows about the speaker."""
    params = turn.facts.params
    worker = turn.session.get(Worker, params["worker_id"]) if "worker_id" in params else worker_of(turn)
    filters = filters_from(turn, turn.facts)
    if params.get("job_types"):
        filters["job_types"] = params["job_types"]
    matches, relaxed = _search(turn, worker, filters)
    if not matches:
        known = worker is not None and worker.person.name is not None
        if not params.get("quietly"):
            turn.expect("no_jobs", {} if known else to_register(turn))
        return [make("no_jobs", filters=_told(turn, filters), registered=known)]
    ids = [match.opening.id for match in matches]
    turn.remember("jobs", {"opening_ids": ids, "shown": 0, "filters": _told(turn, filters)})
    if not filters.get("job_types") and names_unknown_trade(turn.text):
        relaxed = ["trade", *relaxed]
    return _show(turn, relaxed=relaxed)


def _search(turn: Turn, worker: Worker | None, filters: dict[str, Any]) -> tuple[list[Any], list[str]]:
    near = turn.conversation.region_code
    wanted = dict(filters)
    held = (
        set(turn.session.scalars(select(Offer.opening_id).where(Offer.worker_id == worker.id, binds(turn.today))))
        if worker
        else set()
    )  # what she has already taken is no news
    relaxed: list[str] = []
    while True:
        matches = openings_for(
            turn.session,
            turn.deps.regions,
            turn.today,
            worker=worker,
            filters=wanted,
            near=near,
            words=turn.facts.text_of("job_type"),
            limit=RANKED_AT_MOST,
        )
        matches = [match for match in matches if match.opening.id not in held]
        droppable = next((name for name in RELAX if name in wanted), None)
        if matches or droppable is None:
            return matches, relaxed
        del wanted[droppable]
        if droppable == "proximity":
            wanted.pop("within_km", None)
        if droppable == "from":
            wanted.pop("to", None)
        if droppable == "pay_min_fen":
            wanted.pop("pay_unit", None)
        relaxed.append(droppable)


def filters_from(turn: Turn, facts: Facts) -> dict[str, Any]:
    """Search filters (see services/matches.py) from what was said."""
    filters: dict[str, Any] = {}
    if trades := facts.all("job_type"):
        filters["job_types"] = list(dict.fromkeys(trades))
    if days := facts.one("date"):
        start, _, end = str(days).partition("/")
        filters["from"], filters["to"] = date.fromisoformat(start), date.fromisoformat(end or start)
    if said := facts.one("location"):
        match = next(iter(turn.deps.regions.find(said, turn.conversation.region_code)), None)
        if match is not None:
            filters["region"] = match.code
    if pay := facts.one("pay"):
        low, _, unit = to_fen(pay)
        if low is not None:
            filters["pay_min_fen"], filters["pay_unit"] = low, unit
    for name in ("proximity", "settlement", "day_part", "term"):
        if (value := facts.one(name)) is not None:
            filters[name] = value
    if (km := radius_km(turn.text, facts.one("proximity"))) is not None and "region" not in filters:
        filters["within_km"] = km
        # Where somebody lies is not always known; then the nearest word of nearness decides.
        filters.setdefault("proximity", proximity_of(km))
    if benefits := facts.all("benefit"):
        filters["benefits"] = benefits
    return filters


def _told(turn: Turn, filters: dict[str, Any]) -> dict[str, Any]:
    """The filters as plain JSON, with the region's name for the channels."""
    told = {key: value.isoformat() if isinstance(value, date) else value for key, value in filters.items()}
    if "region" in told:
        told["region_name"] = turn.deps.regions.name(told["region"])
    return told


def _show(turn: Turn, relaxed: list[str] | None = None) -> list[Answer]:
    jobs = dict(turn.recall("jobs"))
    ids = jobs["opening_ids"][jobs["shown"] : jobs["shown"] + SHOWN_AT_ONCE]
    openings = _load(turn, ids)
    jobs["shown"] += len(ids)
    jobs["page"] = [opening["id"] for opening in openings]
    turn.remember("jobs", jobs)
    expect_openings(turn, openings)
    return [
        make(
            "job_offers",
            openings=openings,
            filters=jobs["filters"],
            relaxed=relaxed or [],
            remaining=len(jobs["opening_ids"]) - jobs["shown"],
        )
    ]


def expect_openings(turn: Turn, openings: list[dict[str, Any]], purpose: str = "take") -> None:
    """From now on a bare 1, 2, 3 means one of `openings`."""
    acts = {"take": "apply_job", "details": "job_details", "withdraw": "withdraw_application"}
    options: dict[str, dict[str, Any]] = {
        str(n): {"act": acts[purpose], "params": {"opening_id": opening["id"]}}
        for n, opening in enumerate(openings, start=1)
    }
    if len(openings) == 1:
        options["yes"] = options["1"]
    turn.expect("jobs", options, opening_ids=[opening["id"] for opening in openings], purpose=purpose)


def _load(turn: Turn, ids: list[int]) -> list[dict[str, Any]]:
    found = {opening.id: opening for opening in turn.session.scalars(select(Opening).where(Opening.id.in_(ids)))}
    return [opening_view(found[i], turn.deps.regions) for i in ids if i in found]


@act("more_jobs")
def more_jobs(turn: Turn) -> list[Answer]:
    """The next ones of the last search; without a search, a search."""
    new = filters_from(turn, turn.facts)
    jobs = turn.recall("jobs")
    if jobs is None or new:
        return find_jobs(turn)
    if turn.channel == "voice" and (reading := turn.recall("reading")) in jobs["opening_ids"]:
        # By phone they are read one by one: those after the one in the caller's ear have not been heard yet.
        jobs = {**jobs, "shown": jobs["opening_ids"].index(reading) + 1}
        turn.remember("jobs", jobs)
    if jobs["shown"] >= len(jobs["opening_ids"]):
        return [make("no_more_jobs", shown=jobs["shown"])]
    return _show(turn)


@act("job_details")
def job_details(turn: Turn) -> list[Answer]:
    """Everything about one opening; the question's own words (管饭不) are answered first."""
    opening = which_opening(turn, "details")
    if isinstance(opening, list):
        return opening
    asked = [str(value) for value in turn.facts.all("benefit")]
    asked += [e.entity for e in turn.facts.entities if e.entity in {"pay", "settlement", "clock", "date"}]
    view = opening_view(opening, turn.deps.regions)
    expect_openings(turn, [view])
    return [make("job_details", opening=view, asked=asked)]


def which_opening(turn: Turn, purpose: str) -> Opening | list[Answer]:
    """The opening meant: by key, by its number in the list last shown, by trade or day; else the question which one."""
    params, facts = turn.facts.params, turn.facts
    if opening_id := params.get("opening_id"):
        return turn.session.get_one(Opening, opening_id)
    jobs = turn.recall("jobs") or {}
    page = jobs.get("page", [])
    pending = turn.pending or {}
    if pending.get("kind") == "jobs":
        page = pending["opening_ids"]
    ordinal = facts.one("ordinal") or params.get("choice")
    if ordinal is not None and page:
        position = len(page) if ordinal == -1 else int(ordinal)
        if 1 <= position <= len(page):
            return turn.session.get_one(Opening, page[position - 1])
        return [make("choice_unknown", choice=ordinal, choices=list(range(1, len(page) + 1)))]
    candidates = [turn.session.get_one(Opening, i) for i in page]
    if turn.channel == "voice" and (reading := turn.recall("reading")):
        # By phone "这个" is the one in the caller's ear, whatever else the list holds.
        heard = turn.session.get_one(Opening, reading)
        if heard.job_type in (facts.all("job_type") or [heard.job_type]):
            return heard
    if trades := facts.all("job_type"):
        candidates = [opening for opening in candidates if opening.job_type in trades]
        if not candidates:
            return find_jobs(turn)
    if days := facts.one("date"):
        start = date.fromisoformat(str(days).partition("/")[0])
        on_that_day = [opening for opening in candidates if opening.starts_on <= start <= opening.ends_on]
        candidates = on_that_day or candidates
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        return find_jobs(turn)
    views = [opening_view(opening, turn.deps.regions) for opening in candidates[:SHOWN_AT_ONCE]]
    expect_openings(turn, views, purpose)
    return [make("which_job", openings=views, purpose=purpose, more=False)]


def alternatives(turn: Turn, opening: Opening) -> list[dict[str, Any]]:
    """Up to three other openings of the same trade, offered when this one is gone; a bare number takes one."""
    matches = openings_for(
        turn.session,
        turn.deps.regions,
        turn.today,
        worker=worker_of(turn),
        filters={"job_types": [opening.job_type]},
        near=opening.region_code,
        limit=SHOWN_AT_ONCE + 1,
    )
    views = [opening_view(match.opening, turn.deps.regions) for match in matches if match.opening.id != opening.id]
    views = views[:SHOWN_AT_ONCE]
    expect_openings(turn, views) if views else turn.expect(None)
    return views
