"""`/phone`: a handset in the browser. The web process mounts it in the demo profile only.

The page talks to its own origin; this blueprint hands the requests on to the network on loopback. Anyone who can open
the page can text and call as any number: that is its purpose, and why it exists in the demo profile alone.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from flask import Blueprint, Response, jsonify, render_template, request

Gloss = Callable[[str, str], str | None]
MAX_BODY_BYTES = 2 * 1024 * 1024
NUMBER = r"\+[1-9]\d{6,14}"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
AWAY = "模拟电话网没有开着，稍等一下再试。The simulated phone network is not running."


def create_blueprint(
    network_url: str,
    people: Callable[[], list[dict[str, Any]]],
    gloss: Gloss | None = None,
    words: Callable[[str], str | None] | None = None,
) -> Blueprint:
    """Return the blueprint for `/phone`.

    `people()`: invented demo people, each `{"number": "+86100…", "name", "village", "age"}`; `age` may be None.
    `gloss(kind, id)`: an English line for something the service said, or None. `kind` is `sms` with the carrier's
    message id, or `call` with `<call sid> <what was said>`. `words(file)`: what a recorded prompt's file says, or None.
    The web process must serve requests in threads: while a call is under way here, the network calls the same process
    back for TwiML.
    """
    page = Blueprint(
        "phone", __name__, url_prefix="/phone", template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    network = httpx.Client(base_url=network_url.rstrip("/"), trust_env=False, timeout=40)

    def hand_on(path: str, timeout_s: float = 40.0) -> Response:
        """Repeat the request at the network and return its answer; the browser's own headers stay here."""
        options: dict[str, Any] = {}
        if request.method in {"POST", "PUT"}:
            options["json"] = request.get_json(silent=True) or {}
        try:
            answer = network.request(request.method, path, params=_after(), timeout=timeout_s, **options)
        except httpx.HTTPError:
            return _problem(502, AWAY)
        return Response(answer.content, answer.status_code, mimetype="application/json")

    def _after() -> dict[str, str]:
        # No long waits through the web process: each would hold one of its threads.
        after = request.args.get("after", "")
        return {"after": after} if after.isdigit() else {}

    @page.before_request
    def only_the_page_itself() -> Response | None:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        # Another site's page can send a form, never JSON with our origin.
        origin = urlsplit(request.headers.get("Origin", ""))
        if not request.is_json or (origin.netloc and origin.netloc != request.host):
            return _problem(403, "只有这个页面自己能用这部电话。Only this page may use the phone.")
        if (request.content_length or 0) > MAX_BODY_BYTES:
            return _problem(413, "内容太长了。That is too long.")
        return None

    @page.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.endpoint != "phone.static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @page.get("/", strict_slashes=False)
    def handset() -> str:
        return render_template("phone_network/handset.html")

    @page.get("/api/people")
    def list_people() -> Response:
        return jsonify({"items": people()})

    @page.get("/api/line")
    def show_line() -> Response:
        return hand_on("/line", 5.0)

    @page.get("/api/voice")
    def speak() -> Response:
        """The words as sound, by the network's own voice; for browsers that have no Chinese one."""
        asked = {"text": request.args.get("text", "")[:300], "pace": str(request.args.get("pace", 80, type=int))}
        try:
            answer = network.get("/voice", params=asked, timeout=10.0)
        except httpx.HTTPError:
            return _problem(502, AWAY)
        if answer.status_code != httpx.codes.OK:
            return _problem(404, "没有声音。There is no voice.")
        return Response(answer.content, mimetype="audio/wav")

    @page.get("/api/words")
    def show_words() -> Response:
        return jsonify({"words": words(request.args.get("file", "")[:80]) if words else None})

    @page.get("/api/gloss")
    def show_gloss() -> Response:
        kind, key = request.args.get("kind", ""), request.args.get("id", "")
        known = gloss is not None and kind in {"sms", "call"} and 0 < len(key) <= 5000
        return jsonify({"gloss": gloss(kind, key) if gloss and known else None})

    @page.route("/api/handsets/<number>/<what>", methods=["GET", "POST"])
    def use_handset(number: str, what: str) -> Response:
        if not re.fullmatch(NUMBER, number) or what not in {"texts", "calls"}:
            return _problem(404, "没有这个号码。There is no such number.")
        return hand_on(f"/handsets/{quote(number)}/{what}")

    @page.route("/api/handsets/<number>", methods=["GET", "PUT"])
    def habits(number: str) -> Response:
        """What this handset does when the line rings it."""
        if not re.fullmatch(NUMBER, number):
            return _problem(404, "没有这个号码。There is no such number.")
        return hand_on(f"/handsets/{quote(number)}")

    @page.get("/api/calls/<sid>/events")
    def call_events(sid: str) -> Response:
        return hand_on(f"/calls/{quote(sid, safe='')}/events", 10.0)

    @page.post("/api/calls/<sid>/<any(digits, speech, silence, hangup, answer, decline):what>")
    def act_in_call(sid: str, what: str) -> Response:
        return hand_on(f"/calls/{quote(sid, safe='')}/{what}")

    return page


def _problem(status: int, detail: str) -> Response:
    response = jsonify({"status": status, "detail": detail})
    response.status_code = status
    return response
