"""派活: on an opening's page, its waves with the figures that sized them, its offers, who waits, and what became of each place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_labels
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.domain.waves import goes_at
from backend.errors import Conflict
from backend.services import steer_waves, waiting_list
from backend.services.regions import HOME_REGION
from backend.store.models import Offer, Opening, Outcome, Wave
from backend.store.queries import offers, posts
from backend.store.queries import waves as queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.services.deps import Deps

SHOWN = 60
HELD = ("accepted", "arrived", "completed", "no_show", "paid")
SIDES = {"worker": N_("工人说"), "employer": N_("用工方说"), "staff": N_("工作人员说")}
OUTCOMES = {
    "arrived": N_("来了"),
    "no_show": N_("没来"),
    "completed": N_("做完了"),
    "paid": N_("工钱给了"),
    "unpaid": N_("工钱没给"),
}
# What staff may put down themselves; wages not paid are the worker's own case.
STAFF_SAY = ("arrived", "no_show", "completed", "paid")


@dataclass(frozen=True)
class Hiring:
    """What the section shows. `said`: offer id → what the sides have said of it; `ours`: the workers of the reader's region.

    `mask` hides whatever was revealed of the opening's employer: a worker's name is shown on her own card alone.
    """

    waves: Sequence[Wave]
    by_status: dict[str, int]
    held: Sequence[Offer]
    waiting: Sequence[Offer]
    said: dict[int, list[Outcome]]
    live: bool
    may_steer: bool
    waits_for_morning: bool
    ours: frozenset[int]
    mask: Mask


def register(bp: Blueprint, deps: Deps) -> None:
    def hiring(opening: Opening) -> Hiring:
        with deps.db.read() as session:
            by_status = queries.offers_by_status(session, opening.id)
            now, region = deps.clock(), me().region_code
            # Whoever has a public-welfare post, or waits for one, is in hardship.
            names = opening.source_kind != posts.POST or may(me().role, "verify_hardship")
            held: Sequence[Offer] = []
            if names and any(by_status.get(each) for each in HELD):
                held = offers.with_workers(session, opening.id, HELD, SHOWN)
            waiting: Sequence[Offer] = []
            if names and by_status.get("waitlisted"):
                waiting = waiting_list.waiting(session, opening.id)[:SHOWN]
            return Hiring(
                waves=queries.waves_of(session, opening.id),
                by_status=by_status,
                held=held,
                waiting=waiting,
                said=offers.outcomes_of(session, [offer.id for offer in held]) if held else {},
                live=opening.status in steer_waves.LIVE,
                may_steer=may(me().role, "send_offers"),
                waits_for_morning=goes_at(now) > now,
                ours=frozenset(
                    offer.worker_id
                    for offer in (*held, *waiting)
                    if may_see(region, offer.worker.person.village_code or HOME_REGION)
                ),
                mask=Mask(),
            )

    @bp.context_processor
    def shared() -> dict[str, Any]:
        return {
            "hiring": hiring,
            "OFFER_STATUS": ledger_labels.OFFER_STATUS,
            "OUTCOMES": OUTCOMES,
            "SIDES": SIDES,
            "STAFF_SAY": STAFF_SAY,
        }

    @bp.post(f"/openings/{ID.format('opening_id')}/waves")
    def steer_waves_of(opening_id: int) -> ResponseReturnValue:
        given = form("step")
        if given["step"] not in steer_waves.STEPS:
            abort(400)
        try:
            steer_waves.steer(deps, me(), opening_id, given["step"])
        except Conflict:
            flash(gettext("这个岗位已经不招了。"), "problem")
        else:
            flash(_done(given["step"]), "done")
        return redirect(url_for("console.opening", opening_id=opening_id) + "#hiring", 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/outcomes")
    def say_outcome(opening_id: int) -> ResponseReturnValue:
        given = form("offer_id", "outcome")
        if given["outcome"] not in STAFF_SAY or not given["offer_id"].isdigit() or len(given["offer_id"]) > 12:
            abort(400)
        try:
            steer_waves.say(deps, me(), opening_id, int(given["offer_id"]), given["outcome"])
        except Conflict:
            flash(gettext("这个人没有占这个位子。"), "problem")
        else:
            flash(gettext("记下了。"), "done")
        return redirect(url_for("console.opening", opening_id=opening_id) + "#hiring", 303)


def _done(step: str) -> str:
    return {
        "stop": gettext("停了，不再问人。已经要来的照样来。"),
        "go_on": gettext("接着问人。"),
        "urgent": gettext("标成急招了：一次多问几个，等得短些。"),
        "not_urgent": gettext("不算急招了。"),
        "next_now": gettext("马上再问一批；夜里不打扰人，早上再问。"),
    }[step]
