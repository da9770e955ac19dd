"""Entries that are likely the same: found, laid side by side, made one field by field, and taken apart for a day (W15)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_history
from backend.console import ledgerwork_labels as words
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import N_, label
from backend.console.table import capped
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.domain.duplicates import likely_employers
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import find_duplicates, review_transcript
from backend.services import merge_entries as service
from backend.services import say_distinct as distinct_service
from backend.services.regions import HOME_REGION
from backend.store.ledger_changes import plain
from backend.store.queries import duplicates as queries
from backend.store.queries import ledgers, openings_review
from backend.store.queries.staff import names_of
from backend.store.queries.workers import numbers_of

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.services.staff_login import Member

WHY = {
    "same_phone": N_("同一个电话，名字一样"),
    "same_name": N_("同一个村，名字一样"),
    "same_sound": N_("同一个村，名字同音"),
    "near_sound": N_("同一个村，同一年生，名字差不多"),
}
WHY_EMPLOYERS = {
    "same_phone": N_("同一个电话"),
    "same_name": N_("同一个乡镇，名字一样"),
    "near_name": N_("同一个乡镇，名字差不多"),
}
_TOLD = {"pay": N_("期望工价"), "availability": N_("哪天有空")}


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/merge")
    def merge_list() -> ResponseReturnValue:
        """Within one village or town at a time: a county begins with the first town that has some, or with the one asked for.

        What was found there in the background is shown; a town that never was compared, or that an act of staff changed since,
        is compared now. `?after=`: the page before. `?kept=` and `?other=`: two numbers to be laid side by side.
        """
        member = _who()
        numbers = [_number(request.args.get(name, "")) for name in ("kept", "other")]
        if all(numbers) and numbers[0] != numbers[1]:
            return redirect(url_for("console.merge_pair", kept_id=numbers[0], other_id=numbers[1]), 303)
        towns = _places(member.region_code)
        place = _asked_place(member)
        with deps.db.read() as session:
            counts = queries.counts(session, [code for code, _ in towns]) if len(towns) > 1 else {}
            first = next((code for code, _ in towns if counts.get(code)), towns[0][0] if towns else member.region_code)
            place = place or first
            found_at = queries.compared_at(session, place)
            if found_at in (None, find_duplicates.LONG_AGO):
                found_at = deps.clock()
                pairs, after = queries.likely_in(session, member.region_code, HOME_REGION, place), 0
            else:
                pairs, after = queries.kept(
                    session, member.region_code, HOME_REGION, place, _number(request.args.get("after", ""))
                )
        ids = sorted({one.id for pair in pairs for one in pair[:2]})
        review_transcript.note_reading(deps, member, "listed_duplicates", ids=ids)
        return render_template(
            "console/merge_list.html",
            pairs=pairs, place=place, places=towns, mask=Mask(), why=WHY, numbers=numbers, after=after,
            found_at=found_at,
            counts={code: capped(count) for code, count in counts.items() if count},
        )  # fmt: skip

    @bp.post("/merge/find")
    def find_again() -> ResponseReturnValue:
        """`place`: a town or village of the region; its town is compared anew, now."""
        place, region = form("place")["place"], _who().region_code
        if not any(may_see(code, place) for code, _ in _places(region)):
            abort(404)
        find_duplicates.compare(deps, place[:9])
        return redirect(url_for("console.merge_list", place=place), 303)

    def _asked_place(member: Member) -> str:
        asked = request.args.get("place", "")
        known = re.fullmatch(r"[0-9]{9}|[0-9]{12}", asked, re.ASCII) and may_see(member.region_code, asked)
        return asked if known else ""

    @bp.get("/merge/distinct")
    def merge_distinct() -> str:
        """Those of a place of whom staff said that they are two, the latest first; `?place=` and `?after=` as of the others."""
        member = _who()
        towns = _places(member.region_code)
        place = _asked_place(member) or (towns[0][0] if towns else member.region_code)
        with deps.db.read() as session:
            rows, after = queries.distinct_in(
                session, member.region_code, HOME_REGION, place, request.args.get("after", "")
            )
            names = names_of(session, [said.staff_id for _, _, said in rows])
        ids = sorted({one.id for row in rows for one in row[:2]})
        review_transcript.note_reading(deps, member, "listed_duplicates", ids=ids)
        return render_template(
            "console/merge_distinct.html", rows=rows, names=names, place=place, places=towns, mask=Mask(), after=after
        )

    def _places(region: str) -> list[tuple[str, str]]:
        if len(region) >= 9:
            return [(region, deps.regions.name(region))]
        return list(deps.regions.towns_of(region[:6]))

    def pair(kept_id: int, other_id: int, *, problem: str = "", take: tuple[str, ...] | None = None) -> str:
        member = _who()
        with deps.db.write() as session:
            both = [service.seen_worker(session, member, one) for one in (kept_id, other_id)]
            masks = []
            for worker in both:
                review_transcript.note_opening(deps, session, member, worker)
                masks.append(Mask(review_transcript.revealed(deps, session, member, worker)))
            phones = numbers_of(session, [worker.person_id for worker in both])
            names = names_of(session, [worker.officer_id for worker in both])
            labels_of = [len(worker.hardships) for worker in both]
            rows = []
            for field in service.OF_WORKERS:
                cells = []
                for worker, mask in zip(both, masks, strict=True):
                    values = [
                        ledger_history.value_told(
                            deps, column, plain(getattr(worker if hasattr(worker, column) else worker.person, column)),
                            mask, names,
                        )
                        for column in service.columns_of(field)
                    ]  # fmt: skip
                    cells.append(" · ".join(dict.fromkeys(values)))
                raw = [
                    [plain(getattr(worker if hasattr(worker, column) else worker.person, column))
                     for column in service.columns_of(field)] for worker in both
                ]  # fmt: skip
                # What only the other one tells is taken unless somebody says otherwise.
                only_there = not any(raw[0]) and any(raw[1])
                taken = only_there if take is None else field in take
                rows.append((field, label(words.FIELDS | _TOLD, field), cells, raw[0] == raw[1], taken))
            versions = service.versions_of(session, *both)
            said = next(iter(queries.distinct(session, [kept_id, other_id]).values()), None)
            said_by = names_of(session, [said.staff_id]) if said else {}
        return render_template(
            "console/merge_pair.html",
            both=both, masks=masks, rows=rows, versions=versions, problem=problem, hardships=labels_of, said=said,
            said_by=said_by,
            phones=[mask.phone(phones[w.person_id].number) if w.person_id in phones else "" for w, mask in
                    zip(both, masks, strict=True)],
        )  # fmt: skip

    PAIR = f"/merge/workers/{ID.format('kept_id')}/{ID.format('other_id')}"

    @bp.get(PAIR)
    def merge_pair(kept_id: int, other_id: int) -> ResponseReturnValue:
        if kept_id == other_id:
            abort(404)
        try:
            return pair(kept_id, other_id)
        except NotFound:
            return _merged_meanwhile(kept_id, other_id)

    @bp.post(PAIR)
    def merge_workers(kept_id: int, other_id: int) -> ResponseReturnValue:
        take, versions = _compared()
        try:
            service.merge_workers(deps, me(), kept_id, other_id, take, versions)
        except Invalid:
            abort(400)
        except Conflict as problem:
            return pair(kept_id, other_id, problem=_sentence(problem), take=tuple(take)), 409
        except NotFound:
            return _merged_meanwhile(kept_id, other_id)
        flash(gettext("并成一条了。一天以内可以拆开。"), "done")
        return redirect(url_for("console.worker", worker_id=kept_id), 303)

    @bp.post(f"{PAIR}/distinct")
    def say_distinct(kept_id: int, other_id: int) -> ResponseReturnValue:
        if kept_id == other_id:
            abort(400)
        take, versions = _compared()
        try:
            town = distinct_service.say_distinct(deps, me(), kept_id, other_id, versions)
        except Conflict as problem:
            return pair(kept_id, other_id, problem=_sentence(problem), take=tuple(take)), 409
        except NotFound:
            return _merged_meanwhile(kept_id, other_id)
        flash(gettext("记下了：不是同一个。以后不再列在这里，在“判过不是同一个的”里可以撤回。"), "done")
        return redirect(url_for("console.merge_list", place=town or None), 303)

    @bp.post(f"{PAIR}/distinct/undo")
    def undo_distinct(kept_id: int, other_id: int) -> ResponseReturnValue:
        if kept_id == other_id:
            abort(400)
        form()
        try:
            town = distinct_service.take_back(deps, me(), kept_id, other_id)
        except NotFound:
            return _merged_meanwhile(kept_id, other_id)
        flash(gettext("撤回了。像的话，又列在这里。"), "done")
        return redirect(url_for("console.merge_list", place=town or None), 303)

    def _merged_meanwhile(*numbers: int) -> ResponseReturnValue:
        """Where one of the two was merged, perhaps by a colleague just now: say so on the card that is left."""
        with deps.db.read() as session:
            leads_to = next(filter(None, (ledgers.merged_into(session, "workers", number) for number in numbers)), 0)
            service.seen_worker(session, me(), leads_to)  # nobody else's, and not gone as well
        flash(gettext("其中一张已经并到这一张里了。"), "problem")
        return redirect(url_for("console.worker", worker_id=leads_to), 303)

    def _compared() -> tuple[set[str], tuple[str, ...]]:
        """Of the form that lays two side by side: where the other one is right, and both as they were seen."""
        versions = ("kept_version", "other_version", "pair_version")
        given = form(*versions, optional=service.OF_WORKERS)
        return {name for name in service.OF_WORKERS if given.get(name) == "other"}, tuple(
            given[version] for version in versions
        )

    def _sentence(problem: Conflict) -> str:
        if problem.reason == "overlap":
            numbers = cast("list[int]", problem.facts["openings"])
            with deps.db.read() as session:
                found = [openings_review.one(session, me().region_code, number) for number in numbers]
            titles = [
                gettext("%(title)s（岗位%(number)s）", title=Mask().text(one.title), number=number) if one
                else gettext("岗位%(number)s", number=number)
                for number, one in zip(numbers, found, strict=True)
            ]  # fmt: skip
            told = gettext("两边在同几天各定了一个活：%(which)s。先替他退一个，再来并。", which="；".join(titles))
            return str(told)
        return {
            "changed": gettext("您看的时候，有人动过。看过新的再定，您选的还在。"),
            "both_hold": gettext("两边都定了同一个活。先替他退一个，再来并。"),
        }.get(problem.reason, gettext("请刷新后再看。"))

    @bp.get("/merge/employers")
    def merge_employers_page() -> str:
        """`?kept=` and `?other=`, or two of `?pick=`: two employers side by side; without them pairs that are likely one."""
        return employers_pair()

    def employers_pair(problem: str = "", take: set[str] | None = None) -> str:
        member = _who()
        numbers = [_number(each) for each in request.args.getlist("pick")[:3]]
        told = problem
        if numbers and len(numbers) != 2:
            told, numbers = gettext("请正好勾两个，再并。"), []
        numbers = numbers or [_number(request.values.get(name, "")) for name in ("kept", "other")]
        both: list[Any] = []
        with deps.db.read() as session:
            for number in numbers:
                try:
                    both += [service.seen_employer(session, member, number)] if number else []
                except NotFound:
                    told = gettext("您的辖区里没有这个用工方。")
            if len(both) != 2 or both[0].id == both[1].id:
                both = []
            pairs = [] if both else likely_employers(queries.employers(session, member.region_code, HOME_REGION))
        ids = sorted({one.id for each in ([both] if both else pairs) for one in each[:2]})
        if ids:
            review_transcript.note_reading(deps, member, "read_employer" if both else "listed_duplicates", ids=ids)
        rows = [
            (field, label(words.FIELDS, field), [
                ledger_history.value_told(deps, field, getattr(one, field), Mask(), {}) if field != "name"
                else Mask().employer(one) for one in both], len({getattr(one, field) for one in both}) == 1,
             field in take if take is not None else not getattr(both[0], field))
            for field in (service.OF_EMPLOYERS if both else ())
        ]  # fmt: skip
        return render_template(
            "console/merge_employers.html",
            both=both, rows=rows, numbers=numbers, problem=told, pairs=pairs, why=WHY_EMPLOYERS, mask=Mask(),
            versions=[service.employer_version(one) for one in both],
        )  # fmt: skip

    @bp.post("/merge/employers")
    def merge_employers() -> ResponseReturnValue:
        given = form("kept", "other", "kept_version", "other_version", optional=service.OF_EMPLOYERS)
        kept, other = _number(given["kept"]), _number(given["other"])
        if not kept or not other or kept == other:
            abort(400)
        take = {name for name in service.OF_EMPLOYERS if given.get(name) == "other"}
        try:
            service.merge_employers(deps, me(), kept, other, take, (given["kept_version"], given["other_version"]))
        except Conflict as problem:
            return employers_pair(_sentence(problem), take), 409
        flash(gettext("并成一条了。一天以内可以拆开。"), "done")
        return redirect(url_for("console.employer_page", employer_id=kept), 303)

    @bp.post(f"/merge/{ID.format('act_id')}/apart")
    def take_apart(act_id: int) -> ResponseReturnValue:
        form()
        try:
            kind, other_id = service.take_apart(deps, me(), act_id)
        except Conflict as problem:
            told = (
                gettext("过了一天，或者已经拆开了。")
                if problem.reason == "too_late"
                else gettext("并了以后又有人改过，拆不开了。请直接改。")
            )
            flash(told, "problem")
            return redirect(url_for("console.merge_list"), 303)
        flash(gettext("拆开了，两条都在。"), "done")
        endpoint, argument = ledger_history.PAGES[kind]
        return redirect(url_for(endpoint, **{argument: other_id}), 303)  # type: ignore[arg-type]

    @bp.context_processor
    def merged() -> dict[str, Any]:
        return {"merge_of": lambda kind, object_id: _merge_of(kind, object_id)}

    def _merge_of(kind: str, object_id: int) -> tuple[int, int] | None:
        with deps.db.read() as session:
            return ledgers.merge_to_undo(session, kind, object_id, deps.clock() - TAKE_BACK_WITHIN)

    def _who() -> Member:
        if not may(me().role, "merge_entries"):
            raise Forbidden("this role only looks")
        return me()


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip(), re.ASCII) else 0
