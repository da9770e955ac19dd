"""Between the reading of a file and its storing: a colleague stores the same list, or whoever brought it goes elsewhere (L03)."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import func, select

from backend.errors import Conflict
from backend.services import import_ledger
from backend.services.staff_login import Member
from backend.services.write_workbook import write_ledger
from backend.store.models import Employer, LedgerImport, Opening, Station, Worker
from tests.integration.services.test_import_ledger import openings, workers
from tests.integration.services.test_post_while_merging import Thread, before, until_in_the_way

COUNTY, TOWN, VILLAGE = "500114", "500114121", "500114121002"
LEDGERS = {"workers": Worker, "openings": Opening, "employers": Employer, "stations": Station}


@pytest.fixture
def member(make, deps):
    def of(role="county", region=COUNTY):
        with make() as f:
            f.make_region(VILLAGE)
            staff = f.make_staff(role, region)
            deps.regions.reload()
            return Member(staff.id, staff.login, staff.name, staff.role, staff.region_code, "zh")

    return of


def book(kind):
    if kind in ("workers", "openings"):
        return {"workers": workers, "openings": openings}[kind](3)
    to, row = BytesIO(), {"region_code": "兴泉社区"}
    if kind == "employers":
        rows = [row | {"employer": f"第{n}家公司", "phone": f"1380000000{n}"} for n in range(3)]
    else:
        rows = [row | {"name": "兴泉驿站", "short_name": "兴泉驿站", "kind": "零工驿站"}]
    write_ledger(kind, rows, to)
    return to.getvalue()


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize(
    ("kind", "role"),
    [*((kind, "county") for kind in LEDGERS), *((kind, "town") for kind in ("workers", "openings", "employers"))],
)
def test_the_same_list_stored_by_two_at_once_is_in_the_library_once(deps, member, database, kind, role):
    one, two = member(), member(role, COUNTY if role == "county" else TOWN)
    first, second = (import_ledger.read(deps, who, kind, "a.xlsx", book(kind)) for who in (one, two))
    colleague = Thread(import_ledger.store, deps, two, second)

    def go():
        colleague.start()
        until_in_the_way(database, colleague)

    table = "persons" if kind == "workers" else LEDGERS[kind].__tablename__
    with before(database, f"INSERT INTO {table}", go):
        added = import_ledger.store(deps, one, first).added
    with pytest.raises(Conflict) as refused:
        colleague.ended()
    assert refused.value.reason == "library_changed"
    assert count(database, LEDGERS[kind]) == added


@pytest.mark.parametrize("kind", LEDGERS)
def test_what_was_read_for_one_region_is_not_stored_from_another(deps, member, database, kind):
    who = member()
    number = import_ledger.read(deps, who, kind, "a.xlsx", book(kind))
    with pytest.raises(Conflict) as refused:
        import_ledger.store(deps, replace(who, region_code="520526"), number)
    assert refused.value.reason == "library_changed"
    assert count(database, LEDGERS[kind]) == 0
    with database.read() as session:
        assert session.get_one(LedgerImport, number).applied_at is None
