"""The network's face to its customer: the part of Twilio's REST API (2010-04-01) that a line needs.

Basic auth with account SID and token, form fields in, Twilio's JSON and error codes out. One address is ours alone:
`References/<reference>.json`, a look-up by the `reference` a customer put into its status URL.
"""

import hmac
import re
import socket
import threading
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from backend.phone_network.calls import Calls
from backend.phone_network.faults import Fault, Faults
from backend.phone_network.line import API_VERSION, Line
from backend.phone_network.store import Store
from backend.phone_network.texts import Texts
from backend.phone_network.webhook import Request as Next

E164 = re.compile(r"\+[1-9]\d{6,14}")
CALL_TIMEOUT_S = (1, 600)
PAGE = 50


class RestError(Exception):
    """An answer in Twilio's error shape."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.retry_after_s: float | None = None


def create_blueprint(store: Store, line: Line, texts: Texts, calls: Calls, faults: Faults) -> Blueprint:
    """Return the blueprint; it is mounted at `/2010-04-01/Accounts/<account sid>`."""
    rest = Blueprint("rest", __name__, url_prefix=f"/{API_VERSION}/Accounts/<account>")

    @rest.before_request
    def authenticate() -> None:
        given = request.authorization
        account = (request.view_args or {}).pop("account", "")
        known = given is not None and given.type == "basic"
        user, password = (given.username or "", given.password or "") if given and known else ("", "")
        right = hmac.compare_digest(user.encode(), line.account_sid.encode())
        right &= hmac.compare_digest(password.encode(), line.auth_token.encode())
        if not right or account != line.account_sid:
            raise RestError(401, 20003, "Authenticate")

    @rest.errorhandler(RestError)
    def refuse(error: RestError) -> tuple[Response, int, dict[str, str]]:
        body = {"code": error.code, "message": str(error), "status": error.status,
                "more_info": f"https://www.twilio.com/docs/errors/{error.code}"}  # fmt: skip
        wait = {} if error.retry_after_s is None else {"Retry-After": f"{error.retry_after_s:g}"}
        return jsonify(body), error.status, wait

    @rest.post("/Messages.json")
    def send_text() -> tuple[Response, int]:
        to, body = request.form.get("To", ""), request.form.get("Body", "")
        sender = request.form.get("From") or request.form.get("MessagingServiceSid")
        if not to:
            raise RestError(400, 21604, "A 'To' phone number is required.")
        if not E164.fullmatch(to):
            raise RestError(400, 21211, "Invalid 'To' Phone Number.")
        if not sender:
            raise RestError(400, 21603, "A 'From' phone number is required.")
        if not sender.startswith("MG") and sender != line.number:
            raise RestError(400, 21606, "The 'From' phone number is not an SMS-capable number of this account.")
        if not body:
            raise RestError(400, 21602, "Message body is required.")
        if len(body) > 1600:
            raise RestError(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        fault = faults.take("send", to)
        before_taking(fault)
        spoilt = fault.do if fault and fault.do in {"undelivered", "failed"} else None
        text = texts.to_handset(to, body, status_url=request.form.get("StatusCallback"), spoilt=spoilt)
        after_taking(fault)
        return jsonify({**texts.resource(text), "status": "queued", "date_sent": None}), 201

    @rest.get("/Messages.json")
    def list_texts() -> Response:
        size = min(1000, max(1, request.args.get("PageSize", PAGE, type=int)))
        token = request.args.get("PageToken", "")
        before = int(token) if token.isdigit() else 2**62
        to, sender = request.args.get("To"), request.args.get("From")
        handset = next((number for number in (to, sender) if number and number != line.number), None)
        rows = store.list_texts(handset, line.number, before, size)
        if to and to != line.number:
            rows = [row for row in rows if row["direction"] == "to_handset"]
        following = None
        if len(rows) == size:
            filters = "".join(f"&{key}={value}" for key, value in (("To", to), ("From", sender)) if value)
            following = f"{request.path}?PageSize={size}&PageToken={rows[-1]['seq']}{filters}".replace("+", "%2B")
        return jsonify({
            "messages": [texts.resource(row) for row in rows], "page": 0, "page_size": size, "start": 0,
            "end": len(rows), "uri": request.path, "first_page_uri": request.path, "next_page_uri": following,
            "previous_page_uri": None,
        })  # fmt: skip

    @rest.get("/Messages/<sid>.json")
    def show_text(sid: str) -> Response:
        return jsonify(texts.resource(found(store.text(sid))))

    @rest.get("/References/<reference>.json")
    def show_by_reference(reference: str) -> Response:
        return jsonify(texts.resource(found(store.text_by_reference(reference))))

    @rest.get("/Messages/<sid>/Media/<media_sid>")
    def show_media(sid: str, media_sid: str) -> Response:
        media = found(store.media(media_sid))
        return Response(media["data"], mimetype=media["content_type"])

    @rest.post("/Calls.json")
    def place_call() -> tuple[Response, int]:
        to, form = request.form.get("To", ""), request.form
        if not E164.fullmatch(to):
            raise RestError(400, 21211, "Invalid 'To' Phone Number.")
        if form.get("From") != line.number:
            raise RestError(400, 21210, "The 'From' number is not a verified number of this account.")
        if not form.get("Url") and not form.get("Twiml"):
            raise RestError(400, 21205, "Url parameter is required.")
        fault = faults.take("call", to)
        before_taking(fault)
        call = calls.from_line(
            to, url=form.get("Url"), twiml=form.get("Twiml"), method=form.get("Method", "POST"),
            fallback_url=form.get("FallbackUrl"), status_url=form.get("StatusCallback"),
            status_events=" ".join(form.getlist("StatusCallbackEvent")) or "completed",
            machine_url=detection(form), time_limit_s=form.get("TimeLimit", type=int),
            timeout_s=min(CALL_TIMEOUT_S[1], max(CALL_TIMEOUT_S[0], form.get("Timeout", 60, type=int))),
        )  # fmt: skip
        after_taking(fault)
        return jsonify({**calls.resource(found(store.call(call.sid))), "status": "queued"}), 201

    @rest.get("/Calls.json")
    def list_calls() -> Response:
        number = request.args.get("To") or request.args.get("From")
        rows = store.list_calls(None if number == line.number else number)
        return jsonify({"calls": [calls.resource(row) for row in rows], "page": 0, "page_size": len(rows),
                        "next_page_uri": None, "uri": request.path})  # fmt: skip

    @rest.get("/Calls/<sid>.json")
    def show_call(sid: str) -> Response:
        return jsonify(calls.resource(found(store.call(sid))))

    @rest.post("/Calls/<sid>.json")
    def change_call(sid: str) -> Response:
        found(store.call(sid))
        call = calls.get(sid)
        if request.form.get("Status") and (call is None or call.ended):
            raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if call and request.form.get("Status") in {"completed", "canceled"}:
            call.tell("cancel" if call.status == "ringing" else "hang_up", wait_s=2.0)
        elif call and request.form.get("Url"):
            call.tell("replace", Next(request.form["Url"], request.form.get("Method", "POST")), wait_s=2.0)
        return jsonify(calls.resource(found(store.call(sid))))

    @rest.get("/Recordings/<name>")
    def show_recording(name: str) -> Response:
        sid, _, kind = name.partition(".")
        recording = found(store.recording(sid))
        if kind in {"", "wav"}:
            return Response(recording["wav"], mimetype="audio/x-wav")
        if kind != "json":
            raise RestError(404, 20404, "This network keeps WAV only.")
        return jsonify({"sid": sid, "call_sid": recording["call_sid"], "duration": str(recording["duration_s"]),
                        "account_sid": line.account_sid, "status": "completed", "source": "RecordVerb",
                        "transcript": recording["words"]})  # fmt: skip

    @rest.delete("/Recordings/<name>")
    def delete_recording(name: str) -> tuple[str, int]:
        sid = name.partition(".")[0]
        found(store.recording(sid))
        store.delete_recording(sid)
        return "", 204

    return rest


def detection(form: MultiDict[str, str]) -> str | None:
    """Where to tell who has picked up. Only detection beside the talk is known here: the other kind holds the call up."""
    if form.get("MachineDetection") not in {"Enable", "DetectMessageEnd"}:
        return None
    if form.get("AsyncAmd", "false").lower() != "true":
        raise RestError(400, 21264, "This network detects machines asynchronously only: set AsyncAmd=true.")
    return form.get("AsyncAmdStatusCallback")


def found(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise RestError(404, 20404, "The requested resource was not found.")
    return row


def before_taking(fault: Fault | None) -> None:
    """Act out the trouble in which nothing is taken."""
    if fault is None:
        return
    if fault.do == "429":
        error = RestError(429, 20429, "Too Many Requests")
        error.retry_after_s = fault.retry_after_s
        raise error
    if fault.do in {"500", "503"}:
        raise RestError(int(fault.do), 20500, "Internal Server Error")
    if fault.do == "code":
        raise RestError(400, fault.code or 30008, "Refused by script.")
    if fault.do == "drop":
        hang_up_on_caller()


def after_taking(fault: Fault | None) -> None:
    """Act out the trouble in which the message is taken and the customer does not learn it (F6)."""
    if fault is None:
        return
    if fault.do == "timeout":
        threading.Event().wait(fault.delay_s)
    elif fault.do == "accept_then_drop":
        hang_up_on_caller()
    elif fault.do == "accept_then_500":
        raise RestError(500, 20500, "Internal Server Error")
    elif fault.do == "bad_body":
        raise BadBody


class BadBody(Exception):
    """200 with a body no client can read."""


def hang_up_on_caller() -> None:
    """Cut the TCP connection, as a dying process would."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise RestError(500, 20500, "cut off")
