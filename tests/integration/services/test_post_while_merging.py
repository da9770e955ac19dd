"""An opening posted for an employer at the moment it is merged into another belongs to the one that is kept (I10)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from backend.errors import Invalid
from backend.services import merge_entries, staff_openings
from backend.services.deps import Deps
from backend.services.post_opening import post_opening
from backend.services.staff_login import Member
from backend.store.models import Employer, Opening
from backend.store.session import Database
from tests.support.waiting import wait_for

VILLAGE, PHONE = "500114121002", "+8610000555001"
NAME = "兴泉果园场"


@pytest.fixture
def firms(make: Any) -> dict[str, Any]:
    """Two entries of one employer, and who may merge them."""
    with make() as f:
        f.make_region(VILLAGE)
        kept = f.make_employer("兴泉果园", region_code=VILLAGE)
        other = f.make_employer(NAME, region_code=VILLAGE, phone=PHONE)
        one = f.make_staff("village", VILLAGE)
        return {
            "kept": kept.id,
            "other": other.id,
            "versions": tuple(merge_entries.employer_version(each) for each in (kept, other)),
            "member": Member(one.id, one.login, one.name, one.role, one.region_code, "zh"),
        }


def merge(deps: Deps, firms: dict[str, Any]) -> None:
    merge_entries.merge_employers(deps, firms["member"], firms["kept"], firms["other"], set(), firms["versions"])


def facts(deps: Deps) -> dict[str, Any]:
    tomorrow = deps.clock().date() + timedelta(days=1)
    return {
        "job_type": "A04", "title": "摘脐橙", "headcount": 2, "region_code": VILLAGE, "starts_on": tomorrow,
        "ends_on": tomorrow, "pay_min_fen": 12000, "pay_max_fen": 12000, "pay_unit": "day",
    }  # fmt: skip


def by_staff(deps: Deps, firms: dict[str, Any]) -> None:
    staff_openings.post(deps, firms["member"], facts(deps), {"id": firms["other"]}, consent=True)


def by_number(deps: Deps, firms: dict[str, Any]) -> None:
    with deps.db.write() as session:
        post_opening(session, deps.clock(), deps.regions, facts(deps), {"id": firms["other"]}, None)


def by_name(deps: Deps, firms: dict[str, Any]) -> None:
    with deps.db.write() as session:
        post_opening(session, deps.clock(), deps.regions, facts(deps), {"name": NAME, "phone": PHONE}, None)


class Thread(threading.Thread):
    """`ended` raises what `work` raised."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        super().__init__(daemon=True)
        self.work, self.arguments = work, arguments
        self.begun, self.error = threading.Event(), None

    def run(self) -> None:
        self.begun.set()
        try:
            self.work(*self.arguments)
        except BaseException as error:
            self.error = error

    def ended(self) -> None:
        self.join(60)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error


def until_in_the_way(database: Database, second: Thread) -> None:
    """Until `second` waits for the other transaction; on SQLite it waits to begin, which no query shows."""
    assert second.begun.wait(60)
    if database.engine.dialect.name == "postgresql":
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as aside:
            wait_for(lambda: aside.scalar(waiting), what="the second to wait for the first")


@contextmanager
def before(database: Database, statement: str, then: Callable[[], None]) -> Iterator[None]:
    """Do `then` before the first statement that begins so, in the transaction it belongs to."""
    done = threading.Event()

    def look(connection: Any, cursor: Any, words: str, *_: Any) -> None:
        if words.startswith(statement) and not done.is_set():
            done.set()
            then()

    event.listen(database.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", look)
    assert done.is_set()


def owners(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(Opening.employer_id)))


@pytest.mark.parametrize("post", [by_staff, by_number, by_name])
def test_posted_while_a_merge_is_under_way_it_goes_to_the_one_that_is_kept(
    deps: Deps, database: Database, firms: dict[str, Any], post: Callable[..., None]
) -> None:
    poster = Thread(post, deps, firms)

    def go() -> None:
        poster.start()
        until_in_the_way(database, poster)

    with before(database, "DELETE FROM employers", go):
        merge(deps, firms)
    if post is by_name and database.engine.dialect.name == "sqlite":
        # It looks for the name once the merge is over, when nobody bears it any more, and begins a new entry with it.
        poster.ended()
        with database.read() as session:
            (owner,) = owners(database)
            assert session.get_one(Employer, owner).name == NAME
        return
    poster.ended()
    assert owners(database) == [firms["kept"]]


@pytest.mark.parametrize("post", [by_staff, by_number, by_name])
def test_merged_while_an_opening_is_being_posted_it_takes_the_opening_along(
    deps: Deps, database: Database, firms: dict[str, Any], post: Callable[..., None]
) -> None:
    merger = Thread(merge, deps, firms)

    def go() -> None:
        merger.start()
        until_in_the_way(database, merger)

    with before(database, "INSERT INTO audit_events", go):
        post(deps, firms)
    merger.ended()
    assert owners(database) == [firms["kept"]]


def test_a_form_opened_before_the_merge_posts_for_the_one_that_is_kept(deps: Deps, firms: dict[str, Any]) -> None:
    merge(deps, firms)
    by_staff(deps, firms)
    by_number(deps, firms)
    assert owners(deps.db) == [firms["kept"]] * 2


def test_an_employer_that_never_was_is_refused(deps: Deps, firms: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        by_staff(deps, {**firms, "other": 999})
    with pytest.raises(Invalid):
        by_number(deps, {**firms, "other": 999})
