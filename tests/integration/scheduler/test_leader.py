"""However many schedulers are started, one leads, and what is due happens once (D9, D11, F7)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select

from backend.scheduler import lease
from backend.scheduler.jobs import JOBS, Job
from backend.scheduler.run import Ticker, watch_clock
from backend.services.deps import Deps
from backend.settings import ROOT
from backend.store.models import AuditEvent, Heartbeat, Opening
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.waiting import wait_for

# A job whose runs can be counted: every run of a due row adds a line. Each process is a real scheduler with this table.
COUNTING_SCHEDULER = """
import sys
from datetime import UTC, datetime
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select, update
from backend.scheduler import jobs, run
from backend.store.models import AuditEvent, Opening
from backend.settings import TIMEZONE

def due_once(deps):
    with deps.db.write() as session:
        due = session.scalars(select(Opening.id).where(Opening.status == "draft")).all()
        done = 0
        for opening in due:
            done += session.execute(update(Opening).where(Opening.id == opening, Opening.status == "draft")
                                    .values(status="withdrawn")).rowcount
            session.add(AuditEvent(at=datetime.now(UTC), actor=f"{sys.argv[1]}", verb="ran", object_kind="opening",
                                   object_id=str(opening), message_id=None, facts={}))
        return done

jobs_table = (jobs.Job("due", IntervalTrigger(seconds=1, timezone=TIMEZONE), due_once, at_start=True),)
ticker = run.Ticker.__init__
run.Ticker.__init__ = lambda self, deps, table=jobs_table: ticker(self, deps, table)
run.main()
"""


def test_only_one_of_two_holders_leads_until_its_lease_runs_out(database: Database, clock: SettableClock) -> None:
    assert lease.hold(database, "a", clock())
    assert not lease.hold(database, "b", clock())
    clock.advance(seconds=10)
    assert lease.hold(database, "a", clock())
    clock.advance(seconds=10)
    assert not lease.hold(database, "b", clock())
    clock.advance(seconds=10)
    assert lease.hold(database, "b", clock())
    assert not lease.hold(database, "a", clock())


def test_a_leader_that_stops_hands_over_at_once(database: Database, clock: SettableClock) -> None:
    assert lease.hold(database, "a", clock())
    lease.release(database, "a", clock())
    clock.advance(seconds=1)
    assert lease.hold(database, "b", clock())


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_four_schedulers_started_together_run_each_due_row_once_and_one_takes_over_when_the_leader_is_killed(
    database: Database, database_url: str, make: Callable[[], Any], tmp_path: Path,
    started: list[subprocess.Popen[bytes]],
) -> None:  # fmt: skip
    with make() as f:
        for _ in range(20):
            f.make_opening(status="draft")
    environment = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(tmp_path), "PORT": "8000"}
    for number in range(4):
        started.append(
            subprocess.Popen([sys.executable, "-c", COUNTING_SCHEDULER, str(number)], cwd=ROOT, env=environment,
                             stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        )  # fmt: skip

    def runs() -> list[tuple[str, str]]:
        with database.read() as session:
            return [tuple(row) for row in session.execute(select(AuditEvent.object_id, AuditEvent.actor))]

    wait_for(lambda: len(runs()) >= 20, 120, "every due row is done")
    assert len({opening for opening, _ in runs()}) == len(runs()) == 20
    leaders = {actor for _, actor in runs()}
    assert len(leaders) == 1

    leader = int(leaders.pop())
    started[leader].send_signal(signal.SIGKILL)
    with make() as f:
        late = str(f.make_opening(status="draft").id)
    wait_for(lambda: late in dict(runs()), 120, "another scheduler takes over")
    assert dict(runs())[late] != str(leader)
    assert [opening for opening, _ in runs()].count(late) == 1


def test_what_came_due_while_nobody_led_is_done_on_taking_the_lead(deps: Deps, make: Callable[[], Any]) -> None:
    """F7: an hour or a day later alike."""
    with make() as f:
        past = f.today - timedelta(days=3)
        opening = f.make_opening(starts_on=past, ends_on=past)
    ticker = Ticker(deps, tuple(job for job in JOBS if not job.demo_only))
    ticker.beat()

    def status() -> str:
        with deps.db.read() as session:
            return session.get_one(Opening, opening.id).status

    wait_for(lambda: status() == "expired")
    ticker.resign()


def test_a_job_still_at_work_is_not_begun_a_second_time(deps: Deps) -> None:
    """D11: the run on taking the lead and the first tick would both find the same rows due."""
    begun, go_on, runs = threading.Event(), threading.Event(), []

    def slow(_: Deps) -> int:
        runs.append(1)
        begun.set()
        go_on.wait(300)
        return 0

    job = Job("slow", IntervalTrigger(days=1000), slow, at_start=True)
    ticker = Ticker(deps, (job,))
    ticker.beat()
    assert begun.wait(60)
    ticker.tick(job)
    assert runs == [1]
    go_on.set()

    def runs_again() -> bool:
        ticker.tick(job)
        return runs == [1, 1]

    wait_for(runs_again)
    ticker.resign()


def test_the_lead_is_kept_while_all_that_came_due_is_still_at_work(deps: Deps, clock: SettableClock) -> None:
    """D11: else a second scheduler would lead beside it, and /readyz show a dead one."""
    go_on, at_work = threading.Event(), threading.Semaphore(0)

    def slow(_: Deps) -> int:
        at_work.release()
        go_on.wait(300)
        return 0

    every_second = IntervalTrigger(seconds=1)
    ticker = Ticker(deps, tuple(Job(f"slow_{n}", every_second, slow, at_start=True) for n in range(6)))
    scheduler = ticker.schedule()
    running = threading.Thread(target=scheduler.start)
    running.start()
    try:
        for _ in range(5):  # the catching up, and every thread for jobs
            assert at_work.acquire(timeout=60)
        later = clock.advance(seconds=10)

        def beaten() -> bool:
            with deps.db.read() as session:
                return session.get_one(Heartbeat, lease.NAME).at == later

        wait_for(beaten, what="the next beat")
        assert not lease.hold(deps.db, "somebody else", clock.advance(seconds=10))
    finally:
        go_on.set()
        scheduler.shutdown()
        running.join(60)
        ticker.resign()


def test_a_job_that_fails_neither_stops_the_others_nor_loses_the_lead(deps: Deps) -> None:
    def breaks(_: Deps) -> int:
        raise RuntimeError("broken")

    ran = []
    never = IntervalTrigger(days=1000)
    jobs = (
        Job("breaks", never, breaks, at_start=True),
        Job("runs", never, lambda _: ran.append(1) or 0, at_start=True),
    )
    ticker = Ticker(deps, jobs)
    assert ticker.beat()
    wait_for(lambda: ran == [1])
    assert ticker.beat()
    ticker.resign()


def test_a_scheduler_that_does_not_lead_runs_nothing(deps: Deps, clock: SettableClock) -> None:
    ran = []
    job = Job("runs", IntervalTrigger(days=1000), lambda _: ran.append(1) or 0, at_start=True)
    assert lease.hold(deps.db, "somebody else", clock())
    ticker = Ticker(deps, (job,))
    assert not ticker.beat()
    ticker.tick(job)
    assert ran == []


def test_the_lead_is_the_heartbeat_that_readyz_reads(deps: Deps, clock: SettableClock) -> None:
    Ticker(deps, ()).beat()
    with deps.db.read() as session:
        assert session.get_one(Heartbeat, lease.NAME).at == clock()


@pytest.mark.parametrize(
    ("wall_step", "reported"), [(1.0, False), (4.0, False), (3600.0, True), (-3600.0, True), (3.2e8, True)]
)
def test_a_clock_that_steps_by_more_than_five_seconds_ends_the_scheduler(wall_step: float, reported: bool) -> None:
    wall, steady, steps = [1000.0], [50.0], []

    class Enough(Exception):
        pass

    def rest(seconds: float) -> None:
        steady[0] += seconds
        wall[0] += seconds + (wall_step if steady[0] == 53 else 0)
        if steady[0] > 60:
            raise Enough

    with suppress(Enough):
        watch_clock(steps.append, wall=lambda: wall[0], steady=lambda: steady[0], rest=rest)
    assert bool(steps) is reported


def test_every_tick_melts_late_and_doubled_runs_into_one(deps: Deps) -> None:
    scheduler = Ticker(deps).schedule()
    defaults = scheduler._job_defaults
    assert defaults == {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    assert str(scheduler.timezone) == "Asia/Shanghai"
