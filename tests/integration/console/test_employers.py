"""Employers in the console: posted for, repeated, changed, closed, verified, taken down (E01–E04, E10, P04–P06)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backend.console.opening_form import as_form
from backend.services import employer_number
from backend.settings import TIMEZONE
from backend.store.models import Case, Employer, Handset, Offer, Opening
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words


@pytest.fixture
def today(clock):
    return clock().astimezone(TIMEZONE).date()


@pytest.fixture
def plant(make):
    """`plant(…)`: an opening of 田家果园 in 兴泉社区; returns the ids of the opening and its employer."""

    def one(*names, verified=False, **more):
        with make() as f:
            boss = f.make_employer("田家果园", region_code=VILLAGE, **({"verified_at": f.now} if verified else {}))
            opening = f.make_opening(employer=boss, region=VILLAGE, **more)
            for name in names:
                f.make_offer(opening, f.make_worker(name), "accepted")
            return opening.id, boss.id

    return one


def only_opening(database):
    with database.write() as session:
        return session.scalars(select(Opening).order_by(Opening.id.desc())).first()


def get(database, model, row_id):
    with database.write() as session:
        return session.get(model, row_id)


def filled_in(today: date, **changes: str) -> dict[str, str]:
    facts = {
        "repeats": "", "employer": "", "employer_name": "冉家茶园", "employer_phone": "+8610000777001", "employer_kind": "grower",
        "source_kind": "gig", "employment_kind": "flexible", "title": "摘茶", "job_type": "A01", "headcount": "8", "region_code": VILLAGE,
        "place": "三组", "starts_on": (today + timedelta(days=1)).isoformat(), "ends_on": (today + timedelta(days=3)).isoformat(),
        "hours_from": "07:00", "hours_to": "17:00", "pay_min": "120", "pay_max": "120", "pay_unit": "day", "settlement": "daily",
        "requirements": "手脚快", "meals": "yes", "lodging": "no", "transport": "", "insured": "yes", "consent": "yes",
    }  # fmt: skip
    return {**facts, **changes}


def test_staff_post_for_an_employer_who_came_to_the_window(browse, database, today, audited):
    """E01, E02: all eight facts, the kind of employer, who took it down and that the employer agreed."""
    browser = browse("cun")
    browser.visit("/console/openings/new")
    assert browser.submit("/console/openings/new", **filled_in(today, urgent="yes")).status_code == 303
    opening = only_opening(database)
    employer = get(database, Employer, opening.employer_id)
    assert (employer.name, employer.kind, employer.phone) == ("冉家茶园", "grower", "+8610000777001")
    assert (opening.status, opening.headcount, opening.pay_min_fen, opening.urgent) == ("in_review", 8, 12_000, True)
    assert (opening.meals, opening.lodging, opening.transport, opening.insured) == (True, False, None, True)
    [event] = audited("collected")
    assert (event.object_id, event.facts["consent"]) == (str(opening.id), True)


@pytest.mark.parametrize(("field", "value"), [
    ("headcount", "0"), ("headcount", "-1"), ("headcount", "1000000"), ("pay_min", "0"), ("pay_min", "1000000000"), ("starts_on", "2026-02-30"),
    ("ends_on", "2020-01-01"), ("region_code", FAR_VILLAGE), ("job_type", "Z99"), ("employer_name", "冉"), ("employer_phone", "12"),
    ("employer_kind", "king"), ("consent", "no"),
])  # fmt: skip
def test_what_cannot_be_meant_is_named_and_nothing_is_stored(browse, database, today, field, value):
    browser = browse("zhen")
    browser.visit("/console/openings/new")
    answer = browser.submit("/console/openings/new", **filled_in(today, **{field: value, "place": "老茶山"}))
    assert answer.status_code == 422
    assert "有几处填得不对" in words(answer)
    assert "老茶山" in answer.text
    assert only_opening(database) is None
    with database.write() as session:
        assert session.scalars(select(Employer)).all() == []


def test_last_times_posting_is_there_to_be_posted_again_on_the_next_such_days(browse, database, plant, today):
    before, boss = plant(
        status="expired", starts_on=today - timedelta(days=7), ends_on=today - timedelta(days=6), requirements="会爬梯"
    )
    browser = browse("zhen")
    page = browser.visit(f"/console/openings/new?like={before}")
    assert f'value="{(today + timedelta(days=7)).isoformat()}"' in page.text and "会爬梯" in page.text
    facts = filled_in(
        today, repeats=str(before), employer=str(boss), employer_name="", employer_phone="", employer_kind=""
    )
    assert browser.submit("/console/openings/new", **facts).status_code == 303
    again = only_opening(database)
    assert (again.repeats_id, again.employer_id, again.status) == (before, boss, "in_review")


def test_a_verified_employers_opening_may_go_out_at_once_and_waits_for_its_review(browse, database, plant, today):
    _, boss = plant(verified=True, status="expired")
    browser = browse("zhen")
    browser.visit("/console/openings/new")
    known = {"employer": str(boss), "employer_name": "", "employer_phone": "", "employer_kind": ""}
    browser.submit("/console/openings/new", **filled_in(today, at_once="yes", **known))
    opening = only_opening(database)
    assert (opening.status, opening.reviewed_at) == ("published", None)
    listed = words(browser.visit("/console/openings?status=to_look_at"))
    assert "摘茶" in listed
    page = words(browser.visit(f"/console/openings/{opening.id}"))
    assert "已发布，待复核" in page and "最晚" in page
    browser.submit(f"/console/openings/{opening.id}/review-after", decision="publish", reason="")
    reviewed = only_opening(database)
    assert (reviewed.reviewed_at is not None, reviewed.review_reason) == (True, "看过，没有要留心的地方")
    assert "摘茶" not in words(browser.visit("/console/openings?status=to_look_at"))
    # A condition that a person must decide about keeps it back all the same.
    browser.submit("/console/openings/new", **filled_in(today, at_once="yes", requirements="只要女的", **known))
    assert only_opening(database).status == "in_review"


def test_what_shuts_people_out_is_taken_down_and_everybody_is_told(browse, database, plant, audited, outgoing):
    """P06, P07: 及时."""
    opening_id, _ = plant("王秀英", requirements="女的优先", reviewed_at=None)
    browser = browse("zhen")
    browser.visit(f"/console/openings/{opening_id}")
    refused = browser.submit(f"/console/openings/{opening_id}/review-after", decision="reject", reason=" ")
    assert refused.status_code == 422 and "下架要选个原因，或者写一句" in words(refused)
    browser.submit(f"/console/openings/{opening_id}/review-after", decision="reject", reason="不能限男女")
    opening = get(database, Opening, opening_id)
    assert (opening.status, opening.filled, opening.review_reason) == ("rejected", 0, "不能限男女")
    with database.write() as session:
        assert session.scalars(select(Offer.status)).all() == ["withdrawn"]
    told = [row.body for row in outgoing()]
    assert len(told) == 2 and any("不能限男女" in body for body in told)
    assert audited("taken_down")[0].facts["reason"] == "不能限男女"


def test_the_review_shows_the_words_the_median_with_n_and_the_other_names(browse, plant, make):
    opening_id, _ = plant(status="in_review", published_at=None, requirements="先交200块押金", pay_min_fen=60_000, pay_max_fen=60_000,
                          review_flags=["deposit_words", "pay_high"])  # fmt: skip
    with make() as f:
        phone = f.session.get(Opening, opening_id).employer.phone
        f.make_employer("李家果园", phone=phone)
        for _ in range(3):
            f.make_opening(status="expired")
    seen = words(browse("zhen").visit(f"/console/openings/{opening_id}"))
    assert "先交200块" in seen and "押金" in seen
    assert "中间数120元（3个岗位" in seen
    assert "这个电话用过几个用工主体的名字" in seen and "李家果园" not in seen and "李***" in seen


def test_urgent_harvests_stand_first_in_the_queue_then_what_starts_first(browse, make, today):
    """E10."""
    with make() as f:
        for title, days, urgent in (("慢活", 9, False), ("快活", 2, False), ("农忙活", 5, True)):
            f.make_opening(region=VILLAGE, title=title, status="in_review", urgent=urgent, starts_on=today + timedelta(days=days),
                           ends_on=today + timedelta(days=days))  # fmt: skip
    page = words(browse("zhen").visit("/console/openings"))
    assert page.index("农忙活") < page.index("快活") < page.index("慢活")


def test_staff_change_what_is_out_but_not_what_people_count_on(browse, database, plant, clock, today):
    opening_id, _ = plant("王秀英")
    opening = get(database, Opening, opening_id)
    browser = browse("zhen")
    facts = {"version": opening.updated_at.isoformat(), **as_form(opening), "headcount": "6"}
    assert browser.submit(f"/console/openings/{opening_id}/edit", **facts).status_code == 303
    opening = get(database, Opening, opening_id)
    assert (opening.headcount, opening.status) == (6, "published")
    later = {**facts, "version": opening.updated_at.isoformat(), "starts_on": (today + timedelta(days=2)).isoformat()}
    answer = browser.submit(f"/console/openings/{opening_id}/edit", **later)
    assert answer.status_code == 409 and "已经有人要来" in words(answer)
    assert get(database, Opening, opening_id).starts_on == opening.starts_on
    clock.advance(minutes=1)
    stale = browser.submit(f"/console/openings/{opening_id}/edit", **{**facts, "version": "2020-01-01T00:00:00+00:00"})
    assert stale.status_code == 409


def test_staff_close_for_an_employer_and_those_who_have_a_place_still_come(browse, database, plant, audited):
    opening_id, _ = plant("王秀英", headcount=3)
    browser = browse("zhen")
    browser.visit(f"/console/openings/{opening_id}")
    assert browser.submit(f"/console/openings/{opening_id}/close", how="enough", reason="").status_code == 422
    browser.submit(f"/console/openings/{opening_id}/close", how="enough", reason="老板打电话来说够了")
    opening = get(database, Opening, opening_id)
    assert (opening.status, opening.headcount, opening.filled) == ("filled", 1, 1)
    assert audited("closed_by_staff")[0].facts == {"how": "enough", "reason": "老板打电话来说够了"}
    assert "窗口替老板停招" in words(browser.visit(f"/console/openings/{opening_id}"))


def test_the_town_verifies_an_employer_and_takes_it_back_with_a_reason(browse, database, plant, audited, staff):
    _, boss = plant()
    browser = browse("zhen")
    page = browser.visit(f"/console/employers/{boss}")
    assert "+861000" not in page.text and "田家果园" not in words(page)
    path = f"/console/employers/{boss}/verify"
    assert browser.submit(path, verified="yes", reason=" ").status_code == 422
    browser.submit(path, verified="yes", reason="上门看过果园")
    employer = get(database, Employer, boss)
    assert (employer.verified_at is not None, employer.verified_by) == (True, staff["zhen"])
    assert "上门看过果园" in words(browser.visit(f"/console/employers/{boss}"))
    browser.submit(path, verified="no", reason="有人说不给钱")
    assert get(database, Employer, boss).verified_at is None
    assert audited("employer_verification_withdrawn")[0].facts["reason"] == "有人说不给钱"


def test_staff_who_asked_him_for_another_number_write_it_down(browse, database, plant, audited, clock):
    """T4: he hears and changes his openings from there, although that number has long been silent."""
    opening_id, boss = plant()
    long_ago = clock() - timedelta(days=200)
    with database.write() as session:
        session.get(Employer, boss).phone = None
        session.get(Opening, opening_id).collected_at = long_ago
        session.add(Handset(number="+8610000777002", first_seen_at=long_ago, last_seen_at=long_ago))
    browser, path = browse("cun"), f"/console/employers/{boss}/number"
    assert "没有号码" in words(browser.visit(f"/console/employers/{boss}"))
    bad = browser.submit(path, employer_phone="1380")
    assert bad.status_code == 422 and "电话要写全" in words(bad)
    assert browser.submit(path, employer_phone="100 0077 7002").status_code == 303
    browser.submit(path, employer_phone="10000777002")
    assert get(database, Employer, boss).phone == "+8610000777002"
    [event] = audited("employer_number_set")
    assert "777002" not in str(event.facts)
    page = browser.visit(f"/console/employers/{boss}")
    assert "登了新号码" in words(page) and "777002" not in page.text
    with database.read() as session:
        handset = session.scalars(select(Handset).where(Handset.number == "+8610000777002")).one()
        assert not employer_number.may_be_lost(session, handset, clock())


def test_a_village_cannot_verify_and_the_city_only_looks(browse, database, plant, today):
    _, boss = plant()
    village = browse("cun")
    assert village.visit(f"/console/employers/{boss}").status_code == 200
    assert village.submit(f"/console/employers/{boss}/verify", verified="yes", reason="认得他").status_code == 403
    city = browse("shi")
    city.visit("/console/openings/new")
    assert city.submit("/console/openings/new", **filled_in(today)).status_code == 403
    assert get(database, Employer, boss).verified_at is None


def test_employers_of_other_places_are_not_there(browse, plant, make, database):
    """T6."""
    opening_id, boss = plant()
    other = browse("cun2")
    assert other.visit(f"/console/employers/{boss}").status_code == 404
    assert "田" not in words(other.visit("/console/employers")).split("全部")[-1]
    for path, fields in (
        (f"/console/employers/{boss}/kind", {"kind": "person"}),
        (f"/console/employers/{boss}/number", {"employer_phone": "+8610000777001"}),
        (f"/console/openings/{opening_id}/close", {"how": "off", "reason": "x"}),
        (f"/console/openings/{opening_id}/review-after", {"decision": "reject", "reason": "x"}),
    ):
        assert other.submit(path, **fields).status_code == 404
    assert get(database, Opening, opening_id).status == "published"
    assert OTHER_VILLAGE != VILLAGE


def test_who_was_reported_is_shown_so_on_the_employers_page(browse, plant, make):
    _, boss = plant()
    with make() as f:
        f.session.add(Case(kind="wage_arrears", summary="拖欠工钱", region_code=VILLAGE, details={"employer_name": ["田家果园"]},
                           opened_at=f.now, due_at=f.now + timedelta(days=1)))  # fmt: skip
    assert "有人反映过" in words(browse("zhen").visit(f"/console/employers/{boss}"))


def test_reading_the_list_is_written_down(browse, plant, audited):
    _, boss = plant()
    browse("zhen").visit("/console/employers")
    assert audited("listed_employers")[0].facts == {"ids": [boss]}
