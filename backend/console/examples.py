"""What the model learns from reviewed turns, a line each, and taking one out (issue: a file that a person can compare)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.services import dialogue_models, review_transcript, training_examples
from backend.services.regions import HOME_REGION
from backend.store.queries import corrections as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

ID = "<int(max=2147483647):{}>"


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/training/examples")
    def examples() -> str:
        asked, dropped = request.args.get("before", ""), request.args.get("tab") == "dropped"
        before = int(asked) if re.fullmatch(r"[1-9]\d{0,8}", asked, re.ASCII) else None
        member = me()
        with deps.db.read() as session:
            rows, more = queries.examples(session, member.region_code, HOME_REGION, before=before, dropped=dropped)
        review_transcript.note_reading(deps, member, "listed_examples", ids=[row.id for row, _ in rows])
        return render_template(
            "console/examples.html", rows=[(row, name, _pieces(row.text)) for row, name in rows], more=more, dropped=dropped,
            file=training_examples.path(deps.settings).name if dialogue_models.may_train(member) else "",
        )  # fmt: skip

    @bp.post(f"/training/examples/{ID.format('example_id')}")
    def keep_example(example_id: int) -> ResponseReturnValue:
        dropped = form("what")["what"] == "drop"
        training_examples.drop(deps, me(), example_id, dropped)
        flash(gettext("不学这一句了。") if dropped else gettext("又学这一句了。"), "done")
        return redirect(url_for("console.examples", tab=None if dropped else "dropped"), 303)


def _pieces(line: str) -> list[tuple[str, str]]:
    """A line of the file as (words, entity or "")."""
    parts = re.split(r"\[([^\]]*)\]\(([a-z_]+)\)", line)
    found = [(parts[0], "")]
    for at in range(1, len(parts), 3):
        found += [(parts[at], parts[at + 1]), (parts[at + 2], "")]
    return [(text, kind) for text, kind in found if text]
