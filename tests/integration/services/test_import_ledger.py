"""A file of a thousand rows: few statements, stored once however often it is pressed, nothing of it when it breaks (L03)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from sqlalchemy import event, func, select

from backend.errors import Conflict, Forbidden, NotFound
from backend.services import import_ledger
from backend.services.staff_login import Member
from backend.services.write_workbook import write_ledger
from backend.store.models import AuditEvent, Handset, LedgerImport, Opening, Person, Worker, WorkerTrade

VILLAGE = "500114121002"


@pytest.fixture
def member(make, deps):
    def of(role="village", region=VILLAGE):
        with make() as f:
            staff = f.make_staff(role, region)
            deps.regions.reload()
            return Member(staff.id, staff.login, staff.name, staff.role, staff.region_code, "zh")

    return of


def workers(count):
    """A file of so many workers, each on a number of her own."""
    to = BytesIO()
    rows = (
        {"name": f"{'赵钱孙李周吴郑王'[n % 8]}{'一二三四五六七八九'[n % 9]}", "phone": f"138{n:08}", "village": "兴泉社区", "job_types": "摘水果、砌砖",
         "pay": "120元/天", "hardships": "残疾人" if n % 10 == 0 else ""}
        for n in range(count)
    )  # fmt: skip
    write_ledger("workers", rows, to)
    return to.getvalue()


def openings(count):
    to = BytesIO()
    rows = (
        {"employer": f"兴泉果园{n % 40}", "phone": f"138{n % 40:08}", "job_type": "摘水果", "title": f"摘李子{n}", "headcount": 3,
         "region_code": "兴泉社区", "starts_on": "2026-06-20", "pay": "120元/天"}
        for n in range(count)
    )  # fmt: skip
    write_ledger("openings", rows, to)
    return to.getvalue()


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


class Statements:
    """How many statements the database was sent."""

    def __init__(self, database):
        self.database, self.number = database, 0

    def _note(self, *_):
        self.number += 1

    def __enter__(self):
        event.listen(self.database.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_):
        event.remove(self.database.engine, "before_cursor_execute", self._note)


def test_a_thousand_workers_are_stored_in_few_statements_and_some_seconds(deps, member, database):
    who = member()
    began = time.process_time()
    with Statements(database) as sent:
        number = import_ledger.read(deps, who, "workers", "a.xlsx", workers(1_000))
    assert sent.number < 40
    with Statements(database) as sent:
        found = import_ledger.store(deps, who, number)
    # SQLite is in the same process: there each new row is a statement of its own, and none of them a journey.
    assert sent.number < (120 if database.engine.dialect.name == "postgresql" else 7_000)
    assert time.process_time() - began < 60  # some seconds, of our own: what else the machine does is not counted
    assert (found.added, found.changed) == (1_000, 0)
    assert count(database, Worker) == count(database, Handset) == 1_000
    # What openings look for workers by is there as well.
    assert count(database, WorkerTrade) == 2_000


def test_a_thousand_openings_are_stored_for_review(deps, member, database):
    who = member()
    number = import_ledger.read(deps, who, "openings", "a.xlsx", openings(300))
    found = import_ledger.store(deps, who, number)
    assert found.added == 300
    with database.read() as session:
        assert {opening.status for opening in session.scalars(select(Opening))} == {"in_review"}


def test_pressed_by_two_at_once_it_is_stored_once(deps, member, database):
    who = member()
    number = import_ledger.read(deps, who, "workers", "a.xlsx", workers(40))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: import_ledger.store(deps, who, number).added, range(4)))
    assert done == [40] * 4
    assert count(database, Worker) == 40
    with database.read() as session:
        assert session.scalar(select(func.count()).where(AuditEvent.verb == "imported")) == 1


def test_what_breaks_in_the_middle_leaves_nothing_and_can_be_stored_later(deps, member, database):
    who = member()
    number = import_ledger.read(deps, who, "workers", "a.xlsx", workers(30))
    written = 0

    def pull_the_plug(connection, cursor, statement, parameters, context, executemany):
        nonlocal written
        if statement.startswith("INSERT INTO consents"):
            written += 1
            raise KeyboardInterrupt

    event.listen(database.engine, "before_cursor_execute", pull_the_plug)
    with pytest.raises(KeyboardInterrupt):
        import_ledger.store(deps, who, number)
    event.remove(database.engine, "before_cursor_execute", pull_the_plug)
    assert written == 1
    assert count(database, Worker) == count(database, Person) == count(database, Handset) == 0
    with database.read() as session:
        assert session.get(LedgerImport, number).applied_at is None
    assert import_ledger.store(deps, who, number).added == 30


def test_a_number_that_calls_in_between_refuses_the_file_and_the_next_try_takes_it(deps, member, database, make):
    who = member()
    number = import_ledger.read(deps, who, "workers", "a.xlsx", workers(5))
    with make() as f:
        f.make_worker("赵一", number="+8613800000000")  # registers by text while the file waits
    with pytest.raises(Conflict) as refused:
        import_ledger.store(deps, who, number)
    assert refused.value.reason == "library_changed"
    assert count(database, Worker) == 1
    again = import_ledger.read(deps, who, "workers", "a.xlsx", workers(5))
    found = import_ledger.store(deps, who, again)
    assert (found.added, found.changed) == (4, 1)


def test_only_the_village_s_own_people_and_roles_that_act(deps, member, database):
    far = member("village", "500114122201")
    number = import_ledger.read(deps, far, "workers", "a.xlsx", workers(2))
    with database.read() as session:
        problems = session.get(LedgerImport, number).problems
    assert {problem["reason"] for problem in problems} == {"您的辖区里没有这个地方，请写村（社区）的全名"}
    with pytest.raises(Conflict):
        import_ledger.store(deps, far, number)
    with pytest.raises(NotFound):
        import_ledger.store(deps, member(), number)
    with pytest.raises(Forbidden):
        import_ledger.read(deps, member("city", "5001"), "workers", "a.xlsx", workers(1))
