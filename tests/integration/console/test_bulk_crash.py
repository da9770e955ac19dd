"""An act on many rows whose process dies midway loses none of them and does none twice (C5)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.services import bulk, ledger_history
from backend.store.models import AuditEvent, LedgerAct, Opening, Worker
from tests.integration.console.conftest import VILLAGE, words


class Died(BaseException):
    """What ends a worker of the server in the middle of a request."""


@pytest.fixture
def people(make: Any) -> list[int]:
    with make() as f:
        return [f.make_worker(f"人{number}", village=VILLAGE, at_home=False).id for number in range(5)]


@pytest.fixture
def dies(monkeypatch: Any) -> Callable[..., None]:
    """`dies(bulk, "_do", at=3, after=True)`: the third call ends the process after (or before) doing its work."""

    def arm(module: Any, name: str, *, at: int, after: bool, with_: type[BaseException] = Died) -> None:
        real, calls = getattr(module, name), []

        def work(*args: Any) -> object:
            calls.append(args)
            if len(calls) == at and not after:
                raise with_
            answer = real(*args)
            if len(calls) == at:
                raise with_
            return answer

        monkeypatch.setattr(module, name, work)

    return arm


def act_of(database: Any, act_id: int) -> LedgerAct:
    with database.read() as session:
        return session.get_one(LedgerAct, act_id)


def homes(database: Any, people: list[int]) -> list[bool | None]:
    with database.read() as session:
        return [session.get_one(Worker, one).at_home for one in people]


@pytest.mark.parametrize("after", [True, False])
def test_rows_of_an_act_that_broke_off_are_done_when_it_goes_on(deps, database, member, people, clock, dies, after):
    zhen = member("zhen")
    act = bulk.begin(deps, zhen, "workers", "at_home", people, {})
    dies(bulk, "_do", at=3, after=after)
    with pytest.raises(Died):
        bulk.go_on(deps, zhen, act)
    row = act_of(database, act)
    assert [one for one, _ in row.done] == people[:2]
    assert row.waiting == people[2:]
    bulk.go_on(deps, zhen, act)  # whoever was at it may be at it still
    assert act_of(database, act).waiting == people[2:]
    clock.advance(minutes=2)
    bulk.go_on(deps, zhen, act)
    row = act_of(database, act)
    assert ([one for one, _ in row.done], row.waiting, row.failed) == (people, [], [])
    assert homes(database, people) == [True] * 5
    assert bulk.undo(deps, zhen, act) == []
    assert homes(database, people) == [False] * 5


def test_a_row_done_before_the_crash_is_not_done_again(deps, database, make, member, clock, dies):
    """A last day put off twice would be wrong for good."""
    with make() as f:
        openings = [f.make_opening(region=VILLAGE).id for _ in range(3)]
        last_day = f.today + timedelta(days=2)
    zhen = member("zhen")
    act = bulk.begin(deps, zhen, "openings", "extend", openings, {"days": 3})
    dies(bulk, "_do", at=2, after=True)
    with pytest.raises(Died):
        bulk.go_on(deps, zhen, act)
    clock.advance(minutes=2)
    bulk.go_on(deps, zhen, act)
    with database.read() as session:
        ends = set(session.scalars(select(Opening.ends_on)))
    assert ends == {last_day + timedelta(days=3)}
    assert [one for one, _ in act_of(database, act).done] == openings


def test_what_cannot_be_done_at_all_is_told_and_stops_no_other(deps, database, member, people, dies):
    zhen = member("zhen")
    act = bulk.begin(deps, zhen, "workers", "at_home", people, {})
    dies(bulk, "_do", at=2, after=False, with_=ArithmeticError)
    bulk.go_on(deps, zhen, act)
    row = act_of(database, act)
    assert (row.waiting, row.failed) == ([], [[people[1], "broken"]])
    assert homes(database, people) == [True, False, True, True, True]


@pytest.mark.parametrize("after", [True, False])
def test_taking_back_that_broke_off_goes_on_to_its_end(deps, database, member, people, clock, dies, browse, after):
    zhen = member("zhen")
    act = bulk.begin(deps, zhen, "workers", "at_home", people, {})
    bulk.go_on(deps, zhen, act)
    dies(ledger_history, "take_back", at=3, after=after)
    with pytest.raises(Died):
        bulk.undo(deps, zhen, act)
    assert act_of(database, act).undone_at is None
    page = browse("zhen").visit(f"/console/bulk/{act}")
    assert "撤到第2个，一共5个" in words(page)
    clock.advance(minutes=2)
    assert bulk.undo(deps, zhen, act) == []
    assert homes(database, people) == [False] * 5
    row = act_of(database, act)
    assert (row.undone_at, row.failed, row.undo, row.doing) == (clock(), [], {}, None)
    with database.read() as session:
        taken_back = select(func.count()).where(AuditEvent.verb == "taken_back")
        assert session.scalar(taken_back) == 5


def test_more_than_a_hundred_are_taken_back_in_steps(make, browse, database):
    with make() as f:
        ids = [f.make_worker(f"人{number}", village=VILLAGE).id for number in range(103)]
    browser = browse("cun")
    browser.visit("/console/workers")
    act = browser.submit("/console/bulk/workers/start", act="away", pick=[str(one) for one in ids]).location
    browser.submit(act + "/on")
    browser.submit(act + "/undo")
    assert "撤到第100个，一共103个" in words(browser.visit(act))
    browser.submit(act + "/undo")
    assert "撤回了103个" in words(browser.visit(act))
    assert set(homes(database, ids)) == {None}


def test_two_who_press_at_once_do_each_row_once(deps, database, member, people):
    zhen = member("zhen")
    act = bulk.begin(deps, zhen, "workers", "confirm", people, {})
    both = [threading.Thread(target=bulk.go_on, args=(deps, zhen, act)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one for one, _ in act_of(database, act).done] == people
    with database.read() as session:
        confirmed = select(func.count()).where(AuditEvent.verb == "still_looking")
        assert session.scalar(confirmed) == 5
