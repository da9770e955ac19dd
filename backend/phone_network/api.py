"""The handset side of the network as JSON, for the handset page, the command line and tests. Loopback only.

    POST /handsets/<number>/texts   {"body": "…", "media": [{"content_type", "data_base64"}]}  → the text
    GET  /handsets/<number>/texts   ?after=<seq>&wait=<s>                                    → {"items": [text]}
    GET  /texts/<sid>                                                                        → the text
    POST /handsets/<number>/calls   {"patient": true}                                        → call state
    GET  /handsets/<number>/calls                                                            → {"items": [live calls]}
    GET, PUT /handsets/<number>     {"answers": "ring|answer|busy|no-answer|machine|off"}
    POST /calls/<sid>/digits {"digits"} · speech {"text", "confidence", "audio_base64"} · silence · hangup · answer · decline
    GET  /calls/<sid>/events        ?after=<seq>&wait=<s>                                    → call state
    GET  /line                                                                              → {"number", "voice"}
    GET  /voice                     ?text=<words>&pace=<percent>                             → WAV, 404 without a voice
    POST /faults {"where", "do", "times", "number", "code", "delay_s"} · DELETE /faults

A text: `seq, sid, direction (from_handset/to_handset), body, status, segments, created_at (seconds)`. A call state:
`sid, status, ended, waiting_for (input, recording, dial, bridge, speaking, null), events`, each event with `seq, at,
kind` and its own fields (see `executor.Event`). A POST to a call answers once its consequences have been heard.
"""

import base64
import binascii
import time
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from backend.phone_network.call import Call
from backend.phone_network.calls import Calls
from backend.phone_network.deliveries import Deliveries
from backend.phone_network.faults import Faults
from backend.phone_network.line import Line
from backend.phone_network.rest import E164
from backend.phone_network.store import Store
from backend.phone_network.texts import Texts, plain
from backend.phone_network.voice import Voice

MAX_WAIT_S = 25.0
KEYS = set("0123456789*#")
HABITS = {"ring", "answer", "busy", "no-answer", "machine", "off"}
SHOWN = (
    "seq",
    "sid",
    "direction",
    "handset",
    "line",
    "body",
    "media",
    "segments",
    "status",
    "error_code",
    "created_at",
)


