"""The actions and the backend over real HTTP: the executor as Rasa calls it, the real route, the real database."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from flask import Flask
from sqlalchemy import select, update

from actions import backend_client
from actions.backend_client import BackendClient, BackendUnavailable, Performed
from actions.server import concrete_actions, make_executor
from backend.api import internal
from backend.services import acts
from backend.services.deps import Deps
from backend.store.models import Message, TurnEffect
from tests.support.ports import own_ports
from tests.support.served import served
from tests.support.waiting import wait_for

ROOT = Path(__file__).parents[2]
TOKEN = "turn-under-lease"


@pytest.fixture
def backend_url(deps: Deps) -> Iterator[str]:
    """The internal route on a real socket."""
    acts.load_all()
    app = Flask("internal")
    app.register_blueprint(internal.create_blueprint(deps))
    with served(app) as url:
        yield url


@pytest.fixture
def leased(make: Callable[[], Any], deps: Deps) -> Callable[..., int]:
    """Store an inbound text and put its turn under lease; returns the message's id."""

    def lease(body: str, token: str = TOKEN, number: str = "+8610000777001", **context: Any) -> int:
        with make() as f:
            f.make_station("500114")
            handset = f.make_handset(number)
            conversation = f.make_conversation(handset, context=context)
            message = f.make_message(body, conversation=conversation, status="processing", turn_token=token)
            message_id: int = message.id
        deps.regions.reload()
        return message_id

    return lease


def perform(url: str, token: str, act: str, turn_token: str = TOKEN, **more: Any) -> Performed:
    async def go() -> Performed:
        client = BackendClient(url, token)
        try:
            return await client.perform(turn_token=turn_token, act=act, **more)
        finally:
            await client.close()

    return asyncio.run(go())


def test_an_act_is_done_once_recorded_on_the_message_and_answered(
    backend_url: str, deps: Deps, leased: Callable[..., int]
) -> None:
    message_id = leased("老板跑了 欠我三千五")
    spans = [{"entity": "money", "start": 6, "end": 10, "value": "三千五"}, {"entity": "problem", "start": 0, "end": 4}]
    sent = {"intent": "report_problem", "confidence": 0.91, "entities": spans}
    first = perform(backend_url, deps.settings.actions_token, "report_problem", **sent)
    again = perform(backend_url, deps.settings.actions_token, "report_problem", **sent)
    assert first.answers[0]["kind"] == "case_opened"
    assert again == first
    with deps.db.read() as session:
        message = session.get_one(Message, message_id)
        assert (message.intent, message.confidence) == ("report_problem", 0.91)
        assert message.entities is not None
        assert {(e["entity"], e["value"]) for e in message.entities} == {("money", 3500), ("problem", "wage_arrears")}
        assert len(session.scalars(select(TurnEffect)).all()) == 1


def test_the_open_form_comes_back_with_its_question_and_no_words(
    backend_url: str, deps: Deps, leased: Callable[..., int]
) -> None:
    leased("我来登个记")
    done = perform(backend_url, deps.settings.actions_token, "register", intent="register_worker", confidence=0.9)
    assert (done.form, done.requested_slot) == ("registration_form", "registration_person_name")


def test_the_token_of_another_turn_or_one_no_longer_leased_can_do_nothing(
    backend_url: str, deps: Deps, leased: Callable[..., int]
) -> None:
    leased("你好")
    with pytest.raises(BackendUnavailable, match="404"):
        perform(backend_url, deps.settings.actions_token, "greet", turn_token="another")
    with deps.db.write() as session:
        session.execute(update(Message).values(turn_token=None))
    with pytest.raises(BackendUnavailable, match="404"):
        perform(backend_url, deps.settings.actions_token, "greet")
    with deps.db.read() as session:
        assert session.scalars(select(TurnEffect)).all() == []


