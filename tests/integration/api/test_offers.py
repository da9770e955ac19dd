"""Offers over HTTP: asked, answered, and the last place for one only (E03, W06, C1, C4)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.services.answer_offer import handset_of
from backend.settings import Settings
from backend.store.models import Offer, Opening, OutboxRow
from backend.store.session import Database

pytestmark = pytest.mark.usefixtures("county")
URL = "/api/v1/offers"


def test_an_offer_asks_the_worker_by_text(api: FlaskClient, make: Any, database: Database) -> None:
    with make() as f:
        f.make_station()
        opening, worker = f.make_opening(), f.make_worker(number="+8610001000911")
    response = api.post(URL, json={"opening_id": opening.id, "worker_id": worker.id})
    assert response.status_code == 201
    offer = response.get_json()
    assert offer["status"] == "offered" and offer["answered_at"] is None and offer["opening_id"] == opening.id
    assert response.headers["Location"] == f"{URL}/{offer['id']}"
    assert api.get(f"{URL}/{offer['id']}").get_json() == offer
    with database.read() as session:
        row = session.scalars(select(OutboxRow)).one()
        assert row.to_number == "+8610001000911" and row.kind == "initiated" and "摘脆红李" in row.body


def test_nobody_is_asked_through_the_api_who_looks_for_no_work_or_wants_no_texts(
    api: FlaskClient, make: Any, database: Database
) -> None:
    """M06: erased, not looking for work, wanting no texts."""
    with make() as f:
        opening = f.make_opening()
        people = [f.make_worker() for _ in range(3)]
        erased, paused, silent = people
        erased.status, paused.status = "erased", "paused"
        handset_of(f.session, silent).opted_out_at = f.now
        ids = [worker.id for worker in people]
    for worker_id in ids:
        refused = api.post(URL, json={"opening_id": opening.id, "worker_id": worker_id})
        assert (refused.status_code, refused.get_json(force=True)["reason"]) == (409, "not_askable")
    with database.read() as session:
        assert session.scalars(select(OutboxRow)).all() == []


def test_who_waits_and_is_asked_through_the_api_keeps_her_turn(api: FlaskClient, make: Any, database: Database) -> None:
    """C1: her yes is not to the last place after everybody else who waits."""
    with make() as f:
        opening = f.make_opening(headcount=1)
        first, second = (
            f.make_offer(opening, f.make_worker(), "waitlisted", waitlisted_at=f.now + timedelta(minutes=n))
            for n in range(2)
        )
    api.post(URL, json={"opening_id": opening.id, "worker_id": first.worker_id})
    with database.read() as session:
        assert session.get_one(Offer, first.id).waitlisted_at == first.waitlisted_at
    assert api.post(f"{URL}/{second.id}/answer", json={"answer": "accept"}).status_code == 409
    assert api.post(f"{URL}/{first.id}/answer", json={"answer": "accept"}).status_code == 200


def test_accepting_takes_a_place_and_declining_gives_it_back(api: FlaskClient, make: Any) -> None:
    with make() as f:
        opening = f.make_opening()
        offer = f.make_offer(opening, f.make_worker())
    accepted = api.post(f"{URL}/{offer.id}/answer", json={"answer": "accept"})
    assert accepted.status_code == 200 and accepted.get_json()["status"] == "accepted"
    assert accepted.get_json()["answered_at"].endswith("Z")
    assert api.get(f"/api/v1/openings/{opening.id}").get_json()["filled"] == 1
    assert api.post(f"{URL}/{offer.id}/answer", json={"answer": "decline"}).get_json()["status"] == "withdrawn"
    assert api.get(f"/api/v1/openings/{opening.id}").get_json()["filled"] == 0


def test_the_last_place_goes_to_one_and_the_other_is_told_full(api: FlaskClient, make: Any) -> None:
    with make() as f:
        opening = f.make_opening(headcount=1)
        offers = [f.make_offer(opening, f.make_worker()) for _ in range(2)]
    first, second = (api.post(f"{URL}/{offer.id}/answer", json={"answer": "accept"}) for offer in offers)
    assert first.status_code == 200 and second.status_code == 409
    assert second.get_json(force=True)["reason"] == "full"


def test_twenty_at_once_for_three_places_fill_three(
    app: Flask, settings: Settings, make: Any, database: Database
) -> None:
    with make() as f:
        opening = f.make_opening(headcount=3)
        offers = [f.make_offer(opening, f.make_worker()).id for _ in range(20)]
    ready = threading.Barrier(len(offers))
    answers: list[int] = []

    def take(offer_id: int) -> None:
        client = app.test_client()
        ready.wait()
        response = client.post(
            f"{URL}/{offer_id}/answer",
            json={"answer": "accept"},
            headers={"Authorization": f"Bearer {settings.api_token}"},
        )
        answers.append(response.status_code)

    threads = [threading.Thread(target=take, args=(offer_id,)) for offer_id in offers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 3 + [409] * 17
    with database.read() as session:
        assert session.get_one(Opening, opening.id).filled == 3


def test_two_jobs_on_the_same_days_cannot_both_be_taken(api: FlaskClient, make: Any) -> None:
    with make() as f:
        worker = f.make_worker()
        standing, other = f.make_opening(), f.make_opening()
        f.make_offer(standing, worker, "accepted")
        offer = f.make_offer(other, worker)
    body = api.post(f"{URL}/{offer.id}/answer", json={"answer": "accept"}).get_json(force=True)
    assert body["status"] == 409 and body["reason"] == "overlap" and body["standing"] == standing.id


def test_what_is_not_published_cannot_be_offered(api: FlaskClient, make: Any) -> None:
    with make() as f:
        opening, worker = f.make_opening(status="in_review"), f.make_worker()
    response = api.post(URL, json={"opening_id": opening.id, "worker_id": worker.id})
    assert response.status_code == 409 and response.get_json(force=True)["reason"] == "not_open"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"opening_id": 1},
        {"opening_id": "1", "worker_id": 1},
        {"opening_id": -1, "worker_id": 1},
        {"opening_id": 1, "worker_id": 1, "status": "accepted"},
    ],
)
def test_an_unusable_offer_is_refused(api: FlaskClient, body: dict[str, Any]) -> None:
    assert api.post(URL, json=body).status_code == 422


def test_an_offer_for_nobody_is_not_found(api: FlaskClient, make: Any) -> None:
    with make() as f:
        opening = f.make_opening()
    assert api.post(URL, json={"opening_id": opening.id, "worker_id": 77_777}).status_code == 404
    assert api.post(f"{URL}/77777/answer", json={"answer": "accept"}).status_code == 404
    assert api.get(f"{URL}/77777").status_code == 404


def test_offers_filter_by_worker_opening_and_status(api: FlaskClient, make: Any) -> None:
    with make() as f:
        one, other = f.make_opening(), f.make_opening()
        worker = f.make_worker()
        taken, declined = f.make_offer(one, worker, "accepted"), f.make_offer(other, worker, "declined")
        f.make_offer(one, f.make_worker())

    def ids(**query: Any) -> list[int]:
        return [item["id"] for item in api.get(URL, query_string=query).get_json()["items"]]

    assert ids(worker_id=worker.id) == [declined.id, taken.id]
    assert ids(worker_id=worker.id, status="accepted") == [taken.id]
    assert declined.id in ids(opening_id=other.id) and taken.id not in ids(opening_id=other.id)
    assert api.get(URL, query_string={"status": "x"}).status_code == 422
