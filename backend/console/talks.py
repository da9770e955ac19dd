"""Talks with employers: written down, who was there, what came of it (洽谈, H05)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_labels
from backend.console.conversations import ID
from backend.console.guard import conflict_sentence, form, me, page_number
from backend.console.i18n import gettext
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.errors import Conflict, Invalid, NotFound
from backend.services import review_transcript
from backend.services import talks as service
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.models import Employer, Opening, Staff, Talk
from backend.store.queries import talks as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps


def register(bp: Blueprint, deps: Deps) -> None:
    def show_list(*, problem: str = "", given: dict[str, str] | None = None) -> str:
        member, number = me(), page_number()
        with deps.db.read() as session:
            rows, more = queries.page(session, member.region_code, number=number)
            openings = queries.openings(session, member.region_code)
            employers = queries.employers(session, member.region_code)
        review_transcript.note_reading(deps, member, "listed_talks", ids=[row.talk.id for row in rows])
        return render_template(
            "console/talks.html",
            rows=rows,
            more=more,
            number=number,
            openings=openings,
            employers=employers,
            words=ledger_labels,
            mask=Mask(),
            problem=problem,
            given=given or {},
            today=deps.clock().astimezone(TIMEZONE).date(),
            may_act=may(member.role, "record_talk"),
        )

    @bp.get("/talks")
    def talks() -> str:
        return show_list()

    @bp.post("/talks")
    def record_talk() -> ResponseReturnValue:
        given = form("kind", "with", "held_on", "note", optional=("form_number",))
        about = re.fullmatch(r"(opening|employer):([0-9]{1,9})", given["with"], re.ASCII)
        try:
            talk_id = service.record(
                deps,
                me(),
                given["kind"],
                opening_id=int(about[2]) if about and about[1] == "opening" else None,
                employer_id=int(about[2]) if about and about[1] == "employer" else None,
                held_on=date.fromisoformat(given["held_on"]),
                note=given["note"],
                form_number=given.get("form_number", ""),
            )
        except (Invalid, ValueError):
            words = gettext("洽谈没有记下：请选和谁谈、哪种谈法、哪一天。")
            return show_list(problem=words, given=given), 422
        flash(gettext("洽谈记下了。再把来谈的人加进来。"), "done")
        return redirect(url_for("console.talk", talk_id=talk_id), 303)

    def show(talk_id: int, *, problem: str = "") -> str:
        member = me()
        with deps.db.read() as session:
            talk = queries.one(session, member.region_code, talk_id)
            if talk is None:
                raise NotFound("no such talk")
            context = {
                "people": queries.people(session, talk_id),
                "employer": session.get_one(Employer, talk.employer_id),
                "opening": session.get(Opening, talk.opening_id) if talk.opening_id else None,
                "who": session.get_one(Staff, talk.staff_id),
            }
        review_transcript.note_reading(deps, member, "read_talk", ids=[talk_id])
        return render_template(
            "console/talk.html",
            talk=talk,
            words=ledger_labels,
            mask=Mask(),
            problem=problem,
            may_act=may(member.role, "record_talk"),
            ours=lambda worker: may_see(member.region_code, worker.person.village_code or HOME_REGION),
            **context,
        )

    @bp.get(f"/talks/{ID.format('talk_id')}")
    def talk(talk_id: int) -> str:
        return show(talk_id)

    @bp.post(f"/talks/{ID.format('talk_id')}/add")
    def add_to_talk(talk_id: int) -> ResponseReturnValue:
        given = form("worker")
        _there(talk_id)
        number = given["worker"].strip()
        try:
            if not re.fullmatch(r"[0-9]{1,9}", number, re.ASCII):
                raise NotFound("not a number")
            service.add_person(deps, me(), talk_id, int(number))
        except NotFound:
            return show(talk_id, problem=gettext("您的辖区里没有这个台账号的人。")), 422
        except Conflict as conflict:
            words = {"one_only": gettext("一对一的洽谈只能有一个人。"), "full": gettext("人太多了。")}
            return show(talk_id, problem=words.get(conflict.reason, conflict_sentence(conflict))), 409
        return redirect(url_for("console.talk", talk_id=talk_id), 303)

    @bp.post(f"/talks/{ID.format('talk_id')}/outcome")
    def talk_outcome(talk_id: int) -> ResponseReturnValue:
        given = form("worker", "outcome")
        _there(talk_id)
        if not re.fullmatch(r"[0-9]{1,9}", given["worker"], re.ASCII):
            raise NotFound("not a number")
        try:
            service.set_outcome(deps, me(), talk_id, int(given["worker"]), given["outcome"])
        except Conflict as conflict:
            return show(talk_id, problem=_not_hired(conflict)), 409
        flash(
            gettext("记下了。谈成的已经占上位子，两边都会收到短信。")
            if given["outcome"] == "hired"
            else gettext("记下了。"),
            "done",
        )
        return redirect(url_for("console.talk", talk_id=talk_id), 303)

    def _there(talk_id: int) -> Talk:
        with deps.db.read() as session:
            found = queries.one(session, me().region_code, talk_id)
        if found is None:
            raise NotFound("no such talk")
        return found


def _not_hired(conflict: Conflict) -> str:
    """Why the place could not be taken."""
    return {
        "has_the_place": gettext(
            "这个人已经占着位子，两边都告诉了。要退，请本人自己回短信“不去了”，或者打热线；退了再改。"
        ),
        "full": gettext("这个岗位招满了，没有记成谈成。"),
        "overlap": gettext("这个人那几天已经有别的活，没有记成谈成。"),
        "not_open": gettext("这个岗位现在不招人，没有记成谈成。"),
    }.get(conflict.reason, conflict_sentence(conflict))