@pytest.mark.parametrize("act", ["choose", "menu", "undo_profile", "wrong_person", "no_such_act"])
def test_acts_that_only_a_key_press_may_cause_are_refused(
    backend_url: str, deps: Deps, leased: Callable[..., int], act: str
) -> None:
    leased("1")
    with pytest.raises(BackendUnavailable):
        perform(backend_url, deps.settings.actions_token, act)


def test_a_wrong_token_a_proxy_and_a_body_that_is_no_json_are_refused(
    backend_url: str, deps: Deps, leased: Callable[..., int]
) -> None:
    leased("你好")
    address = f"{backend_url}/internal/turns/{TOKEN}/acts/greet"
    right = {"Authorization": f"Bearer {deps.settings.actions_token}"}
    with httpx.Client(trust_env=False) as client:
        assert client.post(address, json={}).status_code == 401
        assert client.post(address, json={}, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.post(address, json={}, headers={"Authorization": "Bearer ключ".encode()}).status_code == 401
        assert client.post(address, json={}, headers={**right, "X-Forwarded-For": "127.0.0.1"}).status_code == 404
        assert client.post(address, content=b"{", headers=right).status_code == 422
        assert client.post(address, json=[1], headers=right).status_code == 422
        assert client.get(address, headers=right).status_code == 405


@pytest.mark.parametrize(
    "spans",
    [
        [{"entity": "age", "start": 0, "end": 9999}], [{"entity": "age", "start": -5, "end": 1}], [{"entity": 7}], ["x"],
        "not a list", [{"entity": "age", "start": "0", "end": "2"}], [{"entity": "no_such_entity", "start": 0, "end": 1}],
        [{"entity": "age", "start": 0, "end": 2}] * 5000,
    ],
)  # fmt: skip
def test_spans_that_make_no_sense_are_left_out(
    backend_url: str, deps: Deps, leased: Callable[..., int], spans: Any
) -> None:
    leased("五十八")
    done = perform(backend_url, deps.settings.actions_token, "greet", intent="greet", entities=spans)
    assert done.answers[0]["kind"] == "greeting"


def test_a_phone_number_never_reached_the_engine_yet_its_digits_are_the_value(
    backend_url: str, deps: Deps, leased: Callable[..., int]
) -> None:
    message_id = leased("我叫冉光荣 电话13800001234")
    spans = [{"entity": "phone_number", "start": 8, "end": 19}, {"entity": "person_name", "start": 2, "end": 5}]
    perform(backend_url, deps.settings.actions_token, "register", intent="register_worker", entities=spans)
    with deps.db.read() as session:
        found = {e["entity"]: e["value"] for e in session.get_one(Message, message_id).entities or []}
    assert found == {"phone_number": "13800001234", "person_name": "冉光荣"}


# -- the actions themselves, as Rasa calls them -----------------------------------------------------------------------
def call(
    action: str, *, events: list[dict[str, Any]] | None = None, intent: str = "greet", **tracker: Any
) -> dict[str, Any]:
    return {
        "next_action": action,
        "sender_id": TOKEN,
        "version": "3.6.21",
        "domain": {"forms": {"registration_form": {"required_slots": ["registration_person_name"]}}},
        "tracker": {
            "sender_id": TOKEN,
            "slots": {},
            "latest_message": {"intent": {"name": intent, "confidence": 0.9}, "entities": [], "text": "你好"},
            "events": events or [],
            "active_loop": {},
            **tracker,
        },
    }


def run(calls: list[dict[str, Any]], url: str, token: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setenv("BACKEND_URL", url)
    monkeypatch.setenv("ACTIONS_TOKEN", token)

    async def go() -> list[Any]:
        monkeypatch.setattr(backend_client, "_client", None)
        executor = make_executor()
        results = [await executor.run(one) for one in calls]
        await backend_client.client().close()
        monkeypatch.setattr(backend_client, "_client", None)
        return results

    return asyncio.run(go())


def test_an_action_utters_the_structured_answer_and_nothing_else(
    backend_url: str, deps: Deps, leased: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    leased("你好")
    [result] = run([call("action_greet")], backend_url, deps.settings.actions_token, monkeypatch)
    [response] = result.responses
    assert response["custom"]["kind"] == "greeting"
    assert not response["text"]
    assert result.events == []


def test_with_the_backend_away_an_action_says_nothing_and_does_not_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = [{"event": "user"}, {"event": "active_loop", "name": "registration_form"}]
    calls = [call("action_greet"), call("validate_registration_form", events=forms)]
    results = run(calls, "http://127.0.0.1:9", "token", monkeypatch)
    assert [result.responses for result in results] == [[], []]


def test_the_session_starts_with_what_the_conversation_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "form": "registration_form",
        "requested_slot": "registration_age",
        "slots": {"registration_person_name": "given", "unknown_slot": "given"},
    }
    slots = {"session_started_metadata": told, "registration_person_name": None}
    [result] = run([call("action_session_start", slots=slots)], "http://127.0.0.1:9", "token", monkeypatch)
    brief = [(event["event"], event.get("name"), event.get("value")) for event in result.events]
    assert brief == [
        ("session_started", None, None),
        ("slot", "registration_person_name", "given"),
        ("active_loop", "registration_form", None),
        ("slot", "requested_slot", "registration_age"),
        ("action", "action_listen", None),
    ]


@pytest.mark.parametrize("told", [None, "text", {"form": "no_such_form"}, {"slots": None, "form": 7}])
def test_metadata_of_another_shape_starts_a_plain_session(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slots = {"session_started_metadata": told}
    [result] = run([call("action_session_start", slots=slots)], "http://127.0.0.1:9", "token", monkeypatch)
    assert [event["event"] for event in result.events] == ["session_started", "action"]


def test_the_server_never_gives_back_the_tracker_when_something_breaks(tmp_path: Path) -> None:
    with httpx.Client(trust_env=False, timeout=30) as client, open(tmp_path / "log", "wb") as log:
        port = own_ports()
        environment = {**os.environ, "PORT": str(port), "BACKEND_URL": "http://127.0.0.1:9", "ACTIONS_TOKEN": "token"}
        process = subprocess.Popen(
            [sys.executable, "-m", "actions"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"

            def up() -> bool:
                try:
                    return client.get(f"{url}/health").status_code == 200
                except httpx.HTTPError:
                    return False

            wait_for(up, what="the action server answers")
            canary = "王秀英13800001234"
            broken = [
                {"next_action": "action_greet", "tracker": {"text": canary}},
                {"next_action": "no_such_action", "tracker": {"text": canary}},
                call("action_greet", latest_message={"text": canary, "intent": None}),
            ]
            for body in broken:
                answer = client.post(f"{url}/webhook", json=body)
                assert canary not in answer.text
            assert client.post(f"{url}/webhook", content=canary.encode()).status_code == 500
            with pytest.raises(httpx.ConnectError):
                client.get(f"http://127.0.0.2:{port}/health")  # bound to 127.0.0.1 alone
        finally:
            process.terminate()
            process.wait(20)
    assert canary not in (tmp_path / "log").read_text(encoding="utf-8")


# -- the two lists agree ----------------------------------------------------------------------------------------------
def test_every_action_of_the_domain_has_a_class_and_every_class_is_in_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["actions"]) == set(concrete_actions())


def test_every_act_an_action_asks_for_is_one_the_backend_lets_it_do() -> None:
    acts.load_all()
    asked: set[str] = {"resume_form"}
    for action in concrete_actions().values():
        asked |= {getattr(action, name) for name in ("act", "start_act", "note_act") if hasattr(action, name)}
    assert asked == internal.ENGINE_ACTS
    assert acts.names() >= internal.ENGINE_ACTS


def test_every_intent_has_a_rule() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    steps = [
        step
        for path in (ROOT / "bot/data/rules").glob("*.yml")
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        for step in rule["steps"]
    ]
    assert {step["intent"] for step in steps if "intent" in step} == {*domain["intents"], "nlu_fallback"}
