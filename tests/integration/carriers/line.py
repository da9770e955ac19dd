"""A tiny real line for the network to call: a Flask app on a real port that checks signatures and notes what it gets."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import make_server

from backend.carriers.twilio import TwilioCarrier

ACCOUNT, TOKEN, NUMBER = "AC" + "5" * 32, "a-test-token", "+8610000012333"
WORKER, STAFF = "+8610001110001", "+8610001110002"
Answer = str | tuple[str, int] | Response


class TestLine:
    """`answers` maps a path to what it returns; `seen` holds every request: path, form, headers, whether signed."""

    __test__ = False

    def __init__(self, port: int = 0, *, account: str = ACCOUNT, token: str = TOKEN) -> None:
        self._carrier = TwilioCarrier(account, token)
        self.seen: list[dict[str, Any]] = []
        self.answers: dict[str, Callable[[dict[str, str]], Answer] | Answer] = {}
        self.changed = threading.Condition()
        app = Flask("line")
        app.add_url_rule("/<path:path>", "take", self._take, methods=["GET", "POST"])
        self._server = make_server("127.0.0.1", port, app, threaded=True)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def start(self) -> "TestLine":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, path: str) -> Answer:
        form = request.form.to_dict()
        url = self.url + request.full_path.removesuffix("?")
        signed = self._carrier.verify(url, request.form.to_dict(flat=False), request.headers.get("X-Twilio-Signature"))
        entry = {"path": "/" + path, "args": request.args.to_dict(), "form": form, "signed": signed,
                 "token": request.headers.get("I-Twilio-Idempotency-Token"), "method": request.method}  # fmt: skip
        with self.changed:
            self.seen.append(entry)
            self.changed.notify_all()
        answer = self.answers.get("/" + path, ("", 204))
        answer = answer(form) if callable(answer) and not isinstance(answer, Response) else answer
        return Response(answer, mimetype="text/xml") if isinstance(answer, str) else answer

    def at(self, path: str) -> list[dict[str, Any]]:
        return [entry for entry in self.seen if entry["path"] == path]

    def wait_for(self, path: str, count: int = 1, seconds: float = 60.0) -> list[dict[str, Any]]:
        """Return the requests to `path` once there are `count` of them."""
        with self.changed:
            arrived = self.changed.wait_for(lambda: len(self.at(path)) >= count, seconds)
        assert arrived, f"{path} got {len(self.at(path))} of {count} requests"
        return self.at(path)
