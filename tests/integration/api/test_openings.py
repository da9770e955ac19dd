"""Posting, reviewing, changing and calling off an opening over HTTP (E01, P04–P07, C2)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.store.models import AuditEvent, Offer, Opening, OutboxRow
from backend.store.session import Database
from tests.support.clock import SettableClock

pytestmark = pytest.mark.usefixtures("county")
URL = "/api/v1/openings"
XINGQUAN = "500114121002"


def posting(clock: SettableClock, **more: Any) -> dict[str, Any]:
    today = clock().date()
    body = {
        "job_type": "A04",
        "title": "摘脆红李",
        "headcount": 5,
        "region": XINGQUAN,
        "place": "兴泉社区三组",
        "starts_on": str(today.replace(year=today.year + 1)),
        "ends_on": str(today.replace(year=today.year + 1)),
        "hours": {"from": "08:00", "to": "17:30", "day_part": "daytime"},
        "pay": {"min": 120, "max": 135.5, "unit": "day", "settlement": "daily", "negotiable": False},
        "requirements": "会用果剪",
        "meals": True,
        "lodging": None,
        "transport": True,
        "insured": False,
        "employer": {"name": "兴泉果园", "phone": "+8610002009999"},
    }
    return {**body, **more}


def post(api: FlaskClient, clock: SettableClock, **more: Any) -> dict[str, Any]:
    response = api.post(URL, json=posting(clock, **more))
    assert response.status_code == 201, response.get_data(as_text=True)
    return response.get_json()


def test_a_posting_keeps_all_eight_facts_and_waits_for_review(api: FlaskClient, clock: SettableClock) -> None:
    made = post(api, clock)
    sent = posting(clock)
    for name in (
        "job_type",
        "title",
        "headcount",
        "region",
        "place",
        "starts_on",
        "ends_on",
        "hours",
        "pay",
        "requirements",
        "meals",
        "lodging",
        "transport",
        "insured",
    ):
        assert made[name] == sent[name], name
    assert made["status"] == "in_review" and made["filled"] == 0 and made["published_at"] is None
    assert made["employer"]["name"] == "兴泉果园" and set(made["employer"]) == {"id", "name"}
    assert made["region_name"] == "兴泉社区"
    assert api.get(f"{URL}/{made['id']}").get_json() == made


def test_only_trade_place_day_and_employer_are_needed(api: FlaskClient, clock: SettableClock) -> None:
    full = posting(clock)
    made = api.post(URL, json={name: full[name] for name in ("job_type", "region", "starts_on", "employer")}).get_json()
    assert made["title"] == "摘水果" and made["headcount"] == 1 and made["ends_on"] == made["starts_on"]
    assert made["pay"] == {"min": None, "max": None, "unit": None, "settlement": None, "negotiable": False}
    assert made["review"]["flags"] == ["pay_missing"]


def test_the_same_employer_is_not_made_twice(api: FlaskClient, clock: SettableClock) -> None:
    first = post(api, clock)
    again = post(api, clock)
    by_id = post(api, clock, employer={"id": first["employer"]["id"]})
    assert first["employer"] == again["employer"] == by_id["employer"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"job_type": "Z99"}, "job_type"),
        ({"region": "110101"}, "region"),
        ({"region": "x"}, "region"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"headcount": 0}, "headcount"),
        ({"headcount": 501}, "headcount"),
        ({"hours": {"from": "25:00"}}, "hours.from"),
        ({"pay": {"min": -1}}, "pay.min"),
        ({"pay": {"min": 200, "max": 100, "unit": "day"}}, "pay"),
        ({"pay": {"unit": "fortnight"}}, "pay.unit"),
        ({"status": "published"}, "status"),
        ({"filled": 3}, "filled"),
        ({"pay": {"min": 1, "tips": 2}}, "pay.tips"),
        ({"title": "摘\u0000李"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"employer": {"id": 999_999}}, "employer.id"),
        ({"employer": {"phone": "+8610002009999"}}, "employer.name"),
        ({"employer": {"name": "果园", "phone": "12345"}}, "employer.phone"),
        ({"employer": None}, "employer"),
    ],
)
def test_a_fact_that_does_not_hold_is_named(
    api: FlaskClient, clock: SettableClock, change: dict[str, Any], field: str
) -> None:
    response = api.post(URL, json=posting(clock, **change))
    assert response.status_code == 422
    assert field in response.get_json(force=True)["errors"]
    assert api.get(URL).get_json()["items"] == []


def test_words_and_wages_worth_a_look_are_flagged_for_the_reviewer(
    api: FlaskClient, clock: SettableClock, make: Any
) -> None:
    with make() as f:
        for _ in range(3):
            f.make_opening()
    flagged = post(api, clock, requirements="先交押金，只要女的", pay={"min": 900, "unit": "day"})
    assert flagged["review"]["flags"] == ["pay_high", "deposit_words", "sex_words"]
    assert post(api, clock, place="六组")["review"]["flags"] == []


def test_the_same_phone_under_another_name_is_flagged(api: FlaskClient, clock: SettableClock) -> None:
    post(api, clock)
    assert (
        "phone_many_names" in post(api, clock, employer={"name": "别家", "phone": "+8610002009999"})["review"]["flags"]
    )


def test_a_reviewer_publishes_once(api: FlaskClient, clock: SettableClock) -> None:
    made = post(api, clock)
    published = api.post(f"{URL}/{made['id']}/review", json={"decision": "publish"})
    assert published.status_code == 200
    body = published.get_json()
    assert (
        body["status"] == "published" and body["published_at"].endswith("Z") and body["review"]["decision"] == "publish"
    )
    again = api.post(f"{URL}/{made['id']}/review", json={"decision": "reject", "reason": "晚了"})
    assert again.status_code == 409 and again.get_json(force=True)["reason"] == "not_in_review"


def test_a_rejection_needs_a_reason_and_keeps_it(api: FlaskClient, clock: SettableClock) -> None:
    made = post(api, clock)
    assert api.post(f"{URL}/{made['id']}/review", json={"decision": "reject"}).status_code == 422
    body = api.post(f"{URL}/{made['id']}/review", json={"decision": "reject", "reason": "收押金"}).get_json()
    assert body["status"] == "rejected" and body["review"]["reason"] == "收押金"
    assert api.post(f"{URL}/{made['id']}/review", json={"decision": "maybe"}).status_code == 422
    assert api.post(f"{URL}/999/review", json={"decision": "publish"}).status_code == 404


def test_a_rejection_may_have_one_of_the_plain_grounds(api: FlaskClient, clock: SettableClock) -> None:
    url = f"{URL}/{post(api, clock)['id']}/review"
    assert api.post(url, json={"decision": "reject", "ground": "no such ground"}).status_code == 422
    body = api.post(url, json={"decision": "reject", "ground": "papers"}).get_json()
    assert body["status"] == "rejected" and body["review"]["reason"] == "不能扣证件"


def test_facts_can_be_put_right(api: FlaskClient, clock: SettableClock, database: Database) -> None:
    made = post(api, clock)
    changed = api.patch(f"{URL}/{made['id']}", json={"pay": {"min": 130}, "place": None, "meals": None}).get_json()
    assert changed["pay"] == {**made["pay"], "min": 130}
    assert changed["place"] == "" and changed["meals"] is None and changed["title"] == made["title"]


def test_an_upper_wage_below_the_lower_is_refused_also_piece_by_piece(api: FlaskClient, clock: SettableClock) -> None:
    made = post(api, clock)
    assert api.patch(f"{URL}/{made['id']}", json={"pay": {"max": 100}}).status_code == 422
    assert api.patch(f"{URL}/{made['id']}", json={"employer": {"id": 1}}).status_code == 422
    assert api.get(f"{URL}/{made['id']}").get_json() == made


def test_days_do_not_move_under_those_who_hold_a_place(api: FlaskClient, make: Any, database: Database) -> None:
    with make() as f:
        opening = f.make_opening()
        f.make_offer(opening, f.make_worker(), "accepted")
    for change in ({"starts_on": str(opening.ends_on)}, {"headcount": 0}, {"region": "500114121001"}):
        response = api.patch(f"{URL}/{opening.id}", json=change)
        assert response.status_code in (409, 422)
    assert api.patch(f"{URL}/{opening.id}", json={"headcount": 1}).get_json()["status"] == "filled"
    assert api.patch(f"{URL}/{opening.id}", json={"headcount": 3}).get_json()["status"] == "published"


def test_calling_an_opening_off_ends_its_offers_and_tells_the_workers(
    api: FlaskClient, make: Any, database: Database
) -> None:
    with make() as f:
        f.make_station()
        opening = f.make_opening(headcount=3)
        taken = f.make_offer(opening, f.make_worker("冉大华", number="+8610001000901"), "accepted")
        asked = f.make_offer(opening, f.make_worker("田秀芳", number="+8610001000902"), "offered")
        declined = f.make_offer(opening, f.make_worker("谭国富", number="+8610001000903"), "declined")
    for _ in range(2):  # the second time changes nothing and tells nobody again
        body = api.patch(f"{URL}/{opening.id}", json={"status": "withdrawn"}).get_json()
        assert body["status"] == "withdrawn" and body["filled"] == 0
    with database.read() as session:
        statuses = {o.id: o.status for o in session.scalars(select(Offer))}
        told = list(session.scalars(select(OutboxRow.to_number).order_by(OutboxRow.to_number)))
        verbs = list(session.scalars(select(AuditEvent.verb).where(AuditEvent.object_kind == "openings")))
    assert statuses == {taken.id: "withdrawn", asked.id: "withdrawn", declined.id: "declined"}
    assert told == ["+8610001000901", "+8610001000902"]
    assert verbs == ["withdrew_opening"]
    assert api.post(f"/api/v1/offers/{asked.id}/answer", json={"answer": "accept"}).status_code == 409


def test_what_is_over_is_not_changed_any_more(api: FlaskClient, make: Any) -> None:
    with make() as f:
        opening = f.make_opening(status="expired")
    assert api.patch(f"{URL}/{opening.id}", json={"title": "新"}).get_json(force=True)["reason"] == "closed"
    assert api.patch(f"{URL}/{opening.id}", json={"status": "withdrawn"}).get_json(force=True)["reason"] == "closed"


def test_lists_filter_by_status_and_by_any_level_of_the_region(api: FlaskClient, make: Any) -> None:
    with make() as f:
        near, far = f.make_opening(), f.make_opening(region="520526001001", status="in_review")

    def ids(query: str) -> list[int]:
        return [item["id"] for item in api.get(f"{URL}?{query}").get_json()["items"]]

    assert ids("region=500114") == ids("region=50") == ids(f"region={XINGQUAN}") == [near.id]
    assert ids("status=in_review") == [far.id]
    assert ids("") == [far.id, near.id]


def test_pages_neither_repeat_nor_lose_a_row(api: FlaskClient, make: Any, database: Database) -> None:
    with make() as f:
        wanted = {f.make_opening().id for _ in range(7)}
    seen: list[int] = []
    cursor = ""
    while True:
        body = api.get(f"{URL}?limit=3{cursor}").get_json()
        seen += [item["id"] for item in body["items"]]
        if body["next"] is None:
            break
        cursor = f"&cursor={body['next']}"
    assert len(seen) == 7 and set(seen) == wanted
    with database.read() as session:
        assert seen == list(session.scalars(select(Opening.id).order_by(Opening.id.desc())))
