"""现场登记: one page for a person who stands at the window, and the slip she takes home (W01)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from backend.console import labels, ledger_labels
from backend.console import ledgerwork_labels as words
from backend.console.conversations import ID
from backend.console.employers import places_within
from backend.console.guard import me
from backend.console.i18n import gettext
from backend.console.table import too_long
from backend.console.text import Mask
from backend.domain.access import may
from backend.domain.ledger_cells import national
from backend.domain.ledgers import Reading, column_of, read_row
from backend.domain.public_words import line_number
from backend.errors import Conflict, Forbidden, Invalid
from backend.services import count_ledgers, edit_worker, review_transcript
from backend.services import window_registration as service
from backend.services.plan_import import place_finder
from backend.services.receive_message import storable
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.queries import duplicates, ledger_counts, ledger_history, ledgers
from backend.store.queries.workers import numbers_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

TYPED = ("name", "gender", "birth_year", "village", "pay", "available_from", "available_to", "phone")
ONE = (*TYPED, "phone_of", "relation", "how", "given_by", "form_number")
MANY = ("trades", "hardships", "uses")
LONGEST = 200
USUAL = 10  # trades shown at once: those most people of the place do


def register(bp: Blueprint, deps: Deps) -> None:
    def show(given: dict[str, Any], wrong: dict[str, str], *, problem: str = "", alike: list[int] | None = None) -> str:
        member = me()
        with deps.db.read() as session:
            rows = ledgers.some(session, member.region_code, HOME_REGION, alike or [])
            phones = numbers_of(session, [row.person_id for row in rows])
            often = ledger_counts.usual_trades(session, member.region_code, count_ledgers.asked(deps), USUAL)
        if rows:
            review_transcript.note_reading(deps, member, "listed_alike", ids=[row.id for row in rows])
        return render_template(
            "console/window.html",
            given=given, wrong=wrong, problem=problem, alike=rows, phones={k: v.number for k, v in phones.items()},
            mask=Mask(), words=words, ledger_words=ledger_labels, groups=_groups(), often=often,
            places=places_within(deps, member.region_code, ""),
        )  # fmt: skip

    @bp.get("/window")
    def window() -> str:
        _may()
        return show({"phone_of": "own", "how": "spoken", "uses": ["offers", "calls"]}, {})

    @bp.post("/window")
    def register_at_window() -> ResponseReturnValue:
        _may()
        sent = set(request.form) - {"csrf_token"}
        if sent - set(ONE) - set(MANY) - {"not_the_same", "same_as"} or set(ONE) - sent:
            abort(400)
        given: dict[str, Any] = {name: storable(request.form[name]).strip() for name in ONE}
        given |= {name: [storable(each) for each in request.form.getlist(name)] for name in MANY}
        same_as = request.form.get("same_as", "")
        if same_as and not re.fullmatch(r"[0-9]{1,9}", same_as, re.ASCII):
            abort(400)
        facts, wrong = _read(given)
        if set(given["trades"]) - set(labels.job_types()):
            abort(400)
        if not wrong:
            try:
                worker_id = service.register(
                    deps, me(), facts, phone_of=given["phone_of"], relation=given["relation"], how=given["how"],
                    given_by=given["given_by"], uses=given["uses"], hardships=given["hardships"],
                    not_the_same=request.form.get("not_the_same") == "yes" or bool(same_as), form_number=given["form_number"],
                )  # fmt: skip
            except Conflict as problem:
                return show(
                    given,
                    {},
                    problem=gettext("已经有一个很像的人。先看看是不是他。"),
                    alike=cast("list[int]", problem.facts["ids"]),
                ), 409
            except Invalid as problem:
                wrong = {name: sentence(name) for name in problem.fields}
            else:
                if same_as and int(same_as) != worker_id:
                    # What was said now is a card of its own until somebody has laid both side by side.
                    return redirect(url_for("console.merge_pair", kept_id=int(same_as), other_id=worker_id), 303)
                return redirect(url_for("console.slip", worker_id=worker_id), 303)
        return show(given, wrong, problem=gettext("有几处填得不对，请改一改。填好的都还在。")), 422

    def _read(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        today = deps.clock().astimezone(TIMEZONE).date()
        wrong = {name: told for name in TYPED if (told := too_long(given[name], LONGEST))}
        cells = {name: given[name] for name in TYPED if name not in wrong and name != "village"}
        if given["phone_of"] == "none":
            cells.pop("phone", None)
        row = read_row("workers", cells, Reading(today, place_finder(deps.regions, me().region_code, ("village",))),
                       missing=False)  # fmt: skip
        for problem in row.problems:
            column = column_of("workers", problem.column)
            if not problem.notice:
                wrong.setdefault(column.key if column else problem.column, problem.reason)
        facts = {**row.facts, "village": given["village"], "job_types": list(dict.fromkeys(given["trades"]))}
        facts.pop("hardships", None)
        return facts, wrong

    @bp.get(f"/window/{ID.format('worker_id')}/slip")
    def slip(worker_id: int) -> str:
        """What she takes home: the number to ring, what was written down, what she agreed to."""
        member = me()
        with deps.db.write() as session:
            worker = edit_worker.seen(session, member, worker_id)
            review_transcript.note_opening(deps, session, member, worker)
            shown = review_transcript.revealed(deps, session, member, worker)
            made = ledger_history.last_of(session, "workers", worker_id, "registered_at_window")
            consent = ledgers.consent_of(session, worker.person_id)
            handset = numbers_of(session, [worker.person_id]).get(worker.person_id)
            trades = list(worker.job_types)
            # Whoever has just typed it may hand it over; anybody else reads it as every card.
            alike = [
                one.id
                for one in ledgers.some(session, member.region_code, HOME_REGION, made.facts.get("alike", []) if made else [])
                if one.id != worker_id
            ]  # fmt: skip
            said = duplicates.distinct(session, [worker_id, *alike])
            others = {number for pair in said if worker_id in pair for number in pair}
            fresh = made is not None and made.actor == member.actor and made.at > deps.clock() - timedelta(hours=1)
        station = deps.regions.station_for(worker.person.village_code or HOME_REGION)
        return render_template(
            "console/slip.html",
            worker=worker, person=worker.person, consent=consent, words=words, trades=trades,
            mask=Mask(frozenset({"name", "phone"}) if fresh else shown), phone=national(handset.number) if handset else "",
            line=line_number(deps.settings.twilio_phone_number), station=station, by=member.name,
            alike=[number for number in alike if number not in others] if may(member.role, "merge_entries") else [],
        )  # fmt: skip

    def _may() -> None:
        if not may(me().role, "register_at_window"):
            raise Forbidden("this role only looks")


def _groups() -> dict[str, list[str]]:
    """The trades by their group, in the order of the list."""
    return {group: [code for code in labels.job_types() if code.startswith(group)] for group in labels.TRADE_GROUPS}


def sentence(name: str) -> str:
    return {
        "name": gettext("写姓名。"),
        "village": gettext("请选是哪个村（社区）。"),
        "phone": gettext("写能打通的号码，或者选“没有号码”。"),
        "phone_of": gettext("请选是谁的号码。"),
        "relation": gettext("请选他是号码主人的什么人。"),
        "how": gettext("请选是怎么同意的。"),
        "given_by": gettext("请选是谁代他说的。"),
        "uses": gettext("他要同意派活，才能登记。"),
    }.get(name, gettext("请看看这一项。"))
