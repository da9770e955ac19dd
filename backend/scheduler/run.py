"""`python -m backend.scheduler`: APScheduler as a metronome in memory; the lead and the due rows are in the database.

Why so little of APScheduler is used: reliability §4.2. Its shared stores run a job once per process, silently.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from backend.logs import configure
from backend.scheduler import lease
from backend.scheduler.jobs import JOBS, Job
from backend.services import deps as wiring
from backend.services.deps import Deps
from backend.settings import TIMEZONE, load

log = structlog.get_logger()

BEAT_S = 5
# A clock that steps further than this makes APScheduler stall or spin; the process ends and is started again (D9).
LARGEST_STEP_S = 5.0
EXIT_CLOCK_STEPPED = 75


class Ticker:
    """Runs the table of jobs while this process leads."""

    def __init__(self, deps: Deps, jobs: tuple[Job, ...] = JOBS) -> None:
        self._deps = deps
        self._jobs = tuple(job for job in jobs if deps.settings.is_demo or not job.demo_only)
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._leads = False
        self._catching_up: threading.Thread | None = None
        self._lock = threading.Lock()
        self._running = {job.name: threading.Lock() for job in self._jobs}

    def beat(self) -> bool:
        """Take or keep the lead; on taking it, begin at once what may have come due while nobody led.

        That is done beside the beats: the lead would run out while a job is at work.
        """
        try:
            leads = lease.hold(self._deps.db, self.holder, self._deps.clock())
        except SQLAlchemyError as problem:
            log.warning("database_away", error=type(problem).__name__)
            leads = False
        with self._lock:
            taken, self._leads = leads and not self._leads, leads
        if taken:
            log.info("scheduler_leads", holder=self.holder)
            self._catching_up = threading.Thread(target=self._catch_up, name="catch-up", daemon=True)
            self._catching_up.start()
        return leads

    def _catch_up(self) -> None:
        for job in self._jobs:
            if job.at_start:
                self.tick(job)

    def tick(self, job: Job) -> None:
        """Run one job, if this process still leads; a failure is logged and the next tick tries again.

        Never beside itself: the run on taking the lead may still be at it when the first tick comes.
        """
        running = self._running[job.name]
        if not self._leads or not running.acquire(blocking=False):
            return
        try:
            changed = job.service(self._deps)
        except Exception as problem:
            log.exception("job_failed", job=job.name, error=type(problem).__name__)
            return
        finally:
            running.release()
        if changed:
            log.info("job_done", job=job.name, changed=changed)

    def schedule(self) -> BlockingScheduler:
        """A scheduler whose late or doubled ticks melt into one, however late: lateness is judged by the rows.

        The beat has a thread of its own, so that it waits for no job.
        """
        scheduler = BlockingScheduler(
            timezone=TIMEZONE,
            executors={"default": ThreadPoolExecutor(4), "beat": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_job(self.beat, IntervalTrigger(seconds=BEAT_S, timezone=TIMEZONE), id="beat", executor="beat",
                          next_run_time=datetime.now(TIMEZONE))  # fmt: skip
        for job in self._jobs:
            scheduler.add_job(self.tick, job.trigger, args=[job], id=job.name)
        return scheduler

    def resign(self) -> None:
        """Give up the lead, if this process has it: no job is begun any more, and the one at work is finished."""
        leads, self._leads = self._leads, False
        if self._catching_up is not None:
            self._catching_up.join()
        if leads:
            lease.release(self._deps.db, self.holder, self._deps.clock())


def clock_step_s(wall_before: float, steady_before: float, wall_now: float, steady_now: float) -> float:
    """How far the wall clock moved beyond the time that really passed, in seconds; negative when it was set back."""
    return (wall_now - wall_before) - (steady_now - steady_before)


def watch_clock(
    on_step: Callable[[float], None],
    wall: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> None:
    """Compare the wall clock with the steady one every second; report the first step that is too large, then end."""
    wall_before, steady_before = wall(), steady()
    while True:
        rest(1.0)
        wall_now, steady_now = wall(), steady()
        step = clock_step_s(wall_before, steady_before, wall_now, steady_now)
        if abs(step) > LARGEST_STEP_S:
            on_step(step)
            return
        wall_before, steady_before = wall_now, steady_now


def _end_for_clock(step_s: float) -> None:
    log.critical("clock_stepped", step_s=round(step_s, 1))
    # Not sys.exit: the metronome may never wake up again to hear it.
    os._exit(EXIT_CLOCK_STEPPED)


def main() -> None:
    settings = load()
    configure("scheduler")
    deps = wiring.build(settings)
    ticker = Ticker(deps)
    scheduler = ticker.schedule()
    for number in (signal.SIGTERM, signal.SIGINT):
        # From a thread: a shutdown inside the handler would wait for the very thread it interrupts.
        signal.signal(number, lambda *_: threading.Thread(target=scheduler.shutdown).start())
    threading.Thread(target=watch_clock, args=(_end_for_clock,), name="clock", daemon=True).start()
    log.info("scheduler_started", holder=ticker.holder)
    scheduler.start()
    ticker.resign()
    deps.db.close()
