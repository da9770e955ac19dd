"""公益岗兜底: who has waited in vain long enough, why, the posts in hand, and who has them (H11)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.errors import Conflict, Invalid
from backend.services import backstop as service
from backend.services import count_ledgers, review_transcript
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.queries import ledger_counts
from backend.store.queries import posts as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.store.models import Worker

WHY = {"nothing_suitable": N_("没有合适的活"), "offers_ended": N_("派的活都没成")}
OFFERS = {
    "offered": N_("等本人回话"),
    "accepted": N_("本人来"),
    "declined": N_("本人不来"),
    "expired": N_("没回话"),
    "withdrawn": N_("退了"),
    "arrived": N_("上岗了"),
    "completed": N_("做完了"),
    "paid": N_("做完了"),
    "no_show": N_("没来"),
    "waitlisted": N_("等位子"),
}
_TEXTS = ("title", "employer", "region", "starts_on", "ends_on", "headcount", "pay_month", "hours_from", "hours_to")


def register(bp: Blueprint, deps: Deps) -> None:
    def show(problem: str = "", typed: dict[str, str] | None = None) -> str:
        member, weeks = me(), deps.settings.backstop_after
        by_name = may(member.role, "verify_hardship")  # who stands here is in hardship; the others see how many
        now = deps.clock()
        begin, today = request.args.get("after", ""), now.astimezone(TIMEZONE).date()
        with deps.db.read() as session:
            rows: list[Worker] = []
            counts: list[tuple[str, int]] = []
            after, counted_at = "", now
            if by_name:
                rows, after = queries.hardest(session, member.region_code, weeks, begin)
            else:
                asked = count_ledgers.asked(deps, now)
                counts, counted_at = ledger_counts.hardest_by_county(session, member.region_code, asked)
            failures = queries.failures(session, [row.id for row in rows])
            standing = queries.standing(session, member.region_code, today)
            given = queries.assignees(session, [post.id for post in standing]) if by_name else {}
        ids = sorted({*(row.id for row in rows), *(offer.worker_id for offers in given.values() for offer in offers)})
        review_transcript.note_reading(deps, member, "listed_backstop", ids=ids)
        return render_template(
            "console/backstop.html", rows=rows, after=after, failures=failures, posts=standing, given=given,
            weeks=weeks, mask=Mask(), why=WHY, states=OFFERS, problem=problem, typed=typed or {},
            may_act=may(member.role, "give_post"), places=_villages(deps, member.region_code),
            ours=lambda worker: may_see(member.region_code, worker.person.village_code or HOME_REGION),
            by_name=by_name, counts=counts, counted_at=counted_at,
            free=[post for post in standing if post.filled < post.headcount],
        )  # fmt: skip

    @bp.get("/backstop")
    def backstop() -> str:
        return show()

    @bp.post("/backstop/posts")
    def make_post() -> ResponseReturnValue:
        given = form(*_TEXTS, optional=("form_number",))
        try:
            service.make_post(deps, me(), _facts(given), {"name": given["employer"].strip(), "phone": None},
                              form_number=given.get("form_number", ""))  # fmt: skip
        except Invalid:
            return show(gettext("有几处填得不对，请改一改。"), given), 422
        flash(gettext("公益岗设好了。只有您派给的人看得到。"), "done")
        return redirect(url_for("console.backstop"), 303)

    @bp.post(f"/backstop/workers/{ID.format('worker_id')}")
    def give_post(worker_id: int) -> ResponseReturnValue:
        post = form("post")["post"]
        if not re.fullmatch(r"[0-9]{1,9}", post):
            return show(gettext("请选一个公益岗。")), 422
        try:
            service.give_post(deps, me(), int(post), worker_id)
        except Conflict as problem:
            return show(_sentence(problem)), 409
        flash(gettext("派好了，会告诉本人。三天内等回话，也可以您替本人记下。"), "done")
        return redirect(url_for("console.backstop"), 303)

    @bp.post(f"/backstop/offers/{ID.format('offer_id')}")
    def answer_for(offer_id: int) -> ResponseReturnValue:
        answer = form("answer")["answer"]
        try:
            service.answer_for(deps, me(), offer_id, answer)
        except Conflict as problem:
            return show(_sentence(problem)), 409
        flash(gettext("记下了：本人来。") if answer == "accept" else gettext("记下了：本人不来。"), "done")
        return redirect(url_for("console.backstop"), 303)


def _sentence(problem: Conflict) -> str:
    return {
        "full": gettext("这个公益岗已经满了。"),
        "taken_already": gettext("这个人已经有这个公益岗了。"),
        "overlap": gettext("这个人那几天已经有活了。"),
    }.get(problem.reason, gettext("这个公益岗现在派不了。"))


def _villages(deps: Deps, region: str) -> list[tuple[str, str]]:
    """Where a post can be: the villages of the region, of a county by town."""
    towns = [region[:9]] if len(region) >= 9 else [code for code, _ in deps.regions.towns_of(region)]
    found = [(code, name) for town in towns for code, name in deps.regions.villages_of(town)]
    return [(code, name) for code, name in found if may_see(region, code)]


def _facts(given: dict[str, str]) -> dict[str, Any]:
    """The form's texts as the facts of a posting; raises `Invalid` with the fields that cannot be read."""
    wrong: dict[str, str] = {}
    facts: dict[str, Any] = {"title": given["title"].strip(), "region": given["region"], "requirements": ""}
    if not facts["title"] or len(facts["title"]) > 60:
        wrong["title"] = "say what the work is"
    if not given["employer"].strip():
        wrong["employer"] = "say who it is for"
    for name in ("starts_on", "ends_on"):
        try:
            facts[name] = date.fromisoformat(given[name])
        except ValueError:
            wrong[name] = "a day"
    if not re.fullmatch(r"[0-9]{1,3}", given["headcount"]):
        wrong["headcount"] = "a number"
    elif 1 <= int(given["headcount"]) <= 500:
        facts["headcount"] = int(given["headcount"])
    else:
        wrong["headcount"] = "1 to 500"
    if re.fullmatch(r"[0-9]{1,5}", given["pay_month"]) and int(given["pay_month"]):
        fen = int(given["pay_month"]) * 100
        facts["pay"] = {"min_fen": fen, "max_fen": fen, "unit": "month", "settlement": "monthly"}
    else:
        wrong["pay_month"] = "whole yuan"
    facts["hours"] = {"from": given["hours_from"] or None, "to": given["hours_to"] or None}
    if wrong:
        raise Invalid("some facts cannot be read", wrong)
    return facts
