"""The table of ticks: name, when, and the one service each calls. Every service finds its own due rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from backend.services import (
    after_call,
    ask_employer,
    attendance,
    audit_chain,
    backstop,
    both_sides,
    count_figures,
    count_ledgers,
    drafts,
    expiry,
    find_duplicates,
    follow_ringing,
    follow_up,
    import_ledger,
    inbox_backlog,
    instant_hire,
    keep_priority,
    let_go,
    merge_entries,
    outcomes,
    remind_staff,
    reminders,
    staff_call,
    staff_login,
    still_hiring,
    still_looking,
    training_examples,
    waiting_list,
)
from backend.services.deps import Deps
from backend.settings import TIMEZONE


@dataclass(frozen=True)
class Job:
    """`service` returns how many rows it changed; calling it again changes nothing more.

    `at_start`: also once when this scheduler takes the lead, for what may have come due while none ran (F7).
    """

    name: str
    trigger: BaseTrigger
    service: Callable[[Deps], int]
    at_start: bool = False
    demo_only: bool = False


def _every(seconds: int) -> BaseTrigger:
    return IntervalTrigger(seconds=seconds, timezone=TIMEZONE)


def _renew_demo(deps: Deps) -> int:
    from backend.seed import renew

    return int(renew(deps.db, deps.clock()) or 0)


JOBS = (
    Job("expire_openings", _every(60), expiry.expire_openings, at_start=True),
    Job("expire_offers", _every(20), expiry.expire_offers, at_start=True),
    # Whoever waits for a place is asked before the next wave is.
    Job("move_up_waiting", _every(10), waiting_list.move_up_waiting, at_start=True),
    Job("send_waves", _every(10), instant_hire.send_waves, at_start=True),
    Job("tell_gathered", _every(20), both_sides.tell_gathered, at_start=True),
    Job("ask_who_came", _every(60), ask_employer.ask_who_came, at_start=True),
    Job("ask_who_was_paid", _every(60), ask_employer.ask_who_was_paid, at_start=True),
    Job("ask_the_absent", _every(60), attendance.ask_the_absent, at_start=True),
    Job("settle_outcomes", _every(300), outcomes.settle_outcomes, at_start=True),
    Job("end_waiting", _every(60), waiting_list.end_waiting, at_start=True),
    Job("release_stale_leases", _every(15), expiry.release_stale_leases, at_start=True),
    Job("settle_calls", _every(20), follow_ringing.settle, at_start=True),
    Job("settle_staff_calls", _every(60), staff_call.settle, at_start=True),
    Job("remind_workers", _every(30), reminders.remind_workers, at_start=True),
    Job("ask_how_it_went", _every(30), follow_up.ask_how_it_went, at_start=True),
    Job("ask_who_still_looks", _every(60), still_looking.ask_workers),
    Job("ask_who_still_hires", _every(60), still_hiring.ask_employers),
    Job("judge_weeks", _every(600), backstop.judge_weeks),
    Job("set_aside_the_silent", _every(600), still_looking.set_aside_the_silent),
    Job("forget_unstored_files", _every(600), import_ledger.forget_unstored),
    Job("find_duplicates", _every(20), find_duplicates.compare_one, at_start=True),
    Job("count_figures", _every(300), count_figures.count_standing, at_start=True),
    Job("count_ledgers", _every(900), count_ledgers.count_everywhere, at_start=True),
    Job("forget_drafts", _every(600), drafts.forget_old),
    Job("forget_sessions", _every(3600), staff_login.forget_old),
    Job("forget_merged", _every(600), merge_entries.forget_old),
    Job("write_examples", _every(600), training_examples.refresh, at_start=True),
    Job("seal_audit", _every(10), audit_chain.seal, at_start=True),
    Job("check_audit", _every(60), audit_chain.check_some),
    Job("let_go", _every(60), let_go.of_the_gone, at_start=True),
    Job("end_silent_calls", _every(60), after_call.end_silent_calls, at_start=True),
    Job("take_in_inbox", _every(30), inbox_backlog.take_in, at_start=True),
    Job("keep_priority", CronTrigger(hour=3, minute=20, timezone=TIMEZONE), keep_priority.refresh),
    # Hourly from Friday to Sunday in working hours: a scheduler that was away on Friday still reminds on Saturday.
    Job("remind_staff", CronTrigger(day_of_week="fri-sun", hour="9-17", minute=0, timezone=TIMEZONE),
        remind_staff.remind_staff, at_start=True),
    Job("renew_demo", CronTrigger(hour=0, minute=5, timezone=TIMEZONE), _renew_demo, at_start=True, demo_only=True),
)  # fmt: skip
