"""What the calls of this folder start from: a station that is open, two villages and three openings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.store.session import Database
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    """A station that is open at the clock's time, a village and three openings."""
    with make() as f:
        f.make_station()
        f.make_station(
            "500114121", kind="station", name="中塘镇零工驿站", short_name="中塘零工", hotline="+8610000099002"
        )
        f.make_region("500114121002")
        f.make_region("500114121003", "双石村")
        for title, code in (("摘脆红李", "A04"), ("采茶", "A01"), ("搬砖", "B01")):
            f.make_opening(title=title, job_type=code)


@pytest.fixture
def call(signed: SignedClient) -> Callable[..., PhoneCall]:
    return lambda number=NUMBER, sid=None: PhoneCall(signed, number, sid)


def count(database: Database, model: Any, *where: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0
