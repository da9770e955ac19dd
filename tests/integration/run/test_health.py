"""`/healthz`, `/readyz` and `/metrics` as the contract words them, with real neighbours on real ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.health import create_blueprint
from backend.services import heartbeat
from backend.services.deps import Deps
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.waiting import wait_for


class Neighbour:
    """Anything that answers 200 to everything, until it is put to sleep."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            status = 200

            def do_GET(self) -> None:
                self.send_response(Handler.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.handler = Handler
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, status: int) -> None:
        self.handler.status = status


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    one = Neighbour()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def watched(deps: Deps, neighbour: Neighbour) -> Deps:
    deps.settings = replace(deps.settings, rasa_url=neighbour.url, actions_url=neighbour.url, network_url=neighbour.url)
    return deps


def ask(deps: Deps, run: str = "first") -> FlaskClient:
    app = Flask("health")
    app.register_blueprint(create_blueprint(deps, run))
    return app.test_client()


def beat(deps: Deps, *names: str, **more: Any) -> None:
    with deps.db.write() as session:
        for name in names:
            heartbeat.beat(session, name, deps.clock(), **more)


def readyz(client: FlaskClient, until: Callable[[int, dict[str, Any]], bool]) -> tuple[int, dict[str, Any]]:
    """Ask until the answer fits: what was seen is kept for half a second, and on a busy machine a neighbour may be missed."""

    def fits() -> tuple[int, dict[str, Any]] | None:
        answer = client.get("/readyz")
        return (answer.status_code, answer.json) if until(answer.status_code, answer.json) else None

    return wait_for(fits, what="the answer changes")


def test_it_is_not_ready_before_every_dependency_has_been_up_once(watched: Deps) -> None:
    client = ask(watched)
    status, body = readyz(client, lambda _, b: b["degraded"] == ["scheduler", "worker"])
    assert (status, body["status"], body["awaited"]) == (503, "starting", ["scheduler", "worker"])
    beat(watched, "worker")
    status, _ = readyz(client, lambda _, b: b["awaited"] == ["scheduler"])
    assert status == 503
    beat(watched, "scheduler")
    _, body = readyz(client, lambda s, b: s == 200 and b["degraded"] == [])
    assert body == {"status": "ready", "degraded": [], "awaited": []}


def test_once_ready_a_dependency_that_goes_away_is_named_and_it_stays_ready(
    watched: Deps, neighbour: Neighbour, clock: SettableClock
) -> None:
    client = ask(watched)
    beat(watched, "worker", "scheduler")
    readyz(client, lambda s, _: s == 200)
    neighbour.answer(500)
    status, _ = readyz(client, lambda _, b: b["degraded"] == ["actions", "network", "rasa"])
    assert status == 200
    neighbour.answer(200)
    clock.advance(seconds=30)
    status, _ = readyz(client, lambda _, b: b["degraded"] == ["scheduler", "worker"])
    assert status == 200


def test_a_sibling_process_of_the_same_start_knows_what_has_been_seen_and_a_new_start_does_not(
    watched: Deps, neighbour: Neighbour
) -> None:
    beat(watched, "worker", "scheduler")
    readyz(ask(watched), lambda s, _: s == 200)
    neighbour.answer(500)
    sibling = ask(watched).get("/readyz")
    assert (sibling.status_code, sibling.json["degraded"]) == (200, ["actions", "network", "rasa"])
    assert ask(watched, "second").get("/readyz").status_code == 503


def test_a_turn_that_the_dialogue_engine_failed_shows_for_a_minute(watched: Deps, clock: SettableClock) -> None:
    client = ask(watched)
    beat(watched, "worker", "scheduler")
    beat(watched, "engine", ok=False)
    readyz(client, lambda s, b: s == 200 and b["degraded"] == ["engine"])
    clock.advance(seconds=61)
    beat(watched, "worker", "scheduler")
    readyz(client, lambda _, b: b["degraded"] == [])


def test_without_the_database_it_is_unavailable_again(watched: Deps) -> None:
    client = ask(watched)
    beat(watched, "worker", "scheduler")
    readyz(client, lambda s, _: s == 200)
    live, away = watched.db, Database("postgresql://nobody@127.0.0.1:9/none")
    watched.db = away
    _, body = readyz(client, lambda s, _: s == 503)
    assert body["status"] == "unavailable"
    assert "database" in body["degraded"]
    assert client.get("/healthz").status_code == 200
    away.close()
    watched.db = live
    readyz(client, lambda s, _: s == 200)


def test_metrics_count_what_is_stored_and_name_nobody(watched: Deps, make: Callable[[], Any]) -> None:
    with make() as f:
        worker = f.make_worker("覃水生", number="+8610000000777")
        f.make_message("我想找活")
        f.make_offer(f.make_opening(), worker, "accepted")
    answer = ask(watched).get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    assert 'linggong_messages{channel="sms",direction="inbound",status="received"} 1.0' in answer.text
    assert 'linggong_offers{status="accepted"} 1.0' in answer.text
    assert 'linggong_up{name="database"} 1.0' in answer.text
    for private in ("覃水生", "777", "找活"):
        assert private not in answer.text


def test_what_is_said_of_old_starts_is_forgotten(watched: Deps, clock: SettableClock) -> None:
    from sqlalchemy import select

    from backend.store.models import Heartbeat

    ask(watched, "long ago").get("/readyz")
    clock.advance(days=2)
    ask(watched, "now").get("/readyz")
    with watched.db.read() as session:
        names = set(session.scalars(select(Heartbeat.name).where(Heartbeat.name.startswith("ready:"))))
    assert names == {"ready:now"}
