"""`/workers`: the worker library 零工人员库 and what suits each."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from backend.api import shapes
from backend.api.paging import page
from backend.api.resources import OpeningMatchList, WorkerList, WorkerOut
from backend.api.schemas import MatchQuery, WorkerPatch, WorkerQuery
from backend.domain.pay import to_fen
from backend.errors import NotFound
from backend.services import matches
from backend.services.change_worker import change_worker
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Handset, HandsetOwner, Person, Worker
from backend.store.queries.scope import within


def register(bp: APIBlueprint, deps: Deps, actor: str) -> None:
    @bp.get("/workers")
    @bp.input(WorkerQuery, location="query")
    @bp.output(WorkerList)
    def list_workers(query_data: dict[str, Any]) -> Any:
        """Workers, oldest entry first; `phone` gives those reachable on a number, `region` a division and all below it."""
        query = (
            select(Worker)
            .join(Worker.person)
            .options(joinedload(Worker.person), selectinload(Worker.hardships))
            .where(Worker.status != "erased")
        )
        if phone := query_data.get("phone"):
            reachable = (
                select(HandsetOwner.person_id)
                .join(Handset, Handset.id == HandsetOwner.handset_id)
                .where(Handset.number == phone, HandsetOwner.until.is_(None))
            )
            query = query.where(Worker.person_id.in_(reachable))
        if region := query_data.get("region"):
            query = query.where(within(Person.village_code, region))
        with deps.db.read() as session:
            return page(session, query, Worker.id, query_data, lambda rows: shapes.workers(session, rows, deps.regions))

    @bp.get("/workers/<id:worker_id>")
    @bp.output(WorkerOut)
    def get_worker(worker_id: int) -> Any:
        """One worker."""
        with deps.db.read() as session:
            return shapes.workers(session, [_find(session, worker_id)], deps.regions)[0]

    @bp.patch("/workers/<id:worker_id>")
    @bp.input(WorkerPatch)
    @bp.output(WorkerOut)
    def patch_worker(worker_id: int, json_data: dict[str, Any]) -> Any:
        """Change a record; `hardship` and `job_types` replace the whole list. Phone and consent are not changed here."""
        with deps.db.write() as session:
            worker = change_worker(session, deps.clock(), deps.regions, worker_id, _facts(json_data), actor=actor)
            return shapes.workers(session, [worker], deps.regions)[0]

    @bp.get("/workers/<id:worker_id>/matches")
    @bp.input(MatchQuery, location="query")
    @bp.output(OpeningMatchList)
    def worker_matches(worker_id: int, query_data: dict[str, Any]) -> Any:
        """Published openings that suit, best first, with the reasons."""
        with deps.db.read() as session:
            worker = _find(session, worker_id)
            today = deps.clock().astimezone(TIMEZONE).date()
            found = matches.openings_for(session, deps.regions, today, worker=worker, limit=query_data["limit"])
            return {
                "items": [
                    {
                        **shapes.opening(match.opening, deps.regions),
                        "opening_id": match.opening.id,
                        "score": match.score,
                        "reasons": match.reasons,
                    }
                    for match in found
                    if match.suitable
                ],
                "next": None,
            }


def _find(session: Any, worker_id: int) -> Worker:
    worker = session.get(Worker, worker_id)
    if worker is None or worker.status == "erased":
        raise NotFound("no such worker")
    return worker


def _facts(body: dict[str, Any]) -> dict[str, Any]:
    """The body by the names `change_worker` takes."""
    facts: dict[str, Any] = {
        name: body[name]
        for name in (
            "name",
            "gender",
            "birth_year",
            "household_id",
            "job_types",
            "preferred_channel",
            "speech_rate",
            "waiting_since",
            "hardship",
        )
        if name in body
    }
    for name in ("region", "village"):
        if name in body:
            facts["village"] = body[name]
    if "pay_expectation" in body:
        wanted = body["pay_expectation"] or {"min": None, "max": None, "unit": None}
        facts |= {f"pay_{end}_fen": fen(wanted[end]) for end in ("min", "max") if end in wanted}
        facts |= {"pay_unit": wanted["unit"]} if "unit" in wanted else {}
    if "availability" in body:
        said = body["availability"]
        for name, column in (
            ("from_", "available_from"),
            ("to", "available_to"),
            ("day_parts", "day_parts"),
            ("term", "term"),
        ):
            if name in said:
                facts[column] = said[name]
        if "unavailable" in said:
            facts["unavailable"] = [[days["from_"].isoformat(), days["to"].isoformat()] for days in said["unavailable"]]
    return facts


def fen(yuan: float | None) -> int | None:
    """Yuan as sent → fen; 0.35 → 35."""
    return None if yuan is None else to_fen(f"{yuan:.2f}")[0]
