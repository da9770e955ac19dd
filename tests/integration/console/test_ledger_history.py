"""Every card shows who changed what from what to what, and a day's change can be taken back (W15, C5, T15)."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from backend.services import audit, edit_worker, ledger_history, worker_ledger
from backend.services.staff_login import Member
from backend.store.models import LedgerChange, Opening, Worker
from tests.integration.console.conftest import TOWN, VILLAGE, words


def plant(make, **more):
    with make() as f:
        return f.make_worker("王小云", village=VILLAGE, birth_year=1968, **more).id


def save(deps, database, staff_id, worker_id, **facts):
    member = Member(staff_id, "zhen", "田镇干", "town", TOWN, "zh", "")
    with database.read() as session:
        found = session.get(Worker, worker_id)
        version = worker_ledger.version(found, found.person)
    edit_worker.edit(deps, member, worker_id, version, facts)
    return member


def buttons(page):
    return re.findall(r'action="(/console/[a-z]+/\d+/history/\d+)"', page.text)


def test_a_change_is_shown_with_both_values_and_taken_back(browse, make, deps, database, staff):
    worker_id = plant(make)
    save(deps, database, staff["zhen"], worker_id, birth_year=1941, gender="male")
    browser = browse("zhen")
    page = browser.visit(f"/console/workers/{worker_id}")
    assert "出生年 1968 → 1941" in words(page)
    assert browser.submit(buttons(page)[0]).status_code == 303
    with database.read() as session:
        person = session.get(Worker, worker_id).person
        assert (person.birth_year, person.gender) == (1968, None)
    page = browser.visit(f"/console/workers/{worker_id}")
    assert "已撤回" in words(page)
    assert "撤回了改动" in words(page)


def test_what_was_changed_again_since_is_not_taken_back(browse, make, deps, database, staff, clock):
    worker_id = plant(make)
    save(deps, database, staff["zhen"], worker_id, birth_year=1941)
    first = buttons(browse("zhen").visit(f"/console/workers/{worker_id}"))[0]
    clock.advance(minutes=1)
    save(deps, database, staff["zhen"], worker_id, birth_year=1950)
    browser = browse("zhen")
    browser.visit(f"/console/workers/{worker_id}")
    browser.submit(first)
    assert "后来又有人改过这一项" in words(browser.visit(f"/console/workers/{worker_id}"))
    with database.read() as session:
        assert session.get(Worker, worker_id).person.birth_year == 1950


def test_after_a_day_nothing_is_taken_back_and_nobody_elsewhere_may(browse, make, deps, database, staff, clock):
    worker_id = plant(make)
    save(deps, database, staff["zhen"], worker_id, birth_year=1941)
    way_back = buttons(browse("zhen").visit(f"/console/workers/{worker_id}"))[0]
    far = browse("weining")
    assert far.submit(way_back).status_code == 404
    assert browse("shi").submit(way_back).status_code == 403
    clock.advance(hours=25)
    browser = browse("zhen")
    browser.submit(way_back)
    with database.read() as session:
        assert session.get(Worker, worker_id).person.birth_year == 1941


def test_a_name_stays_hidden_in_the_history(browse, make, deps, database, staff):
    worker_id = plant(make)
    save(deps, database, staff["zhen"], worker_id, name="王小芸")
    page = browse("zhen").visit(f"/console/workers/{worker_id}")
    assert "王小云" not in page.text
    assert "王小芸" not in page.text
    assert "姓名 王** → 王**" in words(page)


def test_an_opening_is_put_back_and_its_flags_are_looked_for_anew(browse, make, database):
    with make() as f:
        opening_id = f.make_opening(region=VILLAGE, status="in_review").id
    browser = browse("zhen")
    page = browser.visit(f"/console/openings/{opening_id}")
    version = re.search(r'name="version" value="([^"]+)"', page.text).group(1)
    fields = dict(  # noqa: C408
        title="摘脆红李", job_type="A04", headcount="2", region_code=VILLAGE, place="", hours_from="", hours_to="",
                  starts_on="2026-11-24", ends_on="2026-11-25", pay_min="50", pay_max="50", pay_unit="day",
                  settlement="daily", requirements="", meals="", lodging="", transport="", insured="")  # fmt: skip
    with database.read() as session:
        stands = session.get(Opening, opening_id)
        fields |= {"starts_on": stands.starts_on.isoformat(), "ends_on": stands.ends_on.isoformat()}
    assert browser.submit(f"/console/openings/{opening_id}/edit", version=version, **fields).status_code == 303
    page = browser.visit(f"/console/openings/{opening_id}")
    assert "120元 → 50元" in words(page)
    browser.submit(buttons(page)[0])
    with database.read() as session:
        assert session.get(Opening, opening_id).pay_min_fen == 12_000


def test_erasing_a_person_erases_what_stood_on_her_card_before(make, deps, database, staff):
    worker_id = plant(make)
    save(deps, database, staff["zhen"], worker_id, birth_year=1941)
    with database.write() as session:
        ledger_history.forget(session, session.get(Worker, worker_id))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(LedgerChange)) == 0


def test_whoever_saves_second_sees_the_others_version_and_keeps_her_own_words(
    browse, make, deps, database, staff, clock
):
    """C5: nothing is overwritten, nothing typed is lost."""
    from backend.console.workers import as_form

    worker_id = plant(make)
    with database.read() as session:
        found = session.get(Worker, worker_id)
        texts, version = as_form(deps, found), worker_ledger.version(found, found.person)
    texts.pop("name")
    clock.advance(minutes=1)
    save(deps, database, staff["zhen"], worker_id, birth_year=1941)
    browser = browse("cun")
    browser.visit(f"/console/workers/{worker_id}")
    typed = {**texts, "version": version, "pay": "150元/天"}
    page = browser.submit(f"/console/workers/{worker_id}/edit", **typed)
    assert page.status_code == 409
    assert "同事改了这一条" in words(page)
    assert "出生年 1968 → 1941" in words(page)
    assert 'value="150元/天"' in page.text
    fresh = re.search(r'name="version" value="([^"]+)"', page.text).group(1)
    again = browser.submit(f"/console/workers/{worker_id}/edit", **{**typed, "version": fresh, "birth_year": "1941"})
    assert again.status_code == 303


def test_a_value_a_savepoint_took_back_is_not_told_as_a_change(make, database, staff, clock):
    worker_id = plant(make, at_home=False)
    with database.write() as session:
        worker = session.get(Worker, worker_id)
        worker.person.birth_year = 1970
        taken_back = session.begin_nested()
        worker.person.birth_year, worker.at_home = 1941, True
        audit.write(session, clock(), "staff:1", "card_edited", worker)
        session.flush()
        with session.begin_nested():
            worker.person.gender = "male"
        taken_back.rollback()
        with session.begin_nested():
            worker.skill_level = "skilled"
        worker.person.birth_year = 1971
        audit.write(session, clock(), f"staff:{staff['zhen']}", "card_edited", worker)
    with database.read() as session:
        found = session.scalars(select(LedgerChange).order_by(LedgerChange.field)).all()
        kept = session.get(Worker, worker_id)
        assert [(one.field, one.was, one.became) for one in found] == [("birth_year", 1968, 1971)]
        assert (kept.person.birth_year, kept.at_home, kept.person.gender, kept.skill_level) == (
            1971,
            False,
            None,
            "skilled",
        )
