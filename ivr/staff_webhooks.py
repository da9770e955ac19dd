"""A member of staff is rung, presses 1, and is joined with the person she rings back (see services/staff_call.py).

`POST /twilio/voice/staff?r=…` she picked up: TwiML · `…/staff/key` Digits · `…/staff/done` DialCallStatus, DialCallDuration.
Both numbers stay ours: the person sees the hotline, as `callerId`, and the member of staff was rung from it.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from backend.services import staff_call
from backend.services.deps import Deps
from ivr.twiml import ask_for_one, goodbye, join

MOST_ASKED = 3
_HELLO = "这里是零工热线。您要给一位乡亲回电话。按1马上接通，不打就挂机。"
_CONNECTING = "正在给您接通，请稍等。"
_OVER = {
    "answered": "通话结束了。请在后台记下结果。",
    "busy": "对方占线。请过一会儿再打。",
    "no-answer": "对方没有接。请过一会儿再打。",
    "failed": "没有打通。请在后台核对一下号码。",
}
_GONE = "这通电话已经过了时候。请在后台再按一次。"


def register(blueprint: Blueprint, deps: Deps, answer: Callable[[Deps, Callable[[], str]], Response]) -> None:
    """`answer` makes a response of TwiML, or of what went wrong while it was made."""

    @blueprint.post("/staff")
    def staff_picked_up() -> Response:
        return answer(deps, lambda: _ask(deps, 1))

    @blueprint.post("/staff/key")
    def staff_pressed() -> Response:
        return answer(deps, lambda: _pressed(deps))

    @blueprint.post("/staff/done")
    def staff_done() -> Response:
        def over() -> str:
            seconds = request.form.get("DialCallDuration", "")
            talked_s = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else 0
            status = request.form.get("DialCallStatus", "failed")[:32]
            return goodbye(_OVER.get(staff_call.talked(deps, _reference(), _sid(), status, talked_s), _GONE))

        return answer(deps, over)


def _ask(deps: Deps, time: int) -> str:
    with deps.db.write() as session:
        staff_call.of_ringing(session, _reference(), _sid())
    return ask_for_one(_HELLO, _address(deps, "/key", n=str(time)))


def _pressed(deps: Deps) -> str:
    if request.form.get("Digits") != "1":
        asked = request.args.get("n", "")
        times = int(asked) if asked in ("1", "2") else MOST_ASKED
        return _ask(deps, times + 1) if times < MOST_ASKED else goodbye("没有按键。要打就在后台再按一次。")
    number = staff_call.connect(deps, _reference(), _sid())
    if number is None:
        return goodbye(_GONE)
    return join(
        _CONNECTING, number, _address(deps, "/done"), caller_id=deps.settings.twilio_phone_number,
        time_limit_s=staff_call.TALK_S,
    )  # fmt: skip


def _address(deps: Deps, path: str, **more: str) -> str:
    return f"{deps.settings.public_base_url}/twilio/voice/staff{path}?{urlencode({'r': _reference(), **more})}"


def _sid() -> str:
    return request.form.get("CallSid", "")[:64].replace("\x00", "")


def _reference() -> str:
    return request.args.get("r", "")[:64].replace("\x00", "")
