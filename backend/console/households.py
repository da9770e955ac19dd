"""Households of one's own region, those with nobody at work first; who lives in one (H02)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_history, ledger_labels, table
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.domain.households import earning_since
from backend.errors import Conflict, Invalid, NotFound
from backend.services import count_ledgers, review_transcript
from backend.services import households as service
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.queries import households as queries
from backend.store.queries import ledger_counts

if TYPE_CHECKING:
    from backend.services.deps import Deps


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/households")
    def households() -> ResponseReturnValue:
        region, without = me().region_code, request.args.get("without") == "1"
        asked = "".join(request.args.get("number", "").split())
        place = table.sieve_asked(region, "place").place
        since = earning_since(deps.clock().astimezone(TIMEZONE).date())
        with deps.db.read() as session:
            wanted = queries.one(session, region, HOME_REGION, int(asked)) if _NUMBER.fullmatch(asked) else None
            if wanted is not None:
                return redirect(url_for("console.household", household_id=wanted.id))
            rows, after = queries.page(
                session, place or region, HOME_REGION, since, without=without, after=request.args.get("after", "")
            )
            figures, counted_at = ledger_counts.kept(session, region, count_ledgers.asked(deps))
        review_transcript.note_reading(deps, me(), "listed_households", ids=[row.household.id for row in rows])
        return render_template(
            "console/households.html",
            rows=rows,
            after=after,
            without=without,
            asked=asked,
            place=place,
            places=deps.regions.villages_of(region),
            figures=figures,
            counted_at=counted_at,
            mask=Mask(),
            words=ledger_labels,
            may_verify=may(me().role, "verify_hardship"),
        )

    def show(household_id: int, *, problem: str = "") -> str:
        member = me()
        since = earning_since(deps.clock().astimezone(TIMEZONE).date())
        with deps.db.read() as session:
            household = service.seen(session, member, household_id)
            members = queries.members_of(session, [household_id])[household_id]
            earning = queries.is_earning(session, household_id, since)
            past = ledger_history.household(deps, session, member, household_id)
        review_transcript.note_reading(deps, member, "read_household", ids=[household_id])
        return render_template(
            "console/household.html",
            household=household,
            history=past,
            members=members,
            earning=earning,
            ours=lambda person: may_see(member.region_code, person.village_code or HOME_REGION),
            mask=Mask(),
            words=ledger_labels,
            problem=problem,
            may_act=may(member.role, "edit_household"),
        )

    @bp.get(f"/households/{ID.format('household_id')}")
    def household(household_id: int) -> str:
        return show(household_id)

    @bp.post(f"/households/{ID.format('household_id')}/add")
    def add_to_household(household_id: int) -> ResponseReturnValue:
        given = form("worker", "reason")
        try:
            service.put_in(deps, me(), _number(given["worker"]), household_id, given["reason"])
        except Conflict:
            return show(household_id, problem=_other_village()), 409
        except (NotFound, ValueError):
            with deps.db.read() as session:
                service.seen(session, me(), household_id)
            return show(household_id, problem=gettext("您的辖区里没有这个台账号的人。")), 422
        flash(gettext("加进这一户了。"), "done")
        return redirect(url_for("console.household", household_id=household_id), 303)

    @bp.post(f"/households/{ID.format('household_id')}/merge")
    def merge_household(household_id: int) -> ResponseReturnValue:
        given = form("other", "reason")
        try:
            service.merge(deps, me(), household_id, _number(given["other"]), given["reason"])
        except Conflict as conflict:
            elsewhere = gettext("有一户记在别的地方，要请管得到两边的镇或者区县来并。")
            words = elsewhere if conflict.reason == "elsewhere" else _other_village()
            return show(household_id, problem=words), 409
        except Invalid:
            return show(household_id, problem=gettext("两户是同一户。")), 422
        except (NotFound, ValueError):
            with deps.db.read() as session:
                service.seen(session, me(), household_id)
            return show(household_id, problem=gettext("您的辖区里没有这个户号。")), 422
        flash(gettext("两户并成一户了。"), "done")
        return redirect(url_for("console.household", household_id=household_id), 303)

    @bp.post(f"/workers/{ID.format('worker_id')}/household")
    def change_household(worker_id: int) -> ResponseReturnValue:
        """From her card: a household of her own, or none."""
        given = form("change")
        if given["change"] == "new":
            household_id = service.make(deps, me(), worker_id)
            flash(gettext("立了一户，户号%(number)s。", number=household_id), "done")
        else:
            service.take_out(deps, me(), worker_id)
            flash(gettext("从户里移出来了。"), "done")
        return redirect(url_for("console.worker", worker_id=worker_id), 303)


_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def _other_village() -> str:
    return gettext("不是一个村的，要选一个原因才能放在一户。")


def _number(text: str) -> int:
    """A number of the ledger as typed; ValueError for anything else."""
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text, re.ASCII):
        raise ValueError("not a number")
    return int(text)
