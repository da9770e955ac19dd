"""`/openings`: the job library 零工岗位库: post, change, review, and who suits."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from backend.api import shapes
from backend.api.paging import page
from backend.api.resources import OpeningList, OpeningOut, WorkerMatchList
from backend.api.schemas import MatchQuery, OpeningIn, OpeningPatch, OpeningQuery, ReviewIn
from backend.api.workers import fen
from backend.domain.openings import may_become
from backend.errors import Conflict, NotFound
from backend.services import asked_anew, matches
from backend.services.change_opening import change_opening
from backend.services.deps import Deps
from backend.services.post_opening import post_opening, withdraw_opening
from backend.services.review_opening import review_opening
from backend.store.models import Opening
from backend.store.queries.scope import within


def register(bp: APIBlueprint, deps: Deps, actor: str) -> None:
    @bp.get("/openings")
    @bp.input(OpeningQuery, location="query")
    @bp.output(OpeningList)
    def list_openings(query_data: dict[str, Any]) -> Any:
        """Openings, the latest first; `region` takes in all divisions below it."""
        query = select(Opening).options(joinedload(Opening.employer))
        if status := query_data.get("status"):
            query = query.where(Opening.status == status)
        if region := query_data.get("region"):
            query = query.where(within(Opening.region_code, region))
        with deps.db.read() as session:
            return page(
                session,
                query,
                Opening.id,
                query_data,
                lambda rows: shapes.openings(rows, deps.regions),
                newest_first=True,
            )

    @bp.post("/openings")
    @bp.input(OpeningIn)
    @bp.output(OpeningOut, status_code=201)
    def post(json_data: dict[str, Any]) -> Any:
        """Post an opening; it is `in_review` until somebody publishes it."""
        employer = json_data.pop("employer")
        with deps.db.write() as session:
            opening = post_opening(session, deps.clock(), deps.regions, _facts(json_data), employer, None, actor=actor)
            return shapes.opening(opening, deps.regions), 201, {"Location": f"{bp.url_prefix}/openings/{opening.id}"}

    @bp.get("/openings/<id:opening_id>")
    @bp.output(OpeningOut)
    def get_opening(opening_id: int) -> Any:
        """One opening."""
        with deps.db.read() as session:
            return shapes.opening(_find(session, opening_id), deps.regions)

    @bp.patch("/openings/<id:opening_id>")
    @bp.input(OpeningPatch)
    @bp.output(OpeningOut)
    def patch_opening(opening_id: int, json_data: dict[str, Any]) -> Any:
        """Change facts, or call it off with `status: withdrawn`: its open offers end and the workers are told.

        409 `places_taken` when fewer places than are taken, or other days than people counted on, are asked for.
        """
        wanted = json_data.pop("status", None)
        with deps.db.write() as session:
            opening = _find(session, opening_id)
            if json_data:
                opening = change_opening(session, deps, deps.clock(), opening_id, _facts(json_data), actor=actor)
            if wanted == "withdrawn":
                opening = withdraw_opening(session, deps, deps.clock(), opening_id, actor=actor)
            elif wanted and opening.status != wanted:
                if not may_become(opening.status, wanted):
                    raise Conflict(f"an opening that is {opening.status} cannot become {wanted}", reason="closed")
                opening.status = wanted
                asked_anew.let_go(session, opening)
                session.flush()
            return shapes.opening(opening, deps.regions)

    @bp.post("/openings/<id:opening_id>/review")
    @bp.input(ReviewIn)
    @bp.output(OpeningOut)
    def review(opening_id: int, json_data: dict[str, Any]) -> Any:
        """Publish or reject an opening that is in review; a rejection needs a reason or a ground. 409 `not_in_review`."""
        with deps.db.write() as session:
            opening = review_opening(
                session,
                deps,
                opening_id,
                json_data["decision"],
                json_data["reason"] or "",
                ground=json_data["ground"] or "",
                actor=actor,
                staff_id=None,
            )
            return shapes.opening(opening, deps.regions)

    @bp.get("/openings/<id:opening_id>/matches")
    @bp.input(MatchQuery, location="query")
    @bp.output(WorkerMatchList)
    def opening_matches(opening_id: int, query_data: dict[str, Any]) -> Any:
        """Workers who suit and have not been asked yet, best first: who needs work most before who merely fits."""
        with deps.db.read() as session:
            found = matches.workers_for(
                session, deps.regions, deps.clock(), _find(session, opening_id), limit=query_data["limit"]
            )
            told = shapes.workers(session, [match.worker for match in found], deps.regions)
            return {
                "items": [
                    {**worker, "worker_id": worker["id"], "score": match.score, "reasons": match.reasons}
                    for worker, match in zip(told, found, strict=True)
                ],
                "next": None,
            }


def _find(session: Session, opening_id: int) -> Opening:
    opening = session.get(Opening, opening_id)
    if opening is None:
        raise NotFound("no such opening")
    return opening


def _facts(body: dict[str, Any]) -> dict[str, Any]:
    """The body by the names `post_opening` takes: fen instead of yuan, `from` instead of `from_`."""
    facts = dict(body)
    if pay := body.get("pay"):
        facts["pay"] = {
            f"{key}_fen" if key in ("min", "max") else key: fen(value) if key in ("min", "max") else value
            for key, value in pay.items()
        }
    if hours := body.get("hours"):
        facts["hours"] = {"from" if key == "from_" else key: value for key, value in hours.items()}
    return facts
