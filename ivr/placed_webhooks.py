"""What the carrier asks and tells about a call we placed; each address carries the ringing's own reference (F6, I3).

`POST /twilio/voice/placed?r=…` answered: TwiML · `…/placed/status` CallStatus · `…/placed/machine` AnsweredBy.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from backend.services import follow_ringing
from backend.services.deps import Deps
from ivr import turns


def register(blueprint: Blueprint, deps: Deps, answer: Callable[[Deps, Callable[[], str]], Response]) -> None:
    """`answer` makes a response of TwiML, or of what went wrong while it was made."""

    @blueprint.post("/placed")
    def placed() -> Response:
        return answer(deps, lambda: turns.placed(deps, _sid(), _reference()))

    @blueprint.post("/placed/status")
    def placed_progress() -> Response:
        status = _form("CallStatus", 32)
        turns.ended(deps, _sid(), status)
        follow_ringing.receive_status(deps, _reference(), _sid(), status)
        return Response(status=204)

    @blueprint.post("/placed/machine")
    def placed_machine() -> Response:
        follow_ringing.machine_answered(deps, _reference(), _sid(), _form("AnsweredBy", 32))
        return Response(status=204)


def _sid() -> str:
    return _form("CallSid", 64)


def _reference() -> str:
    return request.args.get("r", "")[:64].replace("\x00", "")


def _form(name: str, longest: int) -> str:
    # PostgreSQL keeps no NUL, and asked for one it answers with an error.
    return request.form.get(name, "")[:longest].replace("\x00", "")
