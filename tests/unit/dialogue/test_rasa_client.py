"""RasaEngine over a real socket: what counts as an answer, the deadline, the circuit breaker (D1–D3)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from backend.dialogue.base import EngineUnavailable
from backend.dialogue.rasa import Breaker, RasaEngine


class Server:
    """A tiny HTTP server that answers every request with `body`; remembers what it was asked."""

    def __init__(self) -> None:
        self.body: bytes = b"[]"
        self.status = 200
        self.hold = threading.Event()
        self.hold.set()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, sent))
                outer.hold.wait(10)
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                try:
                    self.wfile.write(outer.body)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def says(self, body: Any, status: int = 200) -> None:
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = status

    def close(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def engine(server: Server) -> Iterator[RasaEngine]:
    made = RasaEngine(server.url, "secret")
    yield made
    made.close()


ANSWER = {"kind": "greeting", "known": False}


def turn(engine: RasaEngine, deadline_s: float = 30.0) -> list[dict[str, Any]]:
    return engine.turn("你好", "tok-1", {"form": None}, deadline_s)


def test_a_turn_gives_the_structured_answers_of_its_actions(server: Server, engine: RasaEngine) -> None:
    server.says([{"recipient_id": "tok-1", "custom": ANSWER}])
    assert turn(engine) == [ANSWER]
    path, sent = server.asked[0]
    assert path == "/webhooks/rest/webhook?token=secret"
    assert sent == {"sender": "tok-1", "message": "你好", "metadata": {"form": None}}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([], id="empty list with status 200"),
        pytest.param([{"recipient_id": "tok-1", "text": "CONFIRMED 777"}], id="text without data"),
        pytest.param([{"recipient_id": "another", "custom": ANSWER}], id="for another turn"),
        pytest.param([{"recipient_id": "tok-1", "custom": {"no": "kind"}}], id="data without a kind"),
        pytest.param({"error": "x"}, id="an object"),
        pytest.param([1, 2], id="a list of numbers"),
        pytest.param(b"<html>502</html>", id="HTML"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[" * 5000, id="nested without end"),
        pytest.param(b'["' + b"x" * (300 * 1024) + b'"]', id="far too large"),
    ],
)
def test_anything_but_our_own_answer_is_a_failed_turn(server: Server, engine: RasaEngine, body: Any) -> None:
    server.says(body)
    with pytest.raises(EngineUnavailable):
        turn(engine)


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_an_error_status_is_a_failed_turn_even_with_an_answer_in_it(
    server: Server, engine: RasaEngine, status: int
) -> None:
    server.says([{"recipient_id": "tok-1", "custom": ANSWER}], status)
    with pytest.raises(EngineUnavailable):
        turn(engine)


def test_a_wedged_engine_is_given_up_at_the_deadline(server: Server, engine: RasaEngine) -> None:
    server.hold.clear()
    began = time.monotonic()
    with pytest.raises(EngineUnavailable, match="too slow"):
        turn(engine, deadline_s=0.3)
    assert time.monotonic() - began < 4.0  # sooner than any client gives up by itself


def test_an_absent_engine_is_unavailable_at_once() -> None:
    engine = RasaEngine("http://127.0.0.1:9", "secret")
    with pytest.raises(EngineUnavailable, match="could not be reached"):
        turn(engine)
    engine.close()


def test_after_three_failures_it_is_not_asked_again_for_five_seconds_then_once(server: Server) -> None:
    now = [100.0]
    engine = RasaEngine(server.url, "secret", make_breaker=lambda: Breaker(monotonic=lambda: now[0]))
    server.says([])
    for _ in range(3):
        with pytest.raises(EngineUnavailable):
            turn(engine)
    with pytest.raises(EngineUnavailable, match="not asked again"):
        turn(engine)
    assert len(server.asked) == 3
    now[0] += 5.1
    server.says([{"recipient_id": "tok-1", "custom": ANSWER}])
    assert turn(engine) == [ANSWER]  # the trial succeeds: closed again
    server.says([])
    with pytest.raises(EngineUnavailable, match="no answer"):
        turn(engine)
    engine.close()


def test_a_failed_trial_keeps_the_breaker_open(server: Server) -> None:
    now = [0.0]
    engine = RasaEngine(server.url, "secret", make_breaker=lambda: Breaker(monotonic=lambda: now[0]))
    server.says([])
    for _ in range(3):
        with pytest.raises(EngineUnavailable):
            turn(engine)
    now[0] += 5.1
    with pytest.raises(EngineUnavailable, match="no answer"):
        turn(engine)
    with pytest.raises(EngineUnavailable, match="not asked again"):
        turn(engine)
    engine.close()


def test_failing_turns_do_not_stop_sentences_from_being_read(server: Server, engine: RasaEngine) -> None:
    server.says([])
    for _ in range(4):
        with pytest.raises(EngineUnavailable):
            turn(engine)
    server.says({"intent": {"name": "greet", "confidence": 0.9}, "entities": [], "intent_ranking": []})
    assert engine.parse("你好", 2.0).intent == "greet"


def test_a_reading_gives_spans_of_the_text_that_was_sent(server: Server, engine: RasaEngine) -> None:
    server.says(
        {
            "intent": {"name": "search_jobs", "confidence": 0.8},
            "entities": [
                {"entity": "job_type", "start": 1, "end": 4, "value": "whatever"},
                {"entity": "date", "start": 3, "end": 99},  # outside the text: dropped
            ],
            "intent_ranking": [{"name": "search_jobs", "confidence": 0.8}, {"name": "greet", "confidence": 0.1}],
        }
    )
    parsed = engine.parse("找摘果子", 2.0)
    assert parsed.spans == [{"entity": "job_type", "start": 1, "end": 4, "text": "摘果子"}]
    assert parsed.ranking[0] == ("search_jobs", 0.8)


@pytest.mark.parametrize(
    "body", [{}, [], {"intent": None, "entities": []}, {"intent": {"name": "x"}, "entities": [{}]}]
)
def test_a_reading_of_another_shape_is_unavailable(server: Server, engine: RasaEngine, body: Any) -> None:
    server.says(body)
    with pytest.raises(EngineUnavailable):
        engine.parse("你好", 2.0)


def test_nothing_recognised_is_out_of_scope(server: Server, engine: RasaEngine) -> None:
    server.says({"intent": {"name": None, "confidence": 0.0}, "entities": []})
    assert engine.parse("嗯哼", 2.0).intent == "out_of_scope"
