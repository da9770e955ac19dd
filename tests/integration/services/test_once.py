"""One form, one thing made, also when a double click sends it side by side (C5)."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import func, select

from backend.services import talks
from backend.services.staff_login import Member
from backend.store.models import Talk

VILLAGE = "500114121002"


def test_the_same_form_sent_side_by_side_makes_one_and_answers_with_it(make: Any, deps: Any) -> None:
    with make() as f:
        opening = f.make_opening(region=VILLAGE).id
        row = f.make_staff("village", VILLAGE)
        member = Member(
            id=row.id,
            login=row.login,
            name=row.name,
            role="village",
            region_code=VILLAGE,
            language="zh",
            csrf_secret="x",
        )
        today = f.today
    barrier, made, broken = threading.Barrier(4), [], []

    def send(number: str) -> None:
        barrier.wait(60)
        try:
            made.append(
                talks.record(
                    deps, member, "one_to_many", opening_id=opening, employer_id=None, held_on=today, form_number=number
                )
            )
        except Exception as problem:  # told below: a thread's error is nobody's otherwise
            broken.append(problem)

    threads = [threading.Thread(target=send, args=(number,)) for number in ("a1", "a1", "a1", "b2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    with deps.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Talk)) == 2
    assert len(made) == 4 and len(set(made)) == 2
