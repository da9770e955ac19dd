"""How people are ranked: the weights of a county with their history, and for one opening who suits and why (W03, W04)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.domain.fairness import LABEL_PARTS, precedence
from backend.domain.matching import Part, Ranked
from backend.domain.weights import DEFAULT_WEIGHTS, LIMITS, Weights, problems
from backend.errors import Invalid, NotFound
from backend.services import matches, review_transcript, weights
from backend.store.models import Opening
from backend.store.queries import openings_review as queries
from backend.store.queries import staff, workers

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.services.staff_login import Member

# weight → what it is called and what it does.
WEIGHTS: dict[str, tuple[str, str]] = {
    "trade": (N_("工种对口"), N_("登记的就是这个工种，得满分。")),
    "kindred": (N_("工种相近"), N_("做过差不多的活，得这么多。")),
    "distance": (N_("路程"), N_("路上花的时间越短，得分越多。")),
    "days": (N_("日子"), N_("活路的日子都得空，得满分；只空几天，按天数算。")),
    "hours": (N_("钟点"), N_("早中晚合得上，得满分。")),
    "pay": (N_("工钱"), N_("够得上想要的数就得满分，再高也不多加。")),
    "requirements": (N_("手艺"), N_("要熟手、要证的活，看手艺够不够。")),
    "benefits": (N_("吃住接送"), N_("想要的吃住、接送、保险有没有。")),
    "freshness": (N_("新岗位"), N_("刚发布的岗位多得一点。")),
    "no_earner": (N_("一户一人"), N_("家里没有一个人上工，先照顾。不能少于下面四项加起来。")),
    "hardship": (N_("困难群体"), N_("脱贫、监测、低保等身份，核实过才算。")),
    "disabled": (N_("残疾人"), N_("核实过才算。")),
    "older": (N_("大龄"), N_("核实过才算。")),
    "waiting": (N_("等得久"), N_("等满八个星期，得满分。")),
    "no_show": (N_("答应了没去"), N_("三个月里有过，最多扣这么多；过一天淡一天。")),
}
_PROBLEMS = {
    "above_trade": N_("相近的工种不能比对口的还高。"),
    "below_help": N_("不能少于困难群体、残疾人、大龄、等得久四项加起来。"),
}
BEST, BEST_BEFORE_AND_AFTER, TO_CHOOSE_FROM = 50, 10, 40


@dataclass(frozen=True)
class Shown:
    """One ranked worker as staff see her: whoever lives outside one's own region stays without name and place (T6)."""

    rank: int
    id: int | None
    name: str | None
    village: str | None
    score: float
    parts: list[Part]
    first: bool


def register(bp: Blueprint, deps: Deps) -> None:
    def page(
        *,
        given: dict[str, str] | None = None,
        wrong: dict[str, str] | None = None,
        preview: Any = None,
        reason: str = "",
    ) -> str:
        member = me()
        county = _county(deps, member)
        with deps.db.read() as session:
            current = weights.weights_for(session, county)
            rows = weights.history(session, county)
            names = staff.names_of(session, [row.changed_by for row in rows])
            openings = queries.latest_published(session, county, TO_CHOOSE_FROM)
        before = [*rows[1:], None][: len(rows)]
        return render_template(
            "console/weights.html",
            county=county,
            values=given or {name: f"{value:g}" for name, value in current.to_json().items()},
            weights=WEIGHTS,
            limits=LIMITS,
            defaults=DEFAULT_WEIGHTS,
            history=[(row, names.get(row.changed_by or 0), _changes(row, old)) for row, old in zip(rows, before, strict=True)],
            may_set=may(member.role, "set_weights") and county == member.region_code,
            wrong=wrong or {},
            reason=reason,
            openings=openings,
            preview=preview,
            mask=Mask(),
        )  # fmt: skip

    @bp.get("/weights")
    def weights_page() -> str:
        return page()

    @bp.post("/weights")
    def set_weights() -> ResponseReturnValue:
        given = form(*WEIGHTS, "reason", "do", optional=("opening_id",))
        values, wrong = _read(given)
        if given["do"] == "preview" and not wrong:
            return page(given=given, preview=_preview(deps, me(), values, given.get("opening_id", "")), reason=given["reason"])  # fmt: skip
        try:
            if wrong:
                raise Invalid("unreadable", wrong)
            row = weights.set_weights(deps, me(), values.to_json(), given["reason"])
        except Invalid as problem:
            return page(given=given, wrong=_sentences(problem.fields), reason=given["reason"]), 422
        flash(gettext("记下了，从下一次排起就按新的算。") if row else gettext("和现在用的一样，没有改。"), "done")
        return redirect(url_for("console.weights_page"), 303)

    @bp.post("/weights/restore")
    def restore_weights() -> ResponseReturnValue:
        given = form("row_id", "reason")
        row_id = int(given["row_id"]) if re.fullmatch(r"[0-9]{1,9}", given["row_id"]) else None
        try:
            weights.restore(deps, me(), row_id, given["reason"])
        except Invalid as problem:
            return page(wrong=_sentences(problem.fields)), 422
        flash(gettext("改回去了。"), "done")
        return redirect(url_for("console.weights_page"), 303)

    @bp.get(f"/openings/{ID.format('opening_id')}/candidates")
    def candidates(opening_id: int) -> str:
        member = me()
        with deps.db.read() as session:
            opening = queries.one(session, member.region_code, opening_id)
            if opening is None:
                raise NotFound("no such opening")
            shown = _best(deps, session, member, opening, None, BEST)
        review_transcript.note_reading(
            deps, member, "listed_candidates", opening=opening_id, ids=[one.id for one in shown if one.id]
        )
        return render_template(
            "console/candidates.html", opening=opening, rows=shown, weights=WEIGHTS, mask=Mask(), best=BEST
        )