def create_blueprint(
    store: Store, line: Line, texts: Texts, calls: Calls, faults: Faults, deliveries: Deliveries, voice: Voice
) -> Blueprint:
    api = Blueprint("api", __name__)

    @api.before_request
    def only_our_own() -> None:
        # A web page elsewhere must not reach a person's phone through their browser: pages send Origin or a foreign
        # Host, the handset page's server sends neither.
        host = request.host.rsplit(":", 1)[0].strip("[]")
        if "Origin" in request.headers or host not in {"127.0.0.1", "localhost", "::1"}:
            abort(403, "The network listens to programs on this machine only.")

    def handset(number: str) -> str:
        if not E164.fullmatch(number) or number == line.number:
            abort(404, "A handset has a number such as +8613800000000.")
        return number

    def body() -> dict[str, Any]:
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            if request.content_length:
                abort(400, "Send a JSON object.")
            return {}
        return given

    def call_of(sid: str) -> Call:
        call = calls.get(sid)
        if call is None:
            abort(404, "There is no such call.")
        return call

    def wait_s() -> float:
        return min(MAX_WAIT_S, max(0.0, request.args.get("wait", 0.0, type=float)))

    def state(call: Call, after: int) -> Response:
        return jsonify(call.since(after))

    @api.get("/healthz")
    def healthz() -> Response:
        return jsonify({"status": "ok", "owed": store.owed()})

    @api.get("/line")
    def show_line() -> Response:
        return jsonify({"number": line.number, "voice": voice.there})

    @api.get("/voice")
    def speak() -> Response:
        sound = voice.wav(request.args.get("text", ""), request.args.get("pace", 80, type=int))
        if sound is None:
            abort(404, "There is no voice here that could say this.")
        return Response(sound, mimetype="audio/wav")

    @api.post("/handsets/<number>/texts")
    def send_text(number: str) -> tuple[Response, int]:
        given = body()
        words, media = given.get("body", ""), given.get("media") or []
        if not isinstance(words, str) or not isinstance(media, list):
            abort(400, "`body` is a text, `media` a list.")
        text = texts.from_handset(handset(number), words, [one if isinstance(one, dict) else {} for one in media][:10])
        return jsonify(shown(text)), 201

    @api.get("/handsets/<number>/texts")
    def read_texts(number: str) -> Response:
        rows = store.wait_for_texts(handset(number), request.args.get("after", 0, type=int), wait_s())
        return jsonify({"items": [shown(row) for row in rows]})

    @api.get("/texts/<sid>")
    def show_text(sid: str) -> Response:
        return jsonify(shown(store.text(sid) or abort(404, "There is no such text.")))

    @api.get("/handsets/<number>")
    def show_handset(number: str) -> Response:
        return jsonify({"number": handset(number), "answers": store.answers(number)})

    @api.put("/handsets/<number>")
    def change_handset(number: str) -> Response:
        answers = body().get("answers")
        if answers not in HABITS:
            abort(400, f"`answers` is one of {', '.join(sorted(HABITS))}.")
        store.set_answers(handset(number), answers)
        return jsonify({"number": number, "answers": answers})

    @api.post("/handsets/<number>/calls")
    def start_call(number: str) -> tuple[Response, int]:
        for call in calls.live_at(handset(number)):
            # One telephone, one call: whoever dials again has left the last one, perhaps by closing the page.
            if call.direction == "inbound":
                call.tell("hang_up", wait_s=2.0)
        call = calls.from_handset(number, patient=bool(body().get("patient", True)))
        return state(call, 0), 201

    @api.get("/handsets/<number>/calls")
    def live_calls(number: str) -> Response:
        return jsonify({"items": [
            {"sid": call.sid, "status": call.status, "direction": call.direction,
             "from": call.parent.handset if call.parent else line.number}
            for call in calls.live_at(handset(number))
        ]})  # fmt: skip

    @api.get("/calls/<sid>/events")
    def events(sid: str) -> Response:
        return jsonify(call_of(sid).since(request.args.get("after", 0, type=int), wait_s()))

    @api.post("/calls/<sid>/<what>")
    def happen(sid: str, what: str) -> Response:
        call, given = call_of(sid), body()
        after = len(call.events)
        if what == "digits":
            digits = str(given.get("digits", ""))
            if not digits or len(digits) > 100 or not set(digits) <= KEYS:
                abort(400, "Keys are 0 to 9, * and #.")
            call.tell("press", digits)
        elif what == "speech":
            words = plain(str(given.get("text", ""))).strip()
            if not words or len(words) > 4000:
                abort(400, "Say something of at most 4,000 characters.")
            call.tell("speak", words, sound(given.get("audio_base64")), confidence(given.get("confidence")))
        elif what in {"silence", "answer", "decline"}:
            call.tell(what)
        elif what == "hangup":
            call.tell("hang_up")
        else:
            abort(404, "A call knows digits, speech, silence, hangup, answer and decline.")
        return state(call, after)

    @api.post("/faults")
    def add_fault() -> tuple[Response, int]:
        try:
            fault = faults.add(body())
        except (TypeError, ValueError) as error:
            abort(400, str(error))
        return jsonify({"where": fault.where, "do": fault.do, "times": fault.times}), 201

    @api.delete("/faults")
    def clear_faults() -> tuple[str, int]:
        faults.clear()
        return "", 204

    return api


def shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN if name in row} | {"age_s": round(time.time() - row["created_at"], 1)}


def confidence(given: Any) -> float | None:
    """How sure the recogniser is, 0 to 1; None: as sure as it mostly is."""
    return min(1.0, max(0.0, float(given))) if isinstance(given, int | float) else None


def sound(audio: Any) -> bytes | None:
    try:
        return base64.b64decode(audio, validate=True) if isinstance(audio, str) and audio else None
    except (binascii.Error, ValueError):
        return None
