"""The carrier's voice webhooks. Whatever happens, a call gets valid TwiML with a spoken sentence and a way on.

Every request is signed (the guard refuses the rest with 403 and stores nothing). The turn's address carries the call and
a one-use nonce: the same turn again gets the same bytes and has no second effect (I3).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import structlog
from flask import Blueprint, Response, request

from backend.domain.case_rules import is_open
from backend.domain.phone import to_e164
from backend.errors import NotFound
from backend.services import callback
from backend.services.call_turns import FINAL, Heard
from backend.services.deps import Deps
from backend.webhook_guard import signed
from ivr import placed_webhooks, staff_webhooks, turns
from ivr.hearing import confidence, keys_or_words
from ivr.prompts import catalogue
from ivr.recorded import shelf
from ivr.steps import DialEnded, Recorded
from ivr.twiml import MIME, apology

log = structlog.get_logger()

MOST_ERRORS = 3
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
SILENCE = "(没出声)"


def create_blueprint(deps: Deps) -> Blueprint:
    """`POST /twilio/voice` and the steps its TwiML leads to, in Twilio's form fields.

    Incoming: CallSid=CA…&From=%2B8610000000001&To=…&CallStatus=ringing&Direction=inbound. Steps: `turn` (Digits or
    SpeechResult + Confidence), `recorded` (RecordingUrl, Digits), `dial` (DialCallStatus), each with `?call=&n=`;
    `status` (CallStatus) and `fallback` (ErrorCode, ErrorUrl).
    """
    blueprint = Blueprint("voice", __name__, url_prefix="/twilio/voice")
    guard = signed(deps)

    @blueprint.before_request
    def refuse_unsigned() -> Response | None:
        # A recorded prompt says nothing about anybody, and players fetch it with a plain GET.
        return None if request.endpoint == "voice.audio" else guard()

    @blueprint.post("")
    def incoming() -> Response:
        number = to_e164(request.form.get("From", ""))
        if number is None:
            return _twiml(_hidden_number(deps))
        return _answer(deps, lambda: turns.incoming(deps, _sid(), number))

    @blueprint.post("/turn")
    def gathered() -> Response:
        digits, words = request.form.get("Digits", ""), request.form.get("SpeechResult", "").strip()
        sure = confidence(request.form.get("Confidence")) if words and not digits else None
        heard = Heard(digits or words or SILENCE, keys=digits, confidence=sure)
        return _turn(deps, lambda state, world: keys_or_words(deps, state, world, digits, words, sure), heard)

    @blueprint.post("/recorded")
    def recorded() -> Response:
        # After an error of ours the address itself brings the recording back.
        url, key = request.form.get("RecordingUrl") or request.args.get("kept", ""), request.form.get("Digits", "")
        key = "" if request.args.get("kept") else key
        if not url:
            return _turn(deps, lambda state, world: keys_or_words(deps, state, world, "", ""), Heard(SILENCE))
        heard = Heard("(录音)", keys="" if key == "hangup" else key, recording_url=url)
        return _turn(deps, lambda state, world: Recorded(url, key), heard)

    @blueprint.post("/dial")
    def dialled() -> Response:
        status = request.form.get("DialCallStatus", "failed")
        return _turn(deps, lambda state, world: DialEnded(status), Heard(f"(转人工:{status})"[:40]))

    @blueprint.post("/status")
    def progress() -> Response:
        status = request.form.get("CallStatus", "")[:32].replace("\x00", "")
        number = to_e164(request.form.get("From", ""))
        if not turns.ended(deps, _sid(), status) and status in FINAL and number is not None:
            # It ended before the line ever answered: a missed call (V15).
            callback.missed(deps, sid=_sid(), number=number)
        return Response(status=204)

    @blueprint.post("/fallback")
    def fallback() -> Response:
        """Where the carrier goes when our TwiML could not be used, and the caller after an error of ours: never an answer."""
        log.warning("voice_fallback", code=request.form.get("ErrorCode", "")[:8])

        def go_on() -> str:
            if request.form.get("Digits") == "0" and (hotline := _hotline(deps)):
                return apology(catalogue()["emergency_now"].zh, None, hotline=hotline)
            try:
                return turns.ask_again(deps, _sid())
            except NotFound:  # the very first webhook had failed
                if request.form.get("Direction", "inbound") != "inbound":
                    raise  # a call of ours: which one, this address does not say
                number = to_e164(request.form.get("From", ""))
                return turns.incoming(deps, _sid(), number) if number else _hidden_number(deps)

        return _answer(deps, go_on)

    placed_webhooks.register(blueprint, deps, _answer)
    staff_webhooks.register(blueprint, deps, _answer)

    @blueprint.get("/audio/<region>/<version>/<stem>.wav")
    def audio(region: str, version: str, stem: str) -> Response:
        found = shelf(deps).at(region, version, stem)
        if found is None:
            return Response("no recording", 404, content_type="text/plain; charset=utf-8")
        try:
            answer = Response(found.path.read_bytes(), mimetype="audio/wav")
        except FileNotFoundError:  # taken away this very moment
            return Response("no recording", 404, content_type="text/plain; charset=utf-8")
        answer.set_etag(found.version)
        answer.make_conditional(request, accept_ranges=True, complete_length=answer.content_length)
        # The address changes with the recording, so that a carrier may keep it for ever and never plays an old one.
        answer.headers["Cache-Control"] = KEPT_FOR_EVER if found.version == version else "no-store"
        return answer

    return blueprint


def _sid() -> str:
    return request.form.get("CallSid", "")[:64].replace("\x00", "")


def _turn(deps: Deps, heard_as: turns.HeardAs, heard: Heard) -> Response:
    call_id, nonce = request.args.get("call", ""), request.args.get("n", "")[:64]

    def go_on() -> str:
        if not call_id.isascii() or not call_id.isdigit() or len(call_id) > 18:
            raise NotFound("There is no such call.")
        return turns.next_turn(deps, _sid(), int(call_id), nonce, heard_as, heard)

    return _answer(deps, go_on)


def _answer(deps: Deps, make_twiml: Callable[[], str]) -> Response:
    """The TwiML, or for an error of ours a sentence, the same turn again by key, and a person (DESIGN §3.8)."""
    try:
        return _twiml(make_twiml())
    except NotFound:
        log.warning("voice_unknown_call", path=request.path)
        return _twiml(apology(catalogue()["error_end"].zh, None))
    except Exception:
        log.exception("voice_turn_failed", path=request.path)
    tries = int(request.args["e"][:3]) if request.args.get("e", "").isdecimal() else 0
    if request.form.get("Digits") == "0" or tries + 1 >= MOST_ERRORS:
        return _twiml(apology(catalogue()["error_end"].zh, None, hotline=_hotline(deps)))
    # The key pressed after an apology is no answer to the question before it, so it goes elsewhere; but what was
    # recorded must not get lost, so its address is tried again.
    again = {"e": str(tries + 1)}
    path = "/twilio/voice/fallback"
    if request.form.get("RecordingUrl") or request.args.get("kept"):
        path, again = request.path, {**request.args.to_dict(), **again}
        again["kept"] = request.form.get("RecordingUrl") or request.args["kept"]
    return _twiml(apology(catalogue()["error"].zh, f"{deps.settings.public_base_url}{path}?{urlencode(again)}"))


def _hotline(deps: Deps) -> str:
    """The home market's hotline if somebody is there now; the store may be what is broken, so "" is an answer, too."""
    try:
        station = deps.regions.station_for(None)
    except Exception:
        log.exception("no_station_to_call")
        return ""
    return str(station["hotline"] or "") if is_open(deps.clock(), station["opens_at"], station["closes_at"]) else ""


def _hidden_number(deps: Deps) -> str:
    """Without a number there is no conversation to keep: a person, or what to do."""
    hotline = _hotline(deps)
    return apology(catalogue()["no_number" if hotline else "no_number_end"].zh, None, hotline=hotline)


def _twiml(document: str) -> Response:
    return Response(document, content_type=MIME)
