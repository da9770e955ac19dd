"""What was typed when the session ended midway through a form comes back after the login, on a page to send it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from backend.console import draft_labels
from backend.console.guard import back_to, form, me
from backend.console.i18n import gettext
from backend.services import drafts as service
from backend.services.receive_message import storable

if TYPE_CHECKING:
    from backend.services.deps import Deps


def save(deps: Deps, staff_id: int | None) -> bool:
    """Keep the form of this request for whoever `staff_id` is. Called by the guard where the session has run out."""
    if staff_id is None or back_to(request.path, "") != request.path:
        return False
    fields = [
        (name, storable(text)) for name in request.form if name != "csrf_token" for text in request.form.getlist(name)
    ]
    page = back_to((request.referrer or "").removeprefix(request.host_url.rstrip("/")), "")
    if not service.keep(deps, staff_id, request.path, page, fields):
        return False
    flash(gettext("登录过期了。您填的还在，登录以后接着办。"), "problem")
    return True


def sent_again(deps: Deps) -> None:
    """A form of the member came through: what was kept for its address is not needed any more."""
    if session.get("draft"):
        service.drop(deps, me(), request.path)


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/drafts")
    def drafts() -> ResponseReturnValue:
        rows = service.waiting(deps, me())
        if not rows:
            session.pop("draft", None)
            return redirect(url_for("console.today"))
        session["draft"] = True  # the login has begun a new session
        return render_template("console/drafts.html", rows=rows, words=draft_labels)

    @bp.post("/drafts/drop")
    def drop_draft() -> ResponseReturnValue:
        service.drop(deps, me(), form("path")["path"])
        flash(gettext("不要了。"), "done")
        return redirect(url_for("console.drafts"), 303)
