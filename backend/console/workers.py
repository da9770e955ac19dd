"""The worker library: the list, one worker's card with her facts, visits and claims (W01, W15, H01, H09, H10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import fresh, labels, ledger_history, ledger_labels, ledgerwork_labels, masks, table
from backend.console.conversations import ID
from backend.console.guard import conflict_sentence, form, me, too_long
from backend.console.i18n import gettext
from backend.console.text import Mask
from backend.domain import ledger_words
from backend.domain.access import may, may_see
from backend.domain.households import earning_since
from backend.domain.ledger_cells import BadCell
from backend.domain.ledger_days import day as day_of
from backend.domain.ledger_told import told
from backend.domain.ledgers import Reading, column_of, read_row
from backend.errors import Conflict, Forbidden, Invalid, NotFound, TooLong
from backend.services import edit_worker, judge_claim, review_transcript, worker_ledger
from backend.services.export_rows import place_told
from backend.services.plan_import import place_finder
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.models import Worker
from backend.store.queries import households as household_queries
from backend.store.queries import ledgers as queries
from backend.store.queries.offers import of_worker
from backend.store.queries.staff import names_of
from backend.store.queries.workers import numbers_of

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.services.staff_login import Member

WAITING_DAYS = (30, 60, 90, 180)
# What the card's form asks; the name only when it is shown, hardship as further claims.
EDITED = (
    "gender",
    "birth_year",
    "village",
    "job_types",
    "skill_level",
    "pay",
    "available_from",
    "available_to",
    "employment_status",
    "job_willingness",
    "at_home",
    "service_needs",
    "preferred_channel",
    "waiting_since",
)
MAY_BE_EMPTY = frozenset(EDITED) - {"village", "preferred_channel"}
OFFERS_SHOWN = 20
COLUMNS = (
    table.Column("name", labels.N_("姓名")),
    table.Column("village", labels.N_("村（社区）")),
    table.Column("trades", labels.N_("会做的活")),
    table.Column("phone", labels.N_("联系电话")),
    table.Column("waiting", labels.N_("没活多久"), "waiting"),
    table.Column("state", labels.N_("就业状态")),
    table.Column("new", labels.N_("登记"), "new"),
    table.Column("updated", labels.N_("最近更新"), "updated"),
)


def asked_filter(args: Any, member: Member) -> queries.Filter:
    """The filter of an address; nonsense narrows nothing, nor does what this role may not know of anybody."""
    region = member.region_code
    village, days = args.get("village", ""), args.get("waiting", "")
    trade, willing, status = args.get("trade", ""), args.get("willingness", ""), args.get("employment", "")
    return queries.Filter(
        village=village if re.fullmatch(r"[0-9]{2,12}", village, re.ASCII) and may_see(region, village) else "",
        trade=trade if trade in labels.job_types() else "",
        waiting_days=int(days) if days in {str(each) for each in WAITING_DAYS} else None,
        verified={"yes": True, "no": False}.get(args.get("verified", ""))
        if may(member.role, "verify_hardship")
        else None,
        stale=args.get("stale") == "yes",
        willingness=willing if willing in ledger_labels.WILLINGNESS else "",
        employment=status if status in ledger_labels.EMPLOYMENT else "",
    )


def as_args(asked: queries.Filter) -> dict[str, str]:
    """The inverse of `asked_filter`."""
    verified = {True: "yes", False: "no", None: ""}[asked.verified]
    args = {
        "village": asked.village,
        "trade": asked.trade,
        "waiting": str(asked.waiting_days or ""),
        "verified": verified,
        "stale": "yes" if asked.stale else "",
        "willingness": asked.willingness,
        "employment": asked.employment,
    }
    return {name: value for name, value in args.items() if value}


def register(bp: Blueprint, deps: Deps) -> None:
    def shown_list(rows: list[Worker], **more: Any) -> str:
        with deps.db.read() as session:
            phones = numbers_of(session, [worker.person_id for worker in rows])
        region = me().region_code
        may_act = may(me().role, "edit_worker")
        more = {
            "asked": queries.Filter(),
            "args": {},
            "searched": False,
            "who": "",
            "sort": "",
            "after": "",
            "total": None,
            **more,
        }
        return render_template(
            "console/workers.html",
            rows=rows,
            list=table.Table(
                "console.workers", COLUMNS, rows, sorts=queries.SORTS, sort=more["sort"], args=more["args"],
                next=more["after"], total=more["total"], most=table.MOST_COUNTED, pick="workers" if may_act else "",
            ),
            acts=ledgerwork_labels.BULK_WORKERS,
            phones={person: handset.number for person, handset in phones.items()},
            mask=Mask(),
            words=ledger_labels,
            places=deps.regions.villages_of(region),
            waiting_choices=WAITING_DAYS,
            age=lambda worker: fresh.worker_state(worker, deps.clock()),
            may_reveal=may(me().role, "reveal"),
            may_act=may_act,
            may_verify=may(me().role, "verify_hardship"),
            **more,
        )  # fmt: skip

    @bp.get("/workers")
    def workers() -> str:
        asked = asked_filter(request.args, me())
        sort, region = table.sort_asked(tuple(queries.SORTS)), me().region_code
        with deps.db.read() as session:
            rows, after = queries.page(
                session, region, HOME_REGION, asked, deps.clock(), after=request.args.get("after", ""), sort=sort
            )
            total = queries.count(session, region, HOME_REGION, asked, deps.clock(), table.MOST_COUNTED)
        review_transcript.note_reading(deps, me(), "listed_workers", ids=[row.id for row in rows], **asked.facts())
        return shown_list(rows, asked=asked, args=as_args(asked), sort=sort, after=after, total=total)

    @bp.post("/workers/search")
    def search_workers() -> ResponseReturnValue:
        """By a whole name or a number's last four digits; a form and not an address, so that no log keeps the name."""
        given = form("who")
        if not may(me().role, "reveal"):
            raise Forbidden("this role only looks")
        who = "".join(given["who"].split())
        last4 = who if re.fullmatch(r"[0-9]{4}", who, re.ASCII) else ""
        name = "" if last4 or len(who) < 2 or any(sign.isdigit() for sign in who) else who
        with deps.db.read() as session:
            rows = queries.found(session, me().region_code, HOME_REGION, name=name, last4=last4)
        by = "last4" if last4 else "name" if name else "nothing"
        review_transcript.note_reading(deps, me(), "searched_workers", ids=[row.id for row in rows], by=by)
        return shown_list(rows, searched=True, who=who)

    def card(
        worker_id: int,
        *,
        facts: dict[str, str] | None = None,
        wrong: dict[str, str] | None = None,
        problem: str = "",
        typed: dict[str, str] | None = None,
    ) -> str:
        member = me()
        now = deps.clock()
        with deps.db.write() as session:
            worker = edit_worker.seen(session, member, worker_id)
            review_transcript.note_opening(deps, session, member, worker)
            mask = masks.of_worker(deps, session, member, worker)
            handset = numbers_of(session, [worker.person_id]).get(worker.person_id)
            home = worker.person.household_id
            since = earning_since(now.astimezone(TIMEZONE).date())
            context = {
                "offers": of_worker(session, worker.id, OFFERS_SHOWN),
                "visits": (visits := queries.visits(session, worker.id)),
                "history": ledger_history.lines(deps, session, member, "workers", worker.id, mask),
                "officers": edit_worker.officers_for(session, worker) if may(member.role, "edit_worker") else [],
                "staff": names_of(
                    session,
                    (
                        worker.officer_id,
                        *(visit.staff_id for visit in visits),
                        *(label.verified_by for label in worker.hardships),
                    ),
                ),
                "earning": household_queries.is_earning(session, home, since) if home else None,
                "household": household_queries.members_of(session, [home])[home] if home else [],
                "phone": handset.number if handset else None,
            }
        return render_template(
            "console/worker.html",
            worker=worker,
            person=worker.person,
            mask=mask,
            words=ledger_labels,
            stored=(stored := as_form(deps, worker)),
            facts=facts or stored,
            version=(facts or {}).get("version") or worker_ledger.version(worker, worker.person),
            wrong=wrong or {},
            editing=facts is not None,
            problem=problem,
            typed=typed or {},
            age=fresh.worker_state(worker, now),
            may_act=may(member.role, "edit_worker"),
            may_verify=may(member.role, "verify_hardship"),
            this_year=now.astimezone(TIMEZONE).year,
            **context,
        )

    def back(worker_id: int) -> ResponseReturnValue:
        return redirect(url_for("console.worker", worker_id=worker_id), 303)

    @bp.get(f"/workers/{ID.format('worker_id')}")
    def worker(worker_id: int) -> ResponseReturnValue:
        try:
            return card(worker_id)
        except NotFound:
            with deps.db.read() as session:
                leads_to = queries.merged_into(session, "workers", worker_id)
                if leads_to is None:
                    raise
                edit_worker.seen(session, me(), leads_to)
            return back(leads_to)

    @bp.post(f"/workers/{ID.format('worker_id')}/edit")
    def edit_card(worker_id: int) -> ResponseReturnValue:
        given = form("version", *EDITED, optional=("name", "hardships"))
        version = given.pop("version")
        today = deps.clock().astimezone(TIMEZONE).date()
        read = read_row(
            "workers", given, Reading(today, place_finder(deps.regions, me().region_code, ("village",))), missing=False
        )
        wrong = {_key(problem.column): problem.reason for problem in read.problems if not problem.notice}
        facts = {key: read.facts.get(key) for key in EDITED if key in read.facts or key in MAY_BE_EMPTY}
        facts |= {key: read.facts[key] for key in ("name", "hardships") if key in read.facts}
        if "village" not in read.facts:
            wrong.setdefault("village", gettext("请写是哪个村（社区）。"))
        if wrong:
            with deps.db.read() as session:
                edit_worker.seen(session, me(), worker_id)
            if not may(me().role, "edit_worker"):
                raise Forbidden("this role only looks")
            return card(
                worker_id,
                facts={**given, "version": version},
                wrong=wrong,
                problem=gettext("有几处填得不对，请改一改。"),
            ), 422
        try:
            edit_worker.edit(deps, me(), worker_id, version, facts)
        except Conflict as conflict:
            # Above stands what the other has saved, in the form what was typed; saved again it counts as looked at.
            return card(worker_id, facts=given, problem=conflict_sentence(conflict)), 409
        flash(gettext("存下了。"), "done")
        return back(worker_id)

    @bp.post(f"/workers/{ID.format('worker_id')}/visit")
    def visit_worker(worker_id: int) -> ResponseReturnValue:
        given = form("kind", "note", "next_on", optional=("form_number",))
        try:
            next_on = day_of(given["next_on"], deps.clock().astimezone(TIMEZONE).date())
            edit_worker.record_visit(
                deps, me(), worker_id, given["kind"], given["note"], next_on, form_number=given.get("form_number", "")
            )
        except TooLong as problem:
            return card(worker_id, problem=too_long(problem), typed=given), 422
        except (BadCell, Invalid):
            return card(worker_id, problem=gettext("走访没有记下：下次走访要写今天以后的日子。"), typed=given), 422
        flash(gettext("走访记下了。"), "done")
        return back(worker_id)

    @bp.post(f"/workers/{ID.format('worker_id')}/hardship")
    def judge_hardship(worker_id: int) -> ResponseReturnValue:
        given = form("code", "decision", "reason", optional=("evidence",))
        if given["decision"] not in ("verify", "unverify") or given["code"] not in ledger_words.LABELS:
            abort(400)
        try:
            judge_claim.judge_of_card(
                deps, me(), worker_id, given["code"], given["decision"] == "verify", given["reason"],
                given.get("evidence", ""),
            )  # fmt: skip
        except Invalid:
            return card(worker_id, problem=gettext("选一个原因，再写一句看到了什么。"), typed=given), 422
        flash(gettext("记下了。核实过的困难才会在派活时优先。"), "done")
        return back(worker_id)

    @bp.post(f"/workers/{ID.format('worker_id')}/officer")
    def set_officer(worker_id: int) -> ResponseReturnValue:
        given = form("officer")
        chosen = given["officer"]
        if not re.fullmatch(r"[0-9]{0,9}", chosen, re.ASCII):
            abort(400)
        edit_worker.set_officer(deps, me(), worker_id, int(chosen) if chosen else None)
        flash(gettext("帮扶人记下了。"), "done")
        return back(worker_id)

    @bp.post(f"/workers/{ID.format('worker_id')}/reveal")
    def reveal_worker(worker_id: int) -> ResponseReturnValue:
        given = form("field", "reason")
        review_transcript.reveal(deps, me(), "workers", worker_id, given["field"], given["reason"])
        return back(worker_id)


def as_form(deps: Deps, worker: Worker) -> dict[str, str]:
    """A worker's facts as the texts of the form: the words of the ledger."""
    stands = worker_ledger.line(worker, worker.person)
    texts = {key: str(told(key, stands[key])) for key in EDITED}
    return texts | {
        "village": place_told(deps.regions, worker.person.village_code),
        "name": worker.person.name or "",
    }


def _key(header: str) -> str:
    column = column_of("workers", header)
    return column.key if column else header
