"""Where the action server acts: one route, on loopback, for the turn now under lease and nothing else.

The token names a turn, not a person: with it revoked (the deadline passed, the menu has answered) nothing can be changed
any more. What an act changed and what it answered are written in one transaction keyed by the message (F3, F5).
"""

from __future__ import annotations

import hmac
import ipaddress
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select

from backend.dialogue import fallback, state
from backend.domain.spans import spans as find_spans
from backend.services import acts, not_sure
from backend.services.deps import Deps
from backend.services.turn import Facts, Turn
from backend.services.understand import prepare, values_of
from backend.settings import TIMEZONE
from backend.store.models import Message

log = structlog.get_logger()

# What Rasa's actions may ask for. Acts that only a key press or a numbered choice may cause are not among them, and no
# parameters are taken: text authorises nothing (DESIGN §3.3).
ENGINE_ACTS = frozenset(
    {
        "greet",
        "goodbye",
        "thank",
        "help",
        "repeat",
        "slower",
        "cancel",
        "affirm",
        "deny",
        "inform",
        "talk_to_human",
        "stop_messages",
        "resume_messages",
        "register",
        "note_registration",
        "resume_form",
        "find_jobs",
        "more_jobs",
        "job_details",
        "apply_job",
        "withdraw_application",
        "my_applications",
        "view_profile",
        "update_profile",
        "delete_profile",
        "set_availability",
        "post_job",
        "note_posting",
        "ask_policy",
        "sign_up_training",
        "register_return",
        "register_unemployment",
        "report_problem",
        "ask_market_info",
        "out_of_scope",
        "not_understood",
    }
)
# To an open question even a text the engine makes nothing of may be the answer: a rare name, a number.
NOTES = frozenset({"note_registration", "note_posting"})
NOT_UNDERSTOOD = frozenset({"out_of_scope", "nlu_fallback"})
MOST_SPANS = 60  # a message of 500 characters holds far fewer
MOST_READINGS = 10


def create_blueprint(deps: Deps) -> Blueprint:
    blueprint = Blueprint("internal", __name__, url_prefix="/internal")

    @blueprint.before_request
    def guard() -> Response | tuple[Response, int] | None:
        """Loopback and the actions' token; a request that came through a proxy is not from this machine."""
        forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        if forwarded or not _is_loopback(request.remote_addr):
            return _refuse(404)
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not hmac.compare_digest(shown.encode(), deps.settings.actions_token.encode()):
            return _refuse(401)
        return None

    @blueprint.post("/turns/<turn_token>/acts/<act>")
    def perform(turn_token: str, act: str) -> Response | tuple[Response, int]:
        """Do `act` for the turn.

        Takes `{"intent": "inform", "confidence": 0.93, "entities": [{"entity", "start", "end", "value"}],
        "ranking": [{"name", "confidence"}]}`, spans being positions in the text the engine was sent. Gives `{"answers": [...], "form": "registration_form"|null,
        "requested_slot": "registration_age"|null, "slots": {...}}`. 404: no such act, or the turn is not under lease.
        """
        body = request.get_json(silent=True)
        if act not in ENGINE_ACTS or act not in acts.names() or not isinstance(body, dict):
            return _refuse(404 if isinstance(body, dict) else 422)
        with deps.db.write() as session:
            # The row lock lets either this act or the revoking of the token come first, never both at once.
            message = session.scalar(select(Message).where(Message.turn_token == turn_token).with_for_update())
            if message is None:
                return _refuse(404)
            conversation = message.conversation
            if conversation.taken_by is not None:
                # A member of staff took over while the engine was thinking: the line does and says nothing any more.
                return _refuse(404)
            turn = Turn(
                deps=deps,
                session=session,
                now=deps.clock(),
                conversation=conversation,
                handset=conversation.handset,
                message=message,
                channel=message.channel,
            )
            facts = understood(turn, body)
            instead, facts = not_sure.settled(turn, act, facts)
            if instead in NOTES and facts.intent in NOT_UNDERSTOOD:
                facts = _bare_answer(turn, facts)
            answers = acts.perform(turn, act, facts, instead=instead)
            return jsonify(answers=answers, **state.restore(conversation.context))

    return blueprint


def understood(turn: Turn, body: dict[str, Any]) -> Facts:
    """Write down on the message what the engine made of it, and compute the values (the only place they come from)."""
    message = turn.message
    prepared = prepare(turn.deps, message.words, message.channel)
    intent = str(body.get("intent") or "")
    spans = [span for raw in _list(body.get("entities")) if (span := _span(raw, prepared.masked_text))]
    entities = values_of(
        prepared,
        intent,
        spans[:MOST_SPANS],
        message.created_at.astimezone(TIMEZONE),
        message.channel,
        turn.deps.regions.market_days(turn.conversation.region_code),
    )
    confidence = body.get("confidence")
    message.normalized_text = prepared.text
    message.intent = intent or None
    message.confidence = float(confidence) if isinstance(confidence, int | float) else None
    message.entities = [{"entity": e.entity, "text": e.text, "value": e.value} for e in entities]
    return Facts(
        entities=entities,
        intent=intent,
        ranking=_ranking(body.get("ranking")),
        spans=[{key: span[key] for key in ("entity", "start", "end")} for span in spans[:MOST_SPANS]],
    )


def _ranking(raw: Any) -> list[tuple[str, float]]:
    return [
        (one["name"], float(one["confidence"]))
        for one in _list(raw)[:MOST_READINGS]
        if isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("confidence"), int | float)
    ]


def _bare_answer(turn: Turn, facts: Facts) -> Facts:
    """The value of the very thing that was asked for, where it is most of what was said; else nothing new."""
    pending = turn.pending or {}
    prepared = prepare(turn.deps, turn.message.words, turn.channel)
    found = values_of(
        prepared, "inform", find_spans(prepared.masked_text), turn.message.created_at.astimezone(TIMEZONE), turn.channel,
        turn.deps.regions.market_days(turn.conversation.region_code),
    )  # fmt: skip
    asked = [
        entity
        for entity in found
        if entity.entity == pending.get("field") and 2 * len(entity.text) >= len(prepared.text.strip())
    ]
    _, params = fallback.answer(prepared.text, pending) or ("", {})
    return Facts(entities=asked, params=params, intent=facts.intent)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _span(raw: Any, text: str) -> dict[str, Any] | None:
    """A usable span of `text`; what the engine says an entity's value is does not count, only where it stands."""
    if not isinstance(raw, dict):
        return None
    start, end, entity = raw.get("start"), raw.get("end"), raw.get("entity")
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(entity, str)):
        return None
    if not 0 <= start < end <= len(text):
        return None
    return {"entity": entity, "start": start, "end": end, "text": text[start:end]}


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def _refuse(status: int) -> tuple[Response, int]:
    titles = {401: "The token is missing or wrong.", 404: "There is no such turn or act.", 422: "The body is not JSON."}
    response = jsonify(type="about:blank", title=titles[status], status=status)
    response.content_type = "application/problem+json"
    return response, status