def _best(
    deps: Deps, session: Session, member: Member, opening: Opening, chosen: Weights | None, most: int
) -> list[Shown]:
    ranked, facts = matches.ranked_workers(session, deps.regions, deps.clock(), opening, weights=chosen)
    best = [one for one in ranked if one.suitable][:most]
    seen = {one.id for one in best if may_see(member.region_code, facts[one.id].region_code)}
    names = workers.names_of(session, seen)
    return [
        Shown(
            rank=n,
            id=one.id if one.id in seen else None,
            name=names.get(one.id),
            village=facts[one.id].region_code if one.id in seen else None,
            score=one.score,
            parts=_for_staff(one),
            first=precedence(facts[one.id], deps.clock()) > 0,
        )
        for n, one in enumerate(best, start=1)
    ]


def _for_staff(ranked: Ranked) -> list[Part]:
    """The parts with the points for labels as one sum: which label it is stays in the worker's record (vocabulary §4.7)."""
    labels = [part for part in ranked.parts if part.name in LABEL_PARTS]
    others = [part for part in ranked.parts if part.name not in LABEL_PARTS]
    if not labels:
        return others
    points, most = round(sum(part.points for part in labels), 2), sum(part.most for part in labels)
    return [*others, labels[0]._replace(name="hardship", points=points, most=most)]


def _preview(deps: Deps, member: Member, values: Weights, opening_id: str) -> dict[str, Any]:
    """The best of one opening by the weights in force and by those on the form."""
    with deps.db.read() as session:
        number = int(opening_id) if re.fullmatch(r"[0-9]{1,9}", opening_id) else 0
        opening = queries.one(session, member.region_code, number)
        if opening is None:
            return {"opening": None}
        now = _best(deps, session, member, opening, None, BEST_BEFORE_AND_AFTER)
        then = _best(deps, session, member, opening, values, BEST_BEFORE_AND_AFTER)
    review_transcript.note_reading(
        deps, member, "listed_candidates", opening=number, ids=sorted({one.id for one in (*now, *then) if one.id})
    )
    return {"opening": opening, "now": now, "then": then}


def _read(given: dict[str, str]) -> tuple[Weights, dict[str, str]]:
    """The form's figures and what is wrong with them, as `domain/weights.problems` names it."""
    values: dict[str, float] = {}
    wrong: dict[str, str] = {}
    for name in WEIGHTS:
        if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,2})?", given[name].strip()):
            values[name] = float(given[name])
        else:
            wrong[name] = "limits"
    read = Weights.from_json(values)
    return read, wrong or problems(read)


def _sentences(fields: dict[str, str]) -> dict[str, str]:
    found = {}
    for name, problem in fields.items():
        if problem == "limits":
            least, most = LIMITS[name]
            found[name] = gettext("写%(least)s到%(most)s之间的数。", least=f"{least:g}", most=f"{most:g}")
        elif problem in _PROBLEMS:
            found[name] = gettext(_PROBLEMS[problem])
        else:
            found[name] = gettext("写一句为什么要改，最多300个字。")
    return found


def _changes(row: Any, old: Any) -> list[tuple[str, str, str]]:
    """Weight, before, after, of everything a change moved; before the first one the defaults were in force."""
    was = (Weights.from_json(old.weights) if old is not None else DEFAULT_WEIGHTS).to_json()
    now = Weights.from_json(row.weights).to_json()
    return [(WEIGHTS[name][0], f"{was[name]:g}", f"{now[name]:g}") for name in now if was[name] != now[name]]


def _county(deps: Deps, member: Member) -> str:
    """Whose weights are shown: one's own county's; the city and the province choose one of theirs."""
    if len(member.region_code) >= 6:
        return member.region_code[:6]
    asked = request.args.get("county", "")
    if re.fullmatch(r"[0-9]{6}", asked) and may_see(member.region_code, asked):
        return asked
    below = next((code for code, _ in deps.regions.villages_of(member.region_code)), member.region_code)
    while len(below) < 6:
        below = next((code for code, _ in deps.regions.villages_of(below)), "000000")
    return below
