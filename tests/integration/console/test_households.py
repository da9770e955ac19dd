"""One household, at least one job: who lives together, and which households have nobody at work (H02)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.store.models import Hardship, Household, Person, Worker
from tests.integration.console.conftest import OTHER_VILLAGE, VILLAGE, words


@pytest.fixture
def household(make):
    """`household(("王一", {...}), …)`: a household with these workers; its id and theirs."""

    def plant(*people, village=VILLAGE):
        with make() as f:
            f.make_region(village)
            made = f._add(Household(village_code=village, created_at=f.now))
            ids = []
            for name, more in people:
                worker = f.make_worker(name, village=village, **more)
                worker.person.household_id = made.id
                ids.append(worker.id)
            f.session.flush()
            return made.id, ids

    return plant


def home_of(database, worker_id):
    with database.read() as session:
        return session.get(Person, session.get(Worker, worker_id).person_id).household_id


def test_households_with_nobody_at_work_come_first_and_labelled_ones_before_them(browse, household, make):
    at_work, _ = household(("甲一", {"employment_status": "working"}))
    without, _ = household(("乙一", {}), ("乙二", {}))
    labelled, [worker] = household(("丙一", {}))
    with make() as f:
        f._add(Hardship(worker_id=worker, code="G03", claimed_at=f.now, verified_at=f.now))
    seen = words(browse("cun").visit("/console/households"))
    order = [
        seen.index(f"户号{number} ") if f"户号{number} " in seen else seen.index(f"户号{number}没")
        for number in (labelled, without)
    ]
    assert order == sorted(order)
    assert seen.index(f"户号{at_work}") > max(order)
    assert "有核实困难的1户，其中1户没人上工" in seen
    assert "乙*、乙*" in seen
    assert f"户号{at_work}" not in words(browse("cun").visit("/console/households?without=1"))


def test_work_through_the_line_counts_for_a_month_after_its_last_day(browse, household, make, clock):
    number, [worker] = household(("王一", {}))
    with make() as f:
        opening = f.make_opening(starts_on=f.today, ends_on=f.today)
        f.make_offer(opening, f.session.get(Worker, worker), status="completed")
    assert "有人上工" in words(browse("cun").visit(f"/console/households/{number}"))
    clock.advance(days=31)
    assert "没人上工" in words(browse("cun").visit(f"/console/households/{number}"))


def test_a_worker_gets_a_household_of_her_own_joins_one_and_leaves_it(browse, household, make, database, audited):
    number, _ = household(("王一", {}))
    with make() as f:
        worker = f.make_worker("王二").id
    browser = browse("cun")
    browser.submit(f"/console/workers/{worker}/household", change="new")
    own = home_of(database, worker)
    assert own not in (None, number)
    assert browser.submit(f"/console/households/{number}/add", worker=str(worker), reason="").status_code == 303
    assert home_of(database, worker) == number
    browser.submit(f"/console/workers/{worker}/household", change="none")
    assert home_of(database, worker) is None
    assert [event.facts["household_id"] for event in audited("household")] == [own, number, None]


def test_people_of_two_villages_are_one_household_only_on_a_reason(browse, household, make, database):
    number, _ = household(("王一", {}))
    with make() as f:
        worker = f.make_worker("王二", village=OTHER_VILLAGE).id
    browser = browse("xian")
    path = f"/console/households/{number}/add"
    refused = browser.submit(path, worker=str(worker), reason="")
    assert refused.status_code == 409
    assert "不是一个村的" in words(refused)
    assert browser.submit(path, worker=str(worker), reason="because").status_code == 409
    assert home_of(database, worker) is None
    assert browser.submit(path, worker=str(worker), reason="married").status_code == 303
    assert home_of(database, worker) == number


def test_two_households_become_one(browse, household, database, audited):
    kept, [first] = household(("王一", {}))
    other, [second] = household(("王二", {}))
    browser = browse("cun")
    assert browser.submit(f"/console/households/{kept}/merge", other=str(kept), reason="").status_code == 422
    assert browser.submit(f"/console/households/{kept}/merge", other="9999", reason="").status_code == 422
    assert browser.submit(f"/console/households/{kept}/merge", other=str(other), reason="").status_code == 303
    assert (home_of(database, first), home_of(database, second)) == (kept, kept)
    assert browser.visit(f"/console/households/{other}").status_code == 404
    assert audited("merged")[0].facts["other"] == other


def test_another_village_s_household_is_not_there(browse, household, make, database):
    number, _ = household(("王一", {}), village=OTHER_VILLAGE)
    with make() as f:
        worker = f.make_worker("王二").id
    browser = browse("cun")
    assert browser.visit(f"/console/households/{number}").status_code == 404
    assert f"户号{number}" not in words(browser.visit("/console/households"))
    assert browser.submit(f"/console/households/{number}/add", worker=str(worker), reason="moved").status_code == 404
    assert home_of(database, worker) is None


def test_a_household_without_people_is_not_listed(browse, make, clock):
    with make() as f:
        f.make_region(VILLAGE)
        empty = f._add(Household(village_code=VILLAGE, created_at=f.now - timedelta(days=1))).id
    assert f"户号{empty}" not in words(browse("cun").visit("/console/households"))


def test_a_household_tells_who_came_and_who_left(browse, household, make):
    number, [first] = household(("甲一", {}))
    _, [second] = household(("乙一", {}))
    browser = browse("cun")
    path = f"/console/households/{number}"
    browser.visit(path)
    browser.submit(f"{path}/add", worker=str(second), reason="")
    browser.submit(f"/console/workers/{first}/household", change="none")
    page = words(browser.visit(path))
    assert f"冉村官 · 进了这一户：台账号 {second}" in page
    assert f"冉村官 · 出了这一户：台账号 {first}" in page
    assert "乙一" not in page


def test_a_household_is_found_by_its_number_and_its_place(browse, household):
    here, _ = household(("甲一", {}))
    there, _ = household(("乙一", {}), village=OTHER_VILLAGE)
    browser = browse("xian")
    assert browser.visit(f"/console/households?number={here}").location.endswith(f"/console/households/{here}")
    assert "没有这个户号" in words(browser.visit("/console/households?number=999999"))
    listed = words(browser.visit(f"/console/households?place={OTHER_VILLAGE}"))
    assert f"户号{there}" in listed
    assert f"户号{here}" not in listed
    far = browse("cun").visit(f"/console/households?number={there}")
    assert far.status_code == 200
    assert "没有这个户号" in words(far)
