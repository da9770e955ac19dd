"""Who is likely entered twice is found in the background and kept; the page shows of it what the cards still bear out (W15)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from backend.services import find_duplicates
from backend.services.regions import HOME_REGION
from backend.store.models import DuplicateCount, DuplicatePair, HandsetOwner, Worker
from backend.store.queries import duplicates
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words
from tests.integration.console.test_merge import versions_in

NEAR = f"{TOWN}003"  # another village of the same town


@pytest.fixture
def twins(make, staff):
    """Twice two who are likely one, in one village."""
    with make() as f:
        f.make_region(NEAR)
        made = [f.make_worker(name, village=VILLAGE, birth_year=1968, gender="female") for name in
                ("王小云", "王小芸", "冉光明", "冉光明")]  # fmt: skip
        return [one.id for one in made]


def listed(page):
    """The pairs a page shows."""
    found = re.findall(r"/console/merge/workers/(\d+)/(\d+)", page.text)
    return [(int(one), int(other)) for one, other in found]


def kept(database):
    """The pairs kept of the town, and how many its count tells."""
    with database.read() as session:
        rows = session.scalars(
            select(DuplicatePair).where(DuplicatePair.town_code == TOWN).order_by(DuplicatePair.position)
        )
        return [(row.first_id, row.second_id) for row in rows], session.get(DuplicateCount, TOWN).pairs


def test_what_was_found_is_shown_with_its_time_until_staff_have_it_looked_for_again(browse, deps, twins, make, clock):
    one, other, *same = twins
    browser = browse("cun")
    assert listed(browser.visit("/console/merge")) == [tuple(same), (one, other)]
    find_duplicates.compare(deps, TOWN)
    clock.advance(minutes=7)
    with make() as f:
        pair = tuple(f.make_worker("田大山", village=VILLAGE).id for _ in range(2))
    page = browser.visit("/console/merge")
    assert listed(page) == [tuple(same), (one, other)]
    before = re.search(r"今天 (\d\d:\d\d)找的", words(page))[1]
    assert browser.submit("/console/merge/find", place=VILLAGE).status_code == 303
    page = browser.visit("/console/merge")
    assert listed(page) == [tuple(same), pair, (one, other)]
    assert before not in words(page)


@pytest.mark.parametrize("change", [
    {"name": "李家珍"}, {"gender": "male"}, {"birth_year": 1990}, {"village_code": FAR_VILLAGE}, {"village_code": None},
    {"status": "erased"}, {"name": None},
], ids=str)  # fmt: skip
def test_of_a_pair_that_is_none_any_more_nothing_is_told(browse, deps, twins, database, change):
    find_duplicates.compare(deps, TOWN)
    with database.write() as session:
        worker = session.get(Worker, twins[1])
        for name, value in change.items():
            setattr(worker if name == "status" else worker.person, name, value)
    assert listed(browse("zhen").visit("/console/merge")) == [tuple(twins[2:])]


def test_one_phone_that_changed_hands_makes_no_pair(browse, deps, make, database):
    with make() as f:
        f.make_region(NEAR)
        one, other = (f.make_worker("王小云", village=village) for village in (VILLAGE, NEAR))
        owner = f._add(HandsetOwner(handset_id=f.session.scalar(
            select(HandsetOwner.handset_id).where(HandsetOwner.person_id == one.person_id)), person_id=other.person_id,
            since=f.now)).id  # fmt: skip
        ids = one.id, other.id
    find_duplicates.compare(deps, TOWN)
    browser = browse("zhen")
    assert listed(browser.visit("/console/merge")) == [ids]
    # A village is told of those alone who both live in it.
    assert listed(browse("cun").visit("/console/merge")) == []
    with database.write() as session:
        session.get(HandsetOwner, owner).until = deps.clock()
    assert listed(browser.visit("/console/merge")) == []


def test_more_than_a_page_goes_on_behind_the_last_pair_also_behind_those_that_are_none_any_more(
    browse, deps, twins, database, monkeypatch
):
    find_duplicates.compare(deps, TOWN)
    monkeypatch.setattr(duplicates, "PAGE", 1)
    browser = browse("xian")
    address = f"/console/merge?place={TOWN}"
    page = browser.visit(address)
    assert listed(page) == [tuple(twins[2:])]
    further = re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    page = browser.visit(further)
    assert listed(page) == [tuple(twins[:2])]
    assert 'rel="next"' not in page.text
    with database.write() as session:
        session.get(Worker, twins[2]).person.gender = "male"
    page = browser.visit(address)
    assert (listed(page), 'rel="next"' in page.text) == ([], True)


def test_whoever_merges_or_takes_apart_has_the_town_looked_through_next(browse, deps, twins, database):
    while find_duplicates.compare_one(deps):
        pass
    browser = browse("cun")
    address = f"/console/merge/workers/{twins[0]}/{twins[1]}"
    versions = versions_in(browser.visit(address))
    assert browser.submit(address, **versions).status_code == 303
    assert kept(database) == ([tuple(twins[2:])], 1)
    assert find_duplicates.compare_one(deps) == 1
    act = re.search(r"/console/merge/(\d+)/apart", browser.visit(f"/console/workers/{twins[0]}").text)[1]
    browser.submit(f"/console/merge/{act}/apart")
    assert len(listed(browser.visit("/console/merge"))) == 2  # what staff have just done shows at once
    assert find_duplicates.compare_one(deps) == 1
    assert kept(database) == ([tuple(twins[2:]), tuple(twins[:2])], 2)


def test_whoever_is_erased_while_the_town_is_compared_is_not_kept(deps, twins, database):
    with database.read() as session:
        found = duplicates.of_place(session, TOWN, HOME_REGION, TOWN)
    with database.write() as session:
        session.get(Worker, twins[1]).status = "erased"
    with database.write() as session:
        duplicates.keep(session, TOWN, [found[:2], found[2:]], deps.clock())
    assert kept(database) == ([tuple(twins[2:])], 1)


def test_nobody_has_a_place_looked_through_that_is_not_theirs(browse, deps, twins, database):
    for login, place in (("cun", OTHER_VILLAGE), ("xian", FAR_VILLAGE[:9]), ("xian", "500114999"), ("zhen", "5001")):
        assert browse(login).submit("/console/merge/find", place=place).status_code == 404, (login, place)
    assert browse("shi").submit("/console/merge/find", place=TOWN).status_code == 403
    with database.read() as session:
        assert session.scalars(select(DuplicateCount)).all() == []
