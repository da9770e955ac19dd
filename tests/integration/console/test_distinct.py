"""Two who look alike and are not one: said once, held until a card says otherwise, taken back by one press (W15)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from backend.services import find_duplicates
from backend.services.regions import HOME_REGION
from backend.store.models import DistinctPair, DuplicateCount, HandsetOwner, Worker
from backend.store.queries import duplicates
from tests.integration.console.conftest import OTHER_VILLAGE, TOWN, VILLAGE, words
from tests.integration.console.test_find_duplicates import kept, listed, twins
from tests.integration.console.test_merge import versions_in
from tests.integration.console.test_window import fields

__all__ = ["twins"]


def pair_of(one, other):
    return f"/console/merge/workers/{one}/{other}"


def say(browser, one, other, **more):
    """Press 不是同一个 on the page that lays the two side by side."""
    versions = versions_in(browser.visit(pair_of(one, other)))
    return browser.submit(f"{pair_of(one, other)}/distinct", **(versions | more))


def told(page):
    """The pairs a page leads to from its list of those who are not one."""
    found = re.findall(r'href="/console/merge/workers/(\d+)/(\d+)"', page.text)
    return [(int(one), int(other)) for one, other in found]


def test_they_are_listed_no_more_however_often_the_town_is_looked_through(browse, deps, twins, database, clock):
    one, other, *same = twins
    find_duplicates.compare(deps, TOWN)
    browser = browse("zhen")
    sent = say(browser, other, one)
    assert sent.location.endswith(f"/console/merge?place={TOWN}")
    assert listed(browser.visit(sent.location)) == [tuple(same)]
    assert kept(database) == ([tuple(same)], 1)
    clock.advance(hours=7)
    assert find_duplicates.compare_one(deps) == 1
    find_duplicates.compare(deps, TOWN)
    assert kept(database) == ([tuple(same)], 1)
    with database.write() as session:  # compared as it is read
        session.delete(session.get(DuplicateCount, TOWN))
    assert listed(browse("cun").visit("/console/merge")) == [tuple(same)]


@pytest.mark.parametrize(
    ("change", "anew"),
    [
        ({"name": "王晓云"}, True),
        ({"birth_year": None}, True),
        ({"gender": None}, True),
        ({"speech_rate": 90}, False),
        ({"job_types": ["B03"]}, False),
    ],
    ids=str,
)
def test_it_holds_until_what_is_compared_is_changed(browse, deps, twins, database, change, anew):
    one, other, *same = twins
    browser = browse("cun")
    say(browser, one, other)
    with database.write() as session:
        worker = session.get(Worker, other)
        for name, value in change.items():
            setattr(worker if hasattr(Worker, name) else worker.person, name, value)
    find_duplicates.compare(deps, TOWN)
    pairs = [tuple(same), (one, other)] if anew else [tuple(same)]
    assert kept(database) == (pairs, len(pairs))
    assert listed(browser.visit("/console/merge")) == pairs
    assert ((one, other) in told(browser.visit("/console/merge/distinct"))) is not anew
    if anew:  # and can be said of how they stand now
        say(browser, one, other)
        assert told(browser.visit("/console/merge/distinct")) == [(one, other)]


def test_what_is_put_back_as_it_was_holds_again(browse, deps, twins, database):
    one, other, *same = twins
    browser = browse("cun")
    say(browser, one, other)
    for name, pairs in (("王晓云", [tuple(same), (one, other)]), ("王小芸", [tuple(same)])):
        with database.write() as session:
            session.get(Worker, other).person.name = name
        if len(pairs) == 2:
            find_duplicates.compare(deps, TOWN)
        assert listed(browser.visit("/console/merge")) == pairs


def test_one_phone_of_both_is_a_new_reason_and_a_phone_of_one_is_none(browse, deps, twins, database, make):
    one, other, *_ = twins
    browser = browse("cun")
    say(browser, one, other)

    def give(*workers):
        with make() as f:
            handset = f.make_handset(f"+86139000012{len(workers):02}").id
            for worker in workers:
                person = f.session.get(Worker, worker).person_id
                f._add(HandsetOwner(handset_id=handset, person_id=person, since=f.now))

    give(one)
    assert (one, other) not in listed(browser.visit("/console/merge"))
    give(one, other)
    assert (one, other) in listed(browser.visit("/console/merge"))


def test_who_said_it_and_when_is_told_and_it_is_taken_back_there(browse, deps, twins, database, audited, clock):
    one, other, *same = twins
    find_duplicates.compare(deps, TOWN)
    browser = browse("cun")
    versions = versions_in(browser.visit(pair_of(one, other)))
    for _ in range(2):  # whoever presses twice says it once
        assert browser.submit(f"{pair_of(one, other)}/distinct", **versions).status_code == 303
    clock.advance(days=3)
    colleague = browse("zhen")
    page = colleague.visit(f"/console/merge/distinct?place={TOWN}")
    assert told(page) == [(one, other)]
    assert re.search(r"冉村官6月\d+日.*判过：不是同一个。", words(page))
    assert "王小云" not in page.text
    beside = words(colleague.visit(pair_of(other, one)))
    assert "冉村官" in beside
    assert "判过：不是同一个。" in beside
    for _ in range(2):
        sent = colleague.submit(f"{pair_of(one, other)}/distinct/undo")
    assert listed(colleague.visit(sent.location)) == [tuple(same), (one, other)]
    assert told(colleague.visit("/console/merge/distinct")) == []
    for verb in ("said_distinct", "took_back_distinct"):
        assert [(event.object_id, event.facts) for event in audited(verb)] == [
            (str(one), {"other": other}), (str(other), {"other": one}),
        ]  # fmt: skip
    card = words(colleague.visit(f"/console/workers/{other}"))
    assert "判了和另一条不是同一个" in card
    assert "撤回了不是同一个的判断" in card


def test_what_was_changed_meanwhile_is_looked_at_again(browse, twins, database):
    one, other, *_ = twins
    page = say(browse("cun"), one, other, other_version="2026-01-01T00:00:00+00:00", name="other")
    assert page.status_code == 409
    assert "您看的时候，有人动过" in words(page)
    assert re.search(r'name="name" value="other" checked', page.text)
    with database.read() as session:
        assert session.scalars(select(DistinctPair)).all() == []


def test_a_phone_they_came_to_share_meanwhile_is_looked_at_again(browse, twins, make, database):
    one, other, *_ = twins
    browser = browse("cun")
    versions = versions_in(browser.visit(pair_of(one, other)))
    with make() as f:
        handset = f.make_handset("+8613900001299").id
        for worker in (one, other):
            f._add(HandsetOwner(handset_id=handset, person_id=f.session.get(Worker, worker).person_id, since=f.now))
    assert browser.submit(f"{pair_of(one, other)}/distinct", **versions).status_code == 409
    assert (one, other) in listed(browser.visit("/console/merge"))


def test_a_merge_of_two_who_were_just_said_to_be_two_is_asked_once_more(browse, twins, database):
    one, other, *_ = twins
    colleague = browse("zhen")
    versions = versions_in(colleague.visit(pair_of(one, other)))
    say(browse("cun"), one, other)
    page = colleague.submit(pair_of(one, other), **versions, name="other")
    assert page.status_code == 409
    assert re.search("冉村官.*判过：不是同一个。", words(page))
    assert re.search(r'name="name" value="other" checked', page.text)
    assert colleague.submit(pair_of(one, other), **versions_in(page)).status_code == 303


def test_whoever_comes_after_a_merge_is_led_to_the_card_that_is_left(browse, twins):
    one, other, *_ = twins
    colleague = browse("zhen")
    versions = versions_in(colleague.visit(pair_of(one, other)))
    browse("cun").submit(pair_of(one, other), **versions)
    for act, form in (("/distinct", versions), ("/distinct/undo", {}), ("", versions)):
        sent = colleague.submit(f"{pair_of(one, other)}{act}", **form)
        assert sent.location == f"/console/workers/{one}"
        assert "其中一张已经并到这一张里了" in words(colleague.visit(sent.location))
    assert colleague.visit(pair_of(one, other)).location == f"/console/workers/{one}"
    assert browse("cun2").visit(pair_of(one, other)).status_code == 404


def test_nobody_says_it_of_whom_they_cannot_see(browse, twins, make, database):
    one, other, *_ = twins
    with make() as f:
        elsewhere = f.make_worker("王小云", village=OTHER_VILLAGE).id
    say(browse("cun"), one, other)
    for login, first, second, status in (
        ("cun", one, elsewhere, 404), ("cun2", one, other, 404), ("cun2", one, elsewhere, 404), ("shi", one, other, 403),
        ("cun", one, one, 400),
    ):  # fmt: skip
        browser = browse(login)
        for act, form in (
            ("distinct", {"kept_version": "x", "other_version": "y", "pair_version": "z"}),
            ("distinct/undo", {}),
        ):
            assert browser.submit(f"{pair_of(first, second)}/{act}", **form).status_code == status, (login, act)
    assert browse("shi").visit("/console/merge/distinct").status_code == 403
    assert told(browse("cun2").visit(f"/console/merge/distinct?place={TOWN}")) == []
    with database.read() as session:
        assert len(session.scalars(select(DistinctPair)).all()) == 1


def test_of_two_in_two_towns_it_is_told_in_both(browse, twins, make):
    one = twins[0]
    with make() as f:
        elsewhere = f.make_worker("王小云", village=OTHER_VILLAGE).id
    browser = browse("xian")
    say(browser, one, elsewhere)
    for town in (TOWN, OTHER_VILLAGE[:9]):
        assert told(browser.visit(f"/console/merge/distinct?place={town}")) == [(one, elsewhere)]
    assert told(browse("zhen").visit("/console/merge/distinct")) == []


def test_those_said_so_while_the_town_is_compared_are_not_kept(browse, deps, twins, database):
    with database.read() as session:
        found = duplicates.of_place(session, TOWN, HOME_REGION, TOWN)
    say(browse("cun"), *twins[:2])
    with database.write() as session:
        duplicates.keep(session, TOWN, [found[:2], found[2:]], deps.clock())
    assert kept(database) == ([tuple(twins[2:])], 1)


def test_more_than_a_page_goes_on_behind_the_last(browse, twins, monkeypatch, clock, database):
    browser = browse("cun")
    say(browser, *twins[:2])
    clock.advance(minutes=1)
    say(browser, *twins[2:])
    monkeypatch.setattr(duplicates, "PAGE", 1)
    page = browser.visit("/console/merge/distinct")
    assert told(page) == [tuple(twins[2:])]
    further = re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    page = browser.visit(further)
    assert told(page) == [tuple(twins[:2])]
    assert 'rel="next"' not in page.text
    with database.write() as session:
        for worker in twins:
            session.get(Worker, worker).person.name = f"王小云{worker}"
    page = browser.visit("/console/merge/distinct")
    assert "这一页的，卡片后来都改过，不算数了" in words(page)
    assert "这一页的" in words(browser.visit(further))
    assert browser.visit("/console/merge/distinct?after=0001-01-01T00:00:00%2B08:00~1~2").status_code == 200


def test_what_is_taken_back_is_listed_among_all_the_others_at_once(browse, deps, twins, database, monkeypatch):
    find_duplicates.compare(deps, TOWN)
    browser = browse("cun")
    say(browser, *twins[2:])
    monkeypatch.setattr(duplicates, "PAGE", 1)
    sent = browser.submit(f"{pair_of(*twins[2:])}/distinct/undo")
    seen, address = [], sent.location
    while address:
        page = browser.visit(address)
        seen += listed(page)
        further = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = further[1].replace("&amp;", "&") if further else None
    assert sorted(seen) == [tuple(twins[:2]), tuple(twins[2:])]


def test_the_slip_does_not_ask_again(browse, make, staff, database):
    with make() as f:
        first, second = (f.make_worker("冉光明", village=VILLAGE, birth_year=1968).id for _ in range(2))
    browser = browse("cun")
    browser.visit("/console/window")
    slip = browser.submit("/console/window", **fields(not_the_same="yes")).location
    made = int(re.search(r"/window/(\d+)/slip", slip)[1])
    assert listed(browser.visit(slip)) == [(first, made), (second, made)]
    say(browser, first, made)
    say(browser, first, second)
    assert listed(browser.visit(slip)) == [(second, made)]


def test_a_merge_lets_go_of_it_and_taking_apart_brings_it_back_unless_the_other_is_erased(
    browse, make, twins, database
):
    one, other, *same = twins
    with make() as f:
        third = f.make_worker("王小云", village=VILLAGE, birth_year=1968, gender="female").id
    browser = browse("cun")
    for first, second in ((one, other), (other, third), (other, same[0])):
        say(browser, first, second)

    def said():
        with database.read() as session:
            rows = session.scalars(select(DistinctPair).order_by(DistinctPair.first_id, DistinctPair.second_id))
            return [(row.first_id, row.second_id) for row in rows]

    versions = versions_in(browser.visit(pair_of(one, other)))
    assert browser.submit(pair_of(one, other), **versions).status_code == 303
    assert said() == []
    with database.write() as session:
        session.get(Worker, same[0]).status = "erased"
    act = re.search(r"/console/merge/(\d+)/apart", browser.visit(f"/console/workers/{one}").text)[1]
    assert browser.submit(f"/console/merge/{act}/apart").status_code == 303
    assert said() == [(one, other), (other, third)]
    assert listed(browser.visit("/console/merge")) == [(one, third)]
