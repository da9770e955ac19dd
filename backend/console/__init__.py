"""The staff's web pages under /console: server-rendered, Chinese first, for a phone as for a desk (issue: item 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort

from backend.console import (
    account,
    audit_log,
    auth,
    backstop,
    bulk,
    cases,
    claims,
    conversation_files,
    conversations,
    correcting,
    dashboard,
    drafts,
    employers,
    examples,
    faces,
    figure_charts,
    figures,
    forwarded,
    fresh,
    guard,
    hiring,
    households,
    inbox,
    job_map,
    labels,
    ledger_files,
    ledger_history,
    merge,
    offers,
    openings,
    people,
    places,
    planned_calls,
    priority_ledger,
    ranking,
    recordings,
    rooms,
    stale,
    stations,
    step_in,
    talks,
    teams,
    text,
    training,
    try_sentence,
    window,
    workers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from backend.services.deps import Deps
    from backend.services.recordings import Words

__all__ = ["create_blueprint"]


def create_blueprint(deps: Deps, to_record: Callable[[], Sequence[Words]] = tuple) -> Blueprint:
    """Return the console; registering it also sets up CSRF and translations on the app.

    `to_record()`: the prompts of the call that a recording can stand for.
    """
    bp = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    recordings.let_files_in(bp)
    ledger_files.let_files_in(bp)
    guard.install(bp, deps)
    bp.add_app_template_filter(text.visible, "visible")

    @bp.context_processor
    def words() -> dict[str, object]:
        return {
            "rooms": rooms.ROOMS,
            "place_of": rooms.place_of,
            "labels": labels,
            "label": labels.label,
            "job_name": labels.job_name,
            "flag": labels.flag,
            "when": text.when,
            "day": text.day,
            "days": text.days,
            "short": text.short,
            "short_days": text.short_days,
            "pay": text.pay,
            "yuan": text.yuan,
            "yes_no": text.yes_no,
            "quiet_worker": fresh.quiet_worker,
            "quiet_opening": fresh.quiet_opening,
            "region": deps.regions.name,
            "region_in_full": deps.regions.full_name,
        }

    for room in (
        auth,
        dashboard,
        figures,
        figure_charts,
        inbox,
        conversations,
        cases,
        planned_calls,
        openings,
        places,
        try_sentence,
    ):
        room.register(bp, deps)
    for ledger in (workers, households, priority_ledger, talks, ledger_files):
        ledger.register(bp, deps)
    for room in (stale, forwarded, backstop):
        room.register(bp, deps)
    correcting.register(bp, deps)
    examples.register(bp, deps)
    conversation_files.register(bp, deps)
    employers.register(bp, deps)
    ranking.register(bp, deps)
    faces.register(bp, deps)
    job_map.register(bp, deps)
    hiring.register(bp, deps)
    recordings.register(bp, deps, to_record)
    drafts.register(bp, deps)
    for desk in (ledger_history, bulk, claims, window, merge, offers, stations):
        desk.register(bp, deps)

    for room in (account, people, audit_log):
        room.register(bp, deps)
    training.register(bp, deps)
    for room in (step_in, teams):
        room.register(bp, deps)

    @bp.route("/<path:anything>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(anything: str) -> NoReturn:
        """Addresses that do not exist answer like those that are not one's own (T6)."""
        abort(404)

    return bp
