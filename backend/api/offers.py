"""`/offers`: openings put to workers, or taken by them; answering moves the headcount through its one guarded door."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import select

from backend.api import shapes
from backend.api.paging import page
from backend.api.resources import OfferList, OfferOut
from backend.api.schemas import OfferAnswerIn, OfferIn, OfferQuery
from backend.errors import NotFound
from backend.services import audit, both_sides
from backend.services.deps import Deps
from backend.services.put_offer import put_offer
from backend.store.models import Offer
from backend.store.session import in_turn


def register(bp: APIBlueprint, deps: Deps, actor: str) -> None:
    @bp.get("/offers")
    @bp.input(OfferQuery, location="query")
    @bp.output(OfferList)
    def list_offers(query_data: dict[str, Any]) -> Any:
        """Offers, the latest first."""
        query = select(Offer)
        for name in ("worker_id", "opening_id", "status"):
            if (value := query_data.get(name)) is not None:
                query = query.where(getattr(Offer, name) == value)
        with deps.db.read() as session:
            return page(session, query, Offer.id, query_data, shapes.offers, newest_first=True)

    @bp.post("/offers")
    @bp.input(OfferIn)
    @bp.output(OfferOut, status_code=201)
    def post_offer(json_data: dict[str, Any]) -> Any:
        """Put an opening to a worker; she is asked by text. 409 `full`, `not_open`, `taken_already`, `own`, `not_askable`."""
        with deps.db.write() as session:
            offer = put_offer(session, deps, now=deps.clock(), actor=actor, **json_data)
            return shapes.offers([offer])[0], 201, {"Location": f"{bp.url_prefix}/offers/{offer.id}"}

    @bp.get("/offers/<id:offer_id>")
    @bp.output(OfferOut)
    def get_offer(offer_id: int) -> Any:
        """One offer."""
        with deps.db.read() as session:
            offer = session.get(Offer, offer_id)
            if offer is None:
                raise NotFound("no such offer")
            return shapes.offers([offer])[0]

    @bp.post("/offers/<id:offer_id>/answer")
    @bp.input(OfferAnswerIn)
    @bp.output(OfferOut)
    def answer(offer_id: int, json_data: dict[str, Any]) -> Any:
        """Accept or decline for the worker. 409 with `reason` `full`, `overlap` (`standing`: the opening in the way), …"""

        def once() -> Any:
            with deps.db.write() as session:
                offer = both_sides.answer(
                    session, deps, now=deps.clock(), offer_id=offer_id, answer=json_data["answer"]
                )
                audit.write(session, deps.clock(), actor, json_data["answer"], offer, opening_id=offer.opening_id)
                return shapes.offers([offer])[0]

        return in_turn(once)
