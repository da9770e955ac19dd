"""What goes wrong with one opening holds up no other (F7); what a tick reads is what is due (C6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select, text

from backend.services import (
    ask_employer,
    backstop,
    both_sides,
    confirming,
    follow_up,
    instant_hire,
    reminders,
    still_looking,
    waiting_list,
)
from backend.services.deps import Deps
from backend.store.models import Case, Hardship, Opening, Worker
from backend.store.queries import waves as queries
from backend.store.session import Database
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock


def test_f7_gathered_texts_of_the_others_go_out(hire: Hire, deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = hire.opening(next_wave_at=None), hire.opening(next_wave_at=None, title="摘柑子")
    with hire.make() as f:
        for opening_id in (bad, good):
            f.session.get(Opening, opening_id).tell_employer_at = deps.clock()
    tell = both_sides._tell

    def broken(session: Any, deps: Any, opening: Opening, now: Any) -> None:
        if opening.id == bad:
            raise RuntimeError("a row that cannot be")
        tell(session, deps, opening, now)

    monkeypatch.setattr(both_sides, "_tell", broken)
    assert both_sides.tell_gathered(deps) == 1
    assert hire.get(good).tell_employer_at is None
    assert hire.get(bad).tell_employer_at is not None


def test_f7_openings_that_fail_do_not_keep_the_others_waiting(
    hire: Hire, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire.workers(2)
    bad = hire.opening(urgent=True)
    good = hire.opening(title="摘柑子")
    look = instant_hire._look

    def broken(session: Any, deps: Any, opening: Opening, now: Any) -> Any:
        if opening.id == bad:
            raise RuntimeError("a row that cannot be")
        return look(session, deps, opening, now)

    monkeypatch.setattr(instant_hire, "_look", broken)
    monkeypatch.setattr(instant_hire, "AT_ONCE", 1)
    assert hire.wave() == 0
    assert hire.wave() == 2
    assert len(hire.asked(good)) == 2
    assert hire.get(bad).next_wave_at > deps.clock(), "it has its turn again"  # type: ignore[operator]


# PostgreSQL reads a few rows whole, and rightly.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ticks_read_what_is_due_through_indexes(hire: Hire, database: Database, deps: Deps) -> None:
    hire.workers(2)
    hire.opening()
    hire.wave()
    with database.read() as session:
        read: list[str] = []
        event.listen(session.connection().engine, "before_cursor_execute", lambda *said: read.append(said[2]))
        queries.due(session, deps.clock(), 50)
        queries.answered(session, "A04", "500114", deps.clock())
        follow_up.ask_how_it_went(deps)
    assert "INDEXED BY ix_openings_next_wave_at" in read[0]
    assert any("INDEXED BY ix_offers_not_followed_up" in one for one in read)
    with database.read() as session:
        plan = session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id FROM openings WHERE job_type = 'A04' AND region_code >= '5' "
                "AND region_code < '6' AND openings.wave > 0 AND starts_on >= '2026-06-01'"
            )
        )
        assert "ix_openings_in_waves" in " ".join(row[3] for row in plan)
        assert queries.answered(session, "A04", "500114", deps.clock().replace(year=2025)) == (0, 0)


def test_a_task_about_an_opening_knows_it_by_its_column(hire: Hire, database: Database) -> None:
    opening_id = hire.opening()
    hire.wave()
    with database.read() as session:
        assert session.scalars(select(Case.opening_id).where(Case.kind == "nobody_left")).all() == [opening_id]


def two_jobs(hire: Hire, status: str) -> list[int]:
    """One of an hour that cannot be, and after it one from eight, both on the eleventh with somebody in it."""
    day = at(11, 8).date()
    jobs = [
        hire.opening(next_wave_at=None, starts_on=day, ends_on=day, hours_from=hour, headcount=3)
        for hour in ("25:00", "08:00")
    ]
    with hire.make() as f:
        for opening_id, worker_id in zip(jobs, hire.workers(2), strict=True):
            opening, worker = f.session.get(Opening, opening_id), f.session.get(Worker, worker_id)
            f.make_offer(opening, worker, status, waitlisted_at=f.now)
    return jobs


def test_f7_a_job_whose_hours_cannot_be_read_leaves_nobody_else_unreminded(
    hire: Hire, deps: Deps, clock: SettableClock
) -> None:
    two_jobs(hire, "accepted")
    clock.set(at(10, 18))
    assert reminders.remind_workers(deps) == 1


def test_f7_nor_an_employer_unasked_who_came(hire: Hire, deps: Deps, clock: SettableClock) -> None:
    jobs = two_jobs(hire, "accepted")
    clock.set(at(11, 9))
    assert ask_employer.ask_who_came(deps) == 1
    assert len(hire.texts(hire.employer_number(jobs[1]))) == 1


def test_f7_nor_anybody_waiting_without_a_word(hire: Hire, deps: Deps, clock: SettableClock) -> None:
    jobs = two_jobs(hire, "waitlisted")
    clock.set(at(11, 9))
    assert waiting_list.end_waiting(deps) == 1
    assert [offer.status for offer in hire.offers(jobs[1])] == ["expired"]


def test_f7_a_worker_whose_week_cannot_be_judged_keeps_no_other_from_it(
    hire: Hire, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = hire.workers(2, waiting_since=deps.clock(), confirmed_at=deps.clock())
    with hire.make() as f:
        for worker_id in people:
            f.session.get(Worker, worker_id).waiting_since = at(1, 8)
            f.session.add(Hardship(worker_id=worker_id, code="G04", claimed_at=f.now, verified_at=f.now))
    in_vain = backstop._in_vain

    def broken(session: Any, deps: Any, worker: Worker, *rest: Any) -> Any:
        if worker.id == people[0]:
            raise RuntimeError("a row that cannot be")
        return in_vain(session, deps, worker, *rest)

    monkeypatch.setattr(backstop, "_in_vain", broken)
    assert backstop.judge_weeks(deps) == 1


def test_f7_one_who_cannot_be_set_aside_keeps_no_other_in_the_library(
    hire: Hire, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = at(10, 10).replace(month=3)
    people = hire.workers(2, confirmed_at=long_ago, asked_current_at=long_ago, asked_in_vain=2)
    set_aside = confirming.set_aside

    def broken(worker: Worker) -> None:
        if worker.id == people[0]:
            raise RuntimeError("a row that cannot be")
        set_aside(worker)

    monkeypatch.setattr(confirming, "set_aside", broken)
    assert still_looking.set_aside_the_silent(deps) == 1
    with deps.db.read() as session:
        assert [session.get_one(Worker, one).status for one in people] == ["active", "paused"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("night", [True, False])
def test_who_waits_and_cannot_be_asked_keeps_nobody_from_writing(
    hire: Hire, deps: Deps, database: Database, clock: SettableClock, night: bool
) -> None:
    [worker_id] = hire.workers(1)
    opening_id = hire.opening(next_wave_at=None, starts_on=at(13, 8).date(), ends_on=at(13, 8).date())
    with hire.make() as f:
        worker = f.session.get(Worker, worker_id)
        worker.status = "active" if night else "paused"
        f.make_offer(f.session.get(Opening, opening_id), worker, "waitlisted", waitlisted_at=f.now)
    clock.set(at(10, 23) if night else at(10, 15))
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    assert waiting_list.move_up_waiting(deps) == 0
    assert "BEGIN IMMEDIATE" not in said
    clock.set(at(11, 9))
    with deps.db.write() as session:
        session.get_one(Worker, worker_id).status = "active"
    assert waiting_list.move_up_waiting(deps) == 1
