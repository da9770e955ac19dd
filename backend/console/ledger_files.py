"""The ledgers as Excel files: drawn out, handed in, looked through row by row, stored whole or not at all (L03)."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from backend.console import labels, ledger_labels, ledger_reasons
from backend.console.conversations import ID
from backend.console.guard import conflict_sentence, form, me
from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.workers import asked_filter
from backend.domain.access import may, may_take_in
from backend.domain.ledgers import TAKEN_IN, TITLES
from backend.errors import Conflict, Forbidden, Invalid
from backend.services import export_ledger, import_ledger, review_transcript
from backend.services.read_workbook import MOST_BYTES, UnreadableFile
from backend.services.write_workbook import TEMPLATE_ROWS, write_bad_rows, write_ledger
from backend.settings import TIMEZONE
from backend.store.queries.ledgers import TABS, imports_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a file is sent in needs a little more room than the file.
MOST_SENT_BYTES = MOST_BYTES + 64 * 1024
SHOWN = 20
# What the codes of the ledgers are called in a file.
WORDS = {
    "offer": ledger_labels.OFFER_STATUS,
    "case": labels.CASES,
    "priority": {str(code): words for code, words in labels.PRIORITIES.items()},
    "case_status": labels.CASE_STATUS,
}
# Whose agreement is asked before a file is stored; a station is the office's own.
AGREE_FIRST = {
    "workers": N_("新登记的人要先签纸质同意书。都签好了，打上勾再存。"),
    **dict.fromkeys(("openings", "employers"), N_("单位要先同意登出来。都问过了，打上勾再存。")),
}
_FILTERS = ("village", "trade", "waiting", "verified", "stale", "willingness", "employment", "tab", "full")


def let_files_in(bp: Blueprint) -> None:
    """An upload may be larger than other requests. Before the guards: they read the form."""

    @bp.before_request
    def larger_ledger() -> None:
        if request.endpoint == "console.upload_ledger":
            request.max_content_length = MOST_SENT_BYTES


def register(bp: Blueprint, deps: Deps) -> None:
    def show(*, problem: str = "", kind: str = "") -> str:
        member = me()
        with deps.db.read() as session:
            recent = imports_of(session, member.id, SHOWN)
        return render_template(
            "console/ledger_files.html",
            words=ledger_labels,
            kinds=[code for code in TAKEN_IN if may_take_in(member.role, code)],
            drawn=tuple(kind for kind in ledger_labels.LEDGERS if kind != "priority"),
            tabs=TABS,
            recent=recent,
            problem=problem,
            kind=kind,
            may_export=may(member.role, "export_ledger"),
            may_reveal=may(member.role, "reveal"),
        )

    @bp.context_processor
    def exporting() -> dict[str, Any]:
        member = g.get("member")
        return {
            "export_words": ledger_labels,
            "may_take_in": lambda kind: member is not None and may_take_in(member.role, kind),
        }

    @bp.get("/ledgers/files")
    def ledger_files() -> str:
        return show(kind=request.args.get("kind", ""))

    @bp.post("/ledgers/files/export")
    def export_file() -> ResponseReturnValue:
        given = form("kind", "reason", optional=_FILTERS)
        asked = asked_filter(given, me())
        file = _desk()
        try:
            export_ledger.export(
                deps,
                me(),
                given["kind"],
                given["reason"],
                file,
                full=given.get("full") == "yes",
                asked=asked,
                tab=given.get("tab", ""),
                words=WORDS,
            )
        except Invalid as problem:
            file.close()
            if "rows" in problem.fields:
                words = gettext(
                    "有%(rows)s行，太多了。请到台账页上按镇、村筛选，分开导出。", rows=problem.fields["rows"]
                )
                return show(problem=words), 422
            return show(problem=gettext("请选一个原因再导出。")), 422
        except export_ledger.TooManyExports:
            file.close()
            told = gettext(
                "看得见姓名电话的表，一天最多导%(count)s张，今天用完了。遮住的表还可以导；急用请找同事。",
                count=export_ledger.FULL_A_DAY,
            )
            return show(problem=told), 429
        except BaseException:
            file.close()
            raise
        return _sent(file, f"{TITLES[given['kind']]}{_today(deps)}.xlsx")

    @bp.get("/ledgers/files/empty/<kind>")
    def empty_ledger(kind: str) -> ResponseReturnValue:
        """The empty form, with its lists and what each column means."""
        if kind not in TAKEN_IN:
            abort(404)
        file = _desk()
        write_ledger(kind, [], file, room=TEMPLATE_ROWS)
        return _sent(file, f"{TITLES[kind]}空表.xlsx")

    @bp.post("/ledgers/files/upload")
    def upload_ledger() -> ResponseReturnValue:
        given = form("kind")
        if given["kind"] not in TAKEN_IN:
            abort(400)
        if not may_take_in(me().role, given["kind"]):
            raise Forbidden("not this role's to bring")
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return show(problem=gettext("请先选一个Excel文件。"), kind=given["kind"]), 422
        try:
            import_id = import_ledger.read(deps, me(), given["kind"], sent.filename, sent.stream.read(MOST_BYTES + 1))
        except UnreadableFile as problem:
            return show(problem=ledger_reasons.reason(problem.reason), kind=given["kind"]), 422
        return redirect(url_for("console.ledger_import", import_id=import_id), 303)

    def show_import(import_id: int, *, problem: str = "") -> str:
        with deps.db.read() as session:
            found = import_ledger.own(session, me(), import_id)
        review_transcript.note_reading(deps, me(), "read_import", ids=[import_id])
        bad = {each["row"] for each in found.problems if not each["notice"]}
        return render_template(
            "console/ledger_import.html",
            found=found,
            words=ledger_labels,
            column_told=ledger_reasons.column,
            reason_told=ledger_reasons.reason,
            bad=len(bad - {0}),
            blocked=bool(bad),
            same=found.row_count - len(bad - {0}) - (found.added or 0) - (found.changed or 0),
            problem=problem,
        )

    @bp.get(f"/ledgers/files/{ID.format('import_id')}")
    def ledger_import(import_id: int) -> str:
        return show_import(import_id)

    @bp.post(f"/ledgers/files/{ID.format('import_id')}/store")
    def store_import(import_id: int) -> ResponseReturnValue:
        given = form(optional=("given_by", "signed"))
        with deps.db.read() as session:
            found = import_ledger.own(session, me(), import_id)
        if found.applied_at is None and found.kind in AGREE_FIRST and given.get("signed") != "yes":
            return show_import(import_id, problem=gettext(AGREE_FIRST[found.kind])), 422
        try:
            import_ledger.store(deps, me(), import_id, given.get("given_by", "self"))
        except Conflict as conflict:
            words = {
                "bad_rows": gettext("还有不对的行，一行都没有存。改好再传。"),
                "library_changed": gettext("您看的时候，库里有人改了同样的内容。一行都没有存，请把文件再传一次。"),
            }.get(conflict.reason, conflict_sentence(conflict))
            return show_import(import_id, problem=words), 409
        flash(gettext("全部存好了。"), "done")
        return redirect(url_for("console.ledger_import", import_id=import_id), 303)

    @bp.post(f"/ledgers/files/{ID.format('import_id')}/drop")
    def drop_import(import_id: int) -> ResponseReturnValue:
        form()
        with deps.db.read() as session:
            import_ledger.own(session, me(), import_id)
        import_ledger.drop(deps, me(), import_id)
        flash(gettext("这个文件没有存，读到的内容已经丢掉。"), "done")
        return redirect(url_for("console.ledger_files"), 303)

    @bp.get(f"/ledgers/files/{ID.format('import_id')}/bad-rows")
    def bad_rows(import_id: int) -> ResponseReturnValue:
        """The rows that could not be taken as they stood, each with what to change, to be put right and sent again."""
        with deps.db.read() as session:
            found = import_ledger.own(session, me(), import_id)
        review_transcript.note_reading(deps, me(), "drew_bad_rows", ids=[import_id])
        reasons: dict[int, list[str]] = {}
        for each in found.problems:
            if not each["notice"]:
                reasons.setdefault(each["row"], []).append(f"{each['column']}：{each['reason']}")
        heads: list[str] = next((row["heads"] for row in found.rows if "heads" in row), [])
        rows = [
            (row["cells"], f"第{row['row']}行 " + "；".join(reasons.get(row["row"], [])))
            for row in found.rows
            if "cells" in row
        ]
        file = _desk()
        write_bad_rows(found.kind, heads, rows, file)
        return _sent(file, f"{TITLES[found.kind]}要改的行.xlsx")

    @bp.errorhandler(413)
    def too_large(_: Exception) -> tuple[str, int]:
        sentence = gettext("传的文件太大了。Excel表最多5兆、5000行，录音最长30秒。请分小一点再传。")
        return render_template("console/problem.html", title=gettext("文件太大"), sentence=sentence), 413


def _desk() -> BinaryIO:
    """Where a file is written before it is sent: it is closed with the answer, or when there is none."""
    return cast("BinaryIO", tempfile.TemporaryFile())


def _sent(file: BinaryIO, name: str) -> Response:
    file.seek(0)
    response = send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)
    response.call_on_close(file.close)
    return response


def _today(deps: Deps) -> str:
    return deps.clock().astimezone(TIMEZONE).date().isoformat()
