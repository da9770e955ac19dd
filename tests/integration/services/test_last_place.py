"""The last place goes to one: guarded in the database, not in code that looks first (C1, C4, DESIGN §3.7)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backend.errors import Conflict
from backend.services.answer_offer import give_back, take
from backend.store.models import Offer, Opening
from backend.store.session import Database

RACES = 200


def test_two_people_never_both_get_the_last_place_in_200_races(
    database: Database, database_url: str, make: Any, clock: Any
) -> None:
    with make() as f:
        workers = [f.make_worker(f"工人{n}", number=f"+86100000900{n:02}").id for n in (1, 2)]
        openings = [f.make_opening(headcount=1).id for _ in range(RACES)]
        # Days of their own, so that no two openings overlap for one worker.
        for day, opening_id in enumerate(openings):
            opening = f.session.get(Opening, opening_id)
            opening.starts_on = opening.ends_on = opening.starts_on.fromordinal(opening.starts_on.toordinal() + day)
    line = threading.Barrier(2)
    results: dict[int, list[str]] = {worker: [] for worker in workers}
    problems: list[BaseException] = []

    def contend(worker_id: int) -> None:
        own = Database(database_url)
        try:
            for opening_id in openings:
                line.wait(timeout=60)
                try:
                    with own.write() as session:
                        take(session, now=clock(), opening_id=opening_id, worker_id=worker_id, channel="sms")
                    results[worker_id].append("accepted")
                except Conflict as conflict:
                    results[worker_id].append(conflict.reason)
        except BaseException as problem:
            problems.append(problem)
            line.abort()
        finally:
            own.close()

    threads = [threading.Thread(target=contend, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert not problems, problems
    for both in zip(*results.values(), strict=True):
        assert sorted(both) == ["accepted", "full"]
    with database.read() as session:
        assert session.query(Opening).filter(Opening.filled != 1).count() == 0
        assert session.query(Offer).filter_by(status="accepted").count() == RACES


def test_the_database_itself_refuses_more_than_the_headcount(database: Database, make: Any) -> None:
    with make() as f:
        opening_id = f.make_opening(headcount=1).id
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("update openings set filled = 2 where id = :id"), {"id": opening_id})


def test_withdrawing_frees_the_place_for_the_next(database: Database, make: Any, clock: Any) -> None:
    with make() as f:
        first, second = f.make_worker("先来").id, f.make_worker("后到").id
        opening_id = f.make_opening(headcount=1).id
    with database.write() as session:
        offer_id = take(session, now=clock(), opening_id=opening_id, worker_id=first, channel="sms").id
    with database.read() as session:
        assert session.get_one(Opening, opening_id).status == "filled"
    with database.write() as session:
        give_back(session, now=clock(), offer_id=offer_id)
    with database.write() as session:
        assert take(session, now=clock(), opening_id=opening_id, worker_id=second, channel="voice").status == "accepted"


def test_two_jobs_on_the_same_day_cannot_both_be_taken_and_the_one_in_the_way_is_named(
    database: Database, make: Any, clock: Any
) -> None:
    with make() as f:
        worker = f.make_worker().id
        one, other = f.make_opening(title="摘李子").id, f.make_opening(title="打谷子", job_type="A12").id
    with database.write() as session:
        take(session, now=clock(), opening_id=one, worker_id=worker, channel="sms")
    with pytest.raises(Conflict) as refused, database.write() as session:
        take(session, now=clock(), opening_id=other, worker_id=worker, channel="sms")
    assert refused.value.reason == "overlap" and refused.value.facts["standing"] == one
    with database.read() as session:
        assert session.get_one(Opening, other).filled == 0


def test_morning_and_afternoon_of_one_day_do_not_stand_in_each_others_way(
    database: Database, make: Any, clock: Any
) -> None:
    with make() as f:
        worker = f.make_worker().id
        one = f.make_opening(hours_from="07:00", hours_to="12:00").id
        other = f.make_opening(hours_from="13:00", hours_to="18:00").id
    for opening_id in (one, other):
        with database.write() as session:
            assert (
                take(session, now=clock(), opening_id=opening_id, worker_id=worker, channel="sms").status == "accepted"
            )


def test_one_worker_taking_two_overlapping_jobs_at_the_same_instant_gets_one(
    database: Database, database_url: str, make: Any, clock: Any
) -> None:
    with make() as f:
        worker = f.make_worker().id
        pairs = [(f.make_opening().id, f.make_opening().id) for _ in range(20)]
        for day, pair in enumerate(pairs):
            for opening_id in pair:
                opening = f.session.get(Opening, opening_id)
                opening.starts_on = opening.ends_on = opening.starts_on.fromordinal(opening.starts_on.toordinal() + day)
    line = threading.Barrier(2)
    outcomes: list[str] = []

    def contend(side: int) -> None:
        own = Database(database_url)
        for pair in pairs:
            line.wait(timeout=60)
            try:
                with own.write() as session:
                    take(session, now=clock(), opening_id=pair[side], worker_id=worker, channel="sms")
                outcomes.append("accepted")
            except Conflict as conflict:
                outcomes.append(conflict.reason)
        own.close()

    threads = [threading.Thread(target=contend, args=(side,)) for side in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(outcomes) == ["accepted"] * len(pairs) + ["overlap"] * len(pairs)
