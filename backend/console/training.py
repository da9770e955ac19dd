"""Training: what staff reviewed becomes a model, how it scored, one press to put it in use and one to go back."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from backend.console import training_chart
from backend.console import training_labels as words
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import label
from backend.domain.model_scores import MOST_LOST
from backend.errors import Conflict, Forbidden
from backend.logs import scrub
from backend.services import dialogue_models, retrain
from backend.services.regions import HOME_REGION
from backend.store.models import DialogueModel
from backend.store.queries import dialogue_models as queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.services.deps import Deps

ID = "<int(max=2147483647):{}>"
LOG_LINES = 40


def register(bp: Blueprint, deps: Deps) -> None:
    def page(problem: str = "", status: int = 200) -> ResponseReturnValue:
        member = me()
        may_train = dialogue_models.may_train(member)
        with deps.db.read() as session:
            used, used_since = queries.in_use(session), queries.last_switch(session)
            job, change = queries.under_way(session), dialogue_models.asked(session)
            trainings = queries.last_trainings(session)
            switches = queries.last_switches(session, 6)
            last = next((row for row in trainings if row.slot is None), None)
            full = queries.in_full(session, last.id) if last is not None and may_train else None
            pressed = [*(row.requested_by for row in trainings), *(row.asked_by for row, _ in switches)]
            names = queries.names_of(session, member.region_code, pressed)
            counties = {id_: deps.regions.name(code[:6]) for id_, code in queries.regions_of(session, pressed).items()}
            before = queries.before(session) if may_train else None
        pending = retrain.pending(deps) if may_train else None
        shown = {
            "used": used,
            "used_since": used_since,
            "job": job,
            "change": change,
            "last": last,
            "result": _result(full) if full is not None else None,
            "compared": (full.compared if full is not None else None) or {},
            "trainings": trainings,
            "switches": switches,
            "names": names,
            "counties": counties,
            "trained_by": deps.regions.name(HOME_REGION),
            "before": before,
            "pending": pending,
            "done_already": pending is not None and retrain.done_already(full, used, pending.examples),
            "may_train": may_train,
            "version": _version(job, change, switches),
            "log": _log(deps) if may_train else [],
            "can_switch": last is not None and last.status == "ready" and last.file_kept and used is not None
            and last.id != used.id and last.tree == used.tree,
            "examples_page": "console.examples" if "console.examples" in current_app.view_functions else "",
        }  # fmt: skip
        return render_template(
            "console/training.html", words=words, problem=problem, most_lost=MOST_LOST, figure=_figure, points=_points,
            minutes=_minutes, step=_step, **shown,
        ), status  # fmt: skip

    def done(deed: Callable[[], object], sentence: str) -> ResponseReturnValue:
        try:
            deed()
        except Conflict as problem:
            return page(gettext(words.REFUSALS[problem.reason]), 409)
        flash(sentence, "done")
        return redirect(url_for("console.training_page"), 303)

    @bp.get("/training")
    def training_page() -> ResponseReturnValue:
        return page()

    @bp.get("/training/state")
    def training_state() -> Response:
        """Where it stands, for the page to keep itself current: `{version, share, step, left}`."""
        with deps.db.read() as session:
            job, change = queries.under_way(session), dialogue_models.asked(session)
            switches = queries.last_switches(session, 1)
        return jsonify(
            version=_version(job, change, switches),
            share=job.share if job else None,
            step=_step(job) if job else "",
            left=_minutes(job.seconds_left) if job and job.seconds_left else "",
        )

    @bp.post("/training/start")
    def start_training() -> ResponseReturnValue:
        form()
        return done(lambda: retrain.ask(deps, me()), gettext("开始训练了。可以去做别的，练好了这里会说。"))

    @bp.post(f"/training/{ID.format('model_id')}/cancel")
    def cancel_training(model_id: int) -> ResponseReturnValue:
        form()
        return done(lambda: retrain.cancel(deps, me(), model_id), gettext("取消了。现在用的没有动。"))

    @bp.post(f"/training/{ID.format('model_id')}/use")
    def use_model(model_id: int) -> ResponseReturnValue:
        form()
        return done(
            lambda: dialogue_models.switch(deps, me(), model_id),
            gettext("正在换上。热线照常接，换好之前用原来的。"),
        )

    @bp.post("/training/back")
    def model_before() -> ResponseReturnValue:
        form()
        return done(lambda: dialogue_models.roll_back(deps, me()), gettext("正在换回。热线照常接，换好之前用现在的。"))

    @bp.get("/training/scores.svg")
    def training_chart_svg() -> Response:
        if not dialogue_models.may_train(me()):
            raise Forbidden("only the line's own county sees how models scored")
        with deps.db.read() as session:
            rows = [row for row in reversed(queries.last_trainings(session)) if row.figures]
        picture = training_chart.drawn(rows)
        return Response(picture, content_type="image/svg+xml")


def _result(row: DialogueModel) -> list[dict[str, Any]]:
    """The headline figures before and after; `lower`: whether less is better."""
    after, before, compared = row.figures, row.figures_before, row.compared or {}
    if not after:
        return []
    return [
        {"name": name, "before": before[name] if before else None, "after": after[name],
         "better": None if not before or abs(after[name] - before[name]) < 0.0005
         else (after[name] > before[name]) != (name == "wrong_acts"),
         "too_low": name in (row.dropped or ()), "turned": compared.get("turned", {}).get(name),
         "since_best": compared.get("since_best", {}).get(name)}
        for name in words.FIGURES
    ]  # fmt: skip


def _version(job: DialogueModel | None, change: Any, switches: Any) -> str:
    """Changes whenever the page would look different for another reason than progress."""
    last = f"{switches[0][0].id}{switches[0][0].status}" if switches else ""
    return f"{job.id if job else ''}{job.status if job else ''}-{change[0].id if change else ''}-{last}"


def _step(job: DialogueModel) -> str:
    if job.status == "queued":
        return label(words.STATUS, job.status)
    return label(words.STEPS, job.step or "reading")


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f}%"


def _points(before: float | None, after: float | None) -> str:
    """+0.4: points of a hundred."""
    return "" if before is None or after is None else f"{100 * (after - before):+.1f}"


def _minutes(seconds: int | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return gettext("不到1分钟")
    return gettext("大约%(count)s分钟", count=round(seconds / 60))


def _log(deps: Deps) -> list[str]:
    """The end of the engine's own words about the last training; words of people are not in it."""
    try:
        with (deps.settings.data_dir / "training" / "last.log").open(encoding="utf-8", errors="replace") as file:
            return [scrub(line.rstrip())[:300] for line in deque(file, LOG_LINES)]
    except OSError:
        return []
