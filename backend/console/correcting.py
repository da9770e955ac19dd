"""Reviewing turns: say that one was understood, choose words and what they mean, take it back (L22).

Every step is a form of its own; the script of the page only fills the forms in.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import intent_labels, masks
from backend.console import review_labels as words
from backend.console.guard import conflict_sentence, form, me
from backend.console.i18n import gettext
from backend.console.labels import label
from backend.console.text import Mask
from backend.domain import marked
from backend.domain.normal_form import LONGEST
from backend.errors import Conflict, Invalid, NotFound
from backend.services import correct_turn
from backend.services.correct_ledger import Effect
from backend.services.correct_turn import Outlook, Overtaken, Wish, reading_of, version_of
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Message
from backend.store.queries import conversations as conversation_queries
from backend.store.queries import corrections as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

ID = "<int(max=2147483647):{}>"
LEDGERS = tuple(f"ledger-{number}" for number in range(12))
_KEY = re.compile(r"(?:workers|openings)-\d{1,9}-[a-z_]{2,20}", re.ASCII)


def offered(mask: Mask) -> dict[str, Any]:
    """What the forms of a correction choose from; who is in need only for who sees it."""
    return {
        "kinds": words.kinds(),
        "wish_groups": intent_labels.GROUPS,
        "choices": {
            kind: codes
            for kind, codes in words.choices().items()
            if marked.FIELD_OF.get(kind, "name") in {*mask.shown, "name"}
        },
        "longest_value": LONGEST,
        "correction_names": words.CORRECTIONS,
    }


def register(bp: Blueprint, deps: Deps) -> None:
    def on_to(conversation_id: int, message_id: int) -> ResponseReturnValue:
        address = url_for("console.conversation", conversation_id=conversation_id, _anchor=f"turn-{message_id}")
        return redirect(address, 303)

    def turn_page(message_id: int, *, wish: Wish | None = None, problem: str = "", typed: dict[str, str] | None = None,
                  seen: Outlook | None = None, overtaken: bool = False, version: int | None = None,
                  status: int = 200) -> ResponseReturnValue:  # fmt: skip
        """One turn with all that can be said of it; with `seen`, what would change beside it; `overtaken`, what a colleague did."""
        member = me()
        with deps.db.read() as session:
            turn = conversation_queries.turn(session, member.region_code, HOME_REGION, message_id)
            if turn is None or turn.direction != "inbound":
                raise NotFound("no such turn")
            conversation = session.get_one(Conversation, turn.conversation_id)
            mask = masks.of_conversation(deps, session, member, conversation)
            reading = reading_of(turn, deps)
            holds = queries.of_turns(session, [turn]).get(turn.id)
        asked = request.args.get("number", "")
        number = wish.number if wish else int(asked) if re.fullmatch(r"\d{1,2}", asked, re.ASCII) else None
        picked = reading.entities[number] if number is not None and number < len(reading.entities) else None
        page = render_template(
            "console/turn.html",
            turn=turn, conversation=conversation, mask=mask, reading=reading,
            pieces=marked.pieces(reading.text, mask.hidden(reading.text, reading.entities), reading.entities), number=number, picked=picked,
            version=version if version is not None else version_of(holds[0] if holds else None), holds=holds, wish=wish,
            problem=problem, typed=typed or {}, overtaken=overtaken, **offered(mask),
            effects=_told(deps, seen.effects, mask, turn) if seen else [],
            value=_value(wish.entity, seen.value, mask) if wish and seen and wish.kind == "entity" else "",
        )  # fmt: skip
        return page, status

    def carry_out(message_id: int, wish: Wish, typed: dict[str, str], ledger: frozenset[str]) -> ResponseReturnValue:
        try:
            done = correct_turn.correct(deps, me(), message_id, wish, _number(typed.get("version", "")), ledger)
        except Overtaken:
            return turn_page(message_id, wish=wish, typed=typed, overtaken=True, status=409)
        except Invalid as problem:
            return turn_page(message_id, wish=wish, typed=typed, problem=words.problem_of(problem.fields), status=422)
        except Conflict as problem:
            sentence = conflict_sentence(problem) + gettext("话可以只改这一句：把下面的勾去掉再记。")
            return turn_page(message_id, wish=wish, typed=typed, problem=sentence, status=409,
                             seen=correct_turn.outlook(deps, me(), message_id, wish))  # fmt: skip
        flash(gettext("记下了。登记也一起改了。") if ledger else gettext("记下了。"), "done")
        if done.left_out:
            flash(gettext("这一句不拿去学：%(why)s。", why=label(words.NOT_LEARNT, done.left_out)), "note")
        return on_to(done.conversation_id, message_id)

    @bp.get(f"/turns/{ID.format('message_id')}")
    def turn(message_id: int) -> ResponseReturnValue:
        return turn_page(message_id)

    @bp.post(f"/turns/{ID.format('message_id')}/right")
    def right(message_id: int) -> ResponseReturnValue:
        typed = form("version")
        return carry_out(message_id, Wish("right"), typed, frozenset())

    @bp.post(f"/turns/{ID.format('message_id')}/correct")
    def correct(message_id: int) -> ResponseReturnValue:
        typed = form("intent", "version")
        return carry_out(message_id, Wish("intent", intent=words.intent_code(typed["intent"])), typed, frozenset())

    @bp.post(f"/turns/{ID.format('message_id')}/value")
    def correct_value(message_id: int) -> ResponseReturnValue:
        typed = _typed()
        ledger = frozenset(typed[name] for name in LEDGERS if _KEY.fullmatch(typed.get(name, "")))
        try:
            wish = _wish(message_id, typed)
            seen = None if typed.get("shown") else correct_turn.outlook(deps, me(), message_id, wish)
        except Invalid as problem:
            wish = _as_typed(typed)
            return turn_page(message_id, wish=wish, typed=typed, problem=words.problem_of(problem.fields), status=422)
        if seen is not None and seen.effects:  # without the script: what else would change is shown first
            return turn_page(message_id, wish=wish, typed=typed, seen=seen, version=_number(typed["version"]))
        return carry_out(message_id, wish, typed, ledger)

    @bp.post(f"/turns/{ID.format('message_id')}/outlook")
    def outlook(message_id: int) -> Response:
        """What a correction would change, for the form that is being filled in."""
        typed = _typed()
        try:
            wish = _wish(message_id, typed)
            seen = correct_turn.outlook(deps, me(), message_id, wish)
        except Invalid as problem:
            return _json({"problem": words.problem_of(problem.fields)})
        with deps.db.read() as session:
            turn = conversation_queries.turn(session, me().region_code, HOME_REGION, message_id)
            if turn is None:
                raise NotFound("no such turn")
            mask = masks.of_conversation(deps, session, me(), session.get_one(Conversation, turn.conversation_id))
        shown = _value(wish.entity, seen.value, mask) if wish.kind == "entity" else ""
        return _json({"value": shown, "ledger": _told(deps, seen.effects, mask, turn)})

    @bp.post(f"/corrections/{ID.format('correction_id')}/undo")
    def undo_correction(correction_id: int) -> ResponseReturnValue:
        form()
        try:
            conversation_id, message_id, left = correct_turn.undo(deps, me(), correction_id)
        except Overtaken as problem:
            return turn_page(problem.message_id, overtaken=True, status=409)
        if left:
            names = "、".join(label(words.COLUMNS, column) for column in left)
            flash(gettext("这一句改回去了。%(names)s后来又改过，或者不能再改，登记里没有动。", names=names), "note")
        else:
            flash(gettext("改回去了。"), "done")
        return on_to(conversation_id, message_id)

    def _wish(message_id: int, typed: dict[str, str]) -> Wish:
        wish = _as_typed(typed)
        if len(typed["value"]) > LONGEST:
            raise Invalid("too long", {"value": "too_long"})
        if wish.kind == "entity" and wish.start < 0 and typed.get("words", "").strip():
            with deps.db.read() as session:
                turn = conversation_queries.turn(session, me().region_code, HOME_REGION, message_id)
                if turn is None:
                    raise NotFound("no such turn")
                said = typed["words"].strip()
                start = reading_of(turn, deps).text.find(said)
            if start < 0:
                raise Invalid("not in it", {"words": "unknown"})
            return Wish("entity", number=wish.number, start=start, end=start + len(said), entity=wish.entity,
                        value=wish.value)  # fmt: skip
        return wish


def _typed() -> dict[str, str]:
    typed = form("version", "entity", "value", optional=("number", "start", "end", "words", "what", "shown", *LEDGERS))
    return {"number": "", "start": "", "end": "", "words": "", "what": "", **typed}


def _as_typed(typed: dict[str, str]) -> Wish:
    number = int(typed["number"]) if re.fullmatch(r"\d{1,2}", typed["number"], re.ASCII) else None
    start, end = (
        int(typed[name]) if re.fullmatch(r"\d{1,4}", typed[name], re.ASCII) else -1 for name in ("start", "end")
    )
    kind = "removed" if typed["what"] == "remove" else "entity"
    return Wish(kind, number=number, start=start, end=end, entity=typed["entity"][:40], value=typed["value"])


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else -1


def _value(entity: str, value: Any, mask: Mask) -> str:
    return mask.entity(entity, value) if value is not None else ""


def _told(deps: Deps, effects: list[Effect], mask: Mask, turn: Message) -> list[dict[str, Any]]:
    """Each ledger change as a sentence, with what a form ticks for it."""
    year = turn.created_at.astimezone(TIMEZONE).year
    told = []
    for one in effects:
        sides = [words.shown_value(one.change, value, mask, deps.regions.name, year)
                 for value in (one.change.before, one.change.after)]  # fmt: skip
        where = gettext("登记里的") if one.table == "workers" else gettext("岗位里的")
        sentence = gettext("把%(where)s%(what)s从%(old)s改成%(new)s", where=where, what=label(words.COLUMNS, one.change.column),
                           old=sides[0], new=sides[1])  # fmt: skip
        doubt = "" if one.sure else gettext("登记不一定是从这句话来的")
        told.append({"key": one.key, "words": sentence, "sure": one.sure, "doubt": doubt})
    return told


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
