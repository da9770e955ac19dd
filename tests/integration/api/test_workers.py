"""The worker library over HTTP, and who suits what (W01, W03, H02, H03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.store.models import AuditEvent, HandsetOwner, Hardship, Household
from backend.store.session import Database
from tests.support.clock import SettableClock

pytestmark = pytest.mark.usefixtures("county")
URL = "/api/v1/workers"
NUMBER = "+8610001000955"


def test_a_worker_has_every_field_of_the_contract(api: FlaskClient, make: Any, clock: SettableClock) -> None:
    with make() as f:
        worker = f.make_worker(
            "冉秀芳",
            number=NUMBER,
            job_types=["A01"],
            gender="female",
            birth_year=1968,
            pay_min_fen=12_000,
            pay_unit="day",
            waiting_since=clock(),
        )
        f.session.add(Hardship(worker_id=worker.id, code="G03", claimed_at=clock()))
    body = api.get(f"{URL}/{worker.id}").get_json()
    assert body == {
        **body,
        "id": worker.id,
        "name": "冉秀芳",
        "phone": NUMBER,
        "gender": "female",
        "birth_year": 1968,
        "village": "500114121002",
        "village_name": "兴泉社区",
        "region": "500114121002",
        "region_name": "兴泉社区",
        "job_types": ["A01"],
        "pay_expectation": {"min": 120, "max": None, "unit": "day", "settlement": None, "negotiable": None},
        "hardship": [{"code": "G03", "verified": False}],
        "household_id": None,
        "consent": True,
        "preferred_channel": "sms",
        "speech_rate": 80,
        "waiting_since": body["waiting_since"],
    }
    assert set(body["availability"]) >= {"from", "to", "day_parts", "term"}
    assert body["waiting_since"].endswith("Z")


@pytest.mark.parametrize("written", ["%2B8610001000955", "+8610001000955", "10001000955", "8610001000955"])
def test_a_worker_is_found_by_number_however_the_plus_came_through(api: FlaskClient, make: Any, written: str) -> None:
    with make() as f:
        worker = f.make_worker(number=NUMBER)
        f.make_worker()
    assert [item["id"] for item in api.get(f"{URL}?phone={written}").get_json()["items"]] == [worker.id]


def test_a_number_that_changed_hands_no_longer_leads_to_her(
    api: FlaskClient, make: Any, database: Database, clock: Any
) -> None:
    with make() as f:
        worker = f.make_worker(number=NUMBER)
    with database.write() as session:
        session.scalars(select(HandsetOwner)).one().until = clock()
    assert api.get(URL, query_string={"phone": NUMBER}).get_json()["items"] == []
    assert api.get(f"{URL}/{worker.id}").get_json()["phone"] is None


def test_an_erased_worker_is_nowhere(api: FlaskClient, make: Any) -> None:
    with make() as f:
        worker = f.make_worker(status="erased")
    assert api.get(f"{URL}/{worker.id}").status_code == 404
    assert api.patch(f"{URL}/{worker.id}", json={"name": "张三"}).status_code == 404
    assert api.get(URL).get_json()["items"] == []


def test_a_record_is_changed_and_the_change_written_down_without_values(
    api: FlaskClient, make: Any, database: Database
) -> None:
    with make() as f:
        worker = f.make_worker(number=NUMBER)
    change = {
        "name": "田国富",
        "gender": "male",
        "birth_year": 1970,
        "village": "500114121001",
        "job_types": ["B03", "B03", "A04"],
        "pay_expectation": {"min": 150.5, "unit": "day"},
        "availability": {
            "from": "2026-12-01",
            "to": None,
            "day_parts": ["daytime"],
            "term": "short",
            "unavailable": [{"from": "2026-12-24", "to": "2026-12-26"}],
        },
        "hardship": [{"code": "G01", "verified": True}, {"code": "G05"}],
        "preferred_channel": "voice",
        "speech_rate": 65,
    }
    body = api.patch(f"{URL}/{worker.id}", json=change).get_json()
    assert body["name"] == "田国富" and body["village_name"] == "中塘社区" and body["job_types"] == ["B03", "A04"]
    assert (
        body["pay_expectation"]["min"] == 150.5 and body["speech_rate"] == 65 and body["preferred_channel"] == "voice"
    )
    assert body["hardship"] == [{"code": "G01", "verified": True}, {"code": "G05", "verified": False}]
    assert body["availability"]["from"] == "2026-12-01" and body["availability"]["unavailable"]
    assert api.get(f"{URL}/{worker.id}").get_json() == body
    with database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "workers")).one()
        assert event.actor == "api" and "name" in event.facts["fields"] and "田国富" not in str(event.facts)


def test_a_label_left_out_of_the_list_is_gone(api: FlaskClient, make: Any) -> None:
    with make() as f:
        worker = f.make_worker()
    api.patch(f"{URL}/{worker.id}", json={"hardship": [{"code": "G01", "verified": True}]})
    assert api.patch(f"{URL}/{worker.id}", json={"hardship": []}).get_json()["hardship"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": 7}, "id"),
        ({"phone": NUMBER}, "phone"),
        ({"consent": True}, "consent"),
        ({"status": "erased"}, "status"),
        ({"job_types": ["Z9"]}, "job_types"),
        ({"village": "110101"}, "village"),
        ({"birth_year": 2026}, "birth_year"),
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"household_id": 4_000}, "household_id"),
        ({"hardship": [{"code": "G99"}]}, "hardship.0.code"),
        ({"speech_rate": 500}, "speech_rate"),
        ({"availability": {"from": "2026-12-05", "to": "2026-12-01"}}, "availability"),
        ({"gender": "x"}, "gender"),
    ],
)
def test_what_may_not_be_changed_is_refused(api: FlaskClient, make: Any, change: dict[str, Any], field: str) -> None:
    with make() as f:
        worker = f.make_worker()
    before = api.get(f"{URL}/{worker.id}").get_json()
    response = api.patch(f"{URL}/{worker.id}", json=change)
    assert response.status_code == 422 and field in response.get_json(force=True)["errors"]
    assert api.get(f"{URL}/{worker.id}").get_json() == before


def test_openings_for_a_worker_come_ranked_with_reasons(api: FlaskClient, make: Any) -> None:
    with make() as f:
        worker = f.make_worker(job_types=["A04"], pay_min_fen=10_000, pay_unit="day")
        far = f.make_opening(region="500114105001")
        near = f.make_opening()
        f.make_opening(status="in_review")
        f.make_opening(filled=2)
        f.make_opening(starts_on=f.today - timedelta(days=3), ends_on=f.today - timedelta(days=1))
        f.make_opening(region="520526001001")
    items = api.get(f"{URL}/{worker.id}/matches").get_json()["items"]
    assert [item["id"] for item in items] == [near.id, far.id]
    assert items[0]["score"] > items[1]["score"]
    assert {"工种对口：摘水果", "就在本村", "工钱够想要的数"} <= set(items[0]["reasons"])
    assert len(api.get(f"{URL}/{worker.id}/matches?limit=1").get_json()["items"]) == 1


def test_a_job_on_days_she_has_given_away_is_no_match(api: FlaskClient, make: Any) -> None:
    with make() as f:
        worker = f.make_worker(job_types=["A04"])
        f.make_offer(f.make_opening(), worker, "accepted")
        f.make_opening()
    assert api.get(f"{URL}/{worker.id}/matches").get_json()["items"] == []


def test_workers_for_an_opening_are_ranked_by_need_and_never_asked_twice(
    api: FlaskClient, make: Any, database: Database, clock: SettableClock
) -> None:
    with make() as f:
        plain = f.make_worker("甲", job_types=["A04"])
        claimed = f.make_worker("乙", job_types=["A04"])
        verified = f.make_worker("丙", job_types=["A04"])
        no_earner = f.make_worker("丁", job_types=["A04"])
        asked = f.make_worker("戊", job_types=["A04"])
        f.make_worker("己", job_types=["B07"])
        f.make_worker("庚", job_types=["A04"], status="paused")
        opening = f.make_opening()
        f.make_offer(opening, asked, "declined")
        f.session.add(Hardship(worker_id=claimed.id, code="G04", claimed_at=clock()))
        f.session.add(Hardship(worker_id=verified.id, code="G04", claimed_at=clock(), verified_at=clock()))
        household = Household(village_code="500114121002", created_at=clock())
        f.session.add(household)
        f.session.flush()
        no_earner.person.household_id = household.id
    items = api.get(f"/api/v1/openings/{opening.id}/matches").get_json()["items"]
    assert [item["id"] for item in items] == [no_earner.id, verified.id, plain.id, claimed.id]
    assert "家里还没有人上工" in items[0]["reasons"]
    assert items[0]["score"] > items[1]["score"] > items[2]["score"] == items[3]["score"]


def test_a_household_in_which_somebody_works_is_not_put_first(
    api: FlaskClient, make: Any, clock: SettableClock
) -> None:
    with make() as f:
        household = Household(village_code="500114121002", created_at=clock())
        f.session.add(household)
        f.session.flush()
        one, other = f.make_worker("甲", job_types=["A04"]), f.make_worker("乙", job_types=["A04"])
        one.person.household_id = other.person.household_id = household.id
        far_off = {"starts_on": f.today + timedelta(days=20), "ends_on": f.today + timedelta(days=20)}
        f.make_offer(f.make_opening(**far_off), one, "accepted")
        opening = f.make_opening()
    items = api.get(f"/api/v1/openings/{opening.id}/matches").get_json()["items"]
    assert {item["id"] for item in items} == {one.id, other.id}
    assert not any("家里还没有人上工" in item["reasons"] for item in items)
