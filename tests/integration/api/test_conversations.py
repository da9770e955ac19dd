"""What was said, over HTTP: messages, conversations, cases, and what a text would mean (contract/service.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.dialogue.base import Parsed
from backend.store.models import Case, Message
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.fakes import FakeEngine

pytestmark = pytest.mark.usefixtures("county")
NUMBER = "+8610001000966"


def test_messages_of_a_number_come_oldest_first(api: FlaskClient, make: Any) -> None:
    with make() as f:
        talk = f.make_conversation(f.make_handset(NUMBER))
        asked = f.make_message("有活没得", conversation=talk)
        answered = f.make_message("有的", conversation=talk, direction="outbound", status="sent", in_reply_to=asked.id)
        f.make_message("别人的")
    items = api.get("/api/v1/messages", query_string={"phone": NUMBER}).get_json()["items"]
    assert [item["id"] for item in items] == [asked.id, answered.id]
    assert items[0] == {
        "id": asked.id,
        "direction": "inbound",
        "channel": "sms",
        "body": "有活没得",
        "status": "received",
        "phone": NUMBER,
        "conversation_id": talk.id,
        "in_reply_to": None,
        "created_at": items[0]["created_at"],
    }
    assert items[1]["in_reply_to"] == asked.id and items[0]["created_at"].endswith("Z")
    assert len(api.get("/api/v1/messages").get_json()["items"]) == 3
    assert api.get("/api/v1/messages", query_string={"phone": "+8610001000000"}).get_json()["items"] == []


def test_a_conversation_holds_texts_and_call_turns_in_order(api: FlaskClient, make: Any) -> None:
    with make() as f:
        talk = f.make_conversation(f.make_handset(NUMBER), region_code=f.make_region().code)
        f.make_message(
            "摘果子",
            conversation=talk,
            intent="search_jobs",
            confidence=0.9,
            entities=[{"entity": "job_type", "text": "摘果子", "value": "A04"}],
        )
        f.make_message("一", conversation=talk, channel="voice")
    body = api.get(f"/api/v1/conversations/{talk.id}").get_json()
    assert body["phone"] == NUMBER and body["region"] == "500114121002"
    assert [(turn["text"], turn["channel"]) for turn in body["turns"]] == [("摘果子", "sms"), ("一", "voice")]
    assert set(body["turns"][0]) >= {
        "text",
        "channel",
        "direction",
        "intent",
        "confidence",
        "entities",
        "corrected",
        "at",
    }
    assert body["turns"][0]["entities"] == [{"entity": "job_type", "text": "摘果子", "value": "A04"}]
    listed = api.get("/api/v1/conversations", query_string={"phone": NUMBER}).get_json()["items"]
    assert listed == [body]
    assert api.get("/api/v1/conversations/999999").status_code == 404


def test_cases_filter_by_status_and_kind(api: FlaskClient, make: Any, clock: SettableClock) -> None:
    with make() as f:
        worker = f.make_worker(number=NUMBER)
        message = f.make_message("老板跑了")
        for kind, status in (("wage_arrears", "open"), ("policy", "closed")):
            f.session.add(
                Case(
                    kind=kind,
                    status=status,
                    priority=2,
                    summary="老板跑了",
                    worker_id=worker.id,
                    source_message_id=message.id,
                    opened_at=clock(),
                    due_at=clock() + timedelta(days=1),
                )
            )
    [case] = api.get("/api/v1/cases?status=open").get_json()["items"]
    assert case["kind"] == "wage_arrears" and case["worker_id"] == worker.id and case["source_message_id"] == message.id
    assert set(case) >= {
        "id",
        "kind",
        "worker_id",
        "status",
        "priority",
        "summary",
        "opened_at",
        "due_at",
        "source_message_id",
    }
    assert [c["kind"] for c in api.get("/api/v1/cases?kind=policy").get_json()["items"]] == ["policy"]
    assert api.get(f"/api/v1/cases/{case['id']}").get_json() == case
    assert api.get("/api/v1/cases?status=lost").status_code == 422


def test_understanding_a_text_stores_nothing(api: FlaskClient, engine: FakeEngine, database: Database) -> None:
    engine.understands["有没得摘果子的活"] = Parsed(
        "search_jobs", 0.93, [{"entity": "job_type", "start": 3, "end": 6, "text": "摘果子"}]
    )
    body = api.post(
        "/api/v1/understand", json={"text": "有没得摘果子的活", "channel": "sms", "now": "2026-11-23T09:00:00+08:00"}
    ).get_json()
    assert body["intent"] == {"name": "search_jobs", "confidence": 0.93}
    assert body["entities"] == [{"entity": "job_type", "text": "摘果子", "value": "A04"}]
    assert body["normalized_text"] == "有没得摘果子的活"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "/search_jobs",
        "／restart",
        "😀" * 500,
        "长" * 30_000,
        "a\u202eb\u200d",
        "{{7*7}}",
        "١٢٣",
        "\n\r\t",
    ],
)
@pytest.mark.parametrize("away", [False, True])
def test_no_text_is_ever_answered_with_an_error(api: FlaskClient, engine: FakeEngine, text: str, away: bool) -> None:
    engine.away = away
    for channel in ("sms", "voice"):
        response = api.post("/api/v1/understand", json={"text": text, "channel": channel})
        assert response.status_code == 200
        assert set(response.get_json()) == {"intent", "entities", "normalized_text"}


@pytest.mark.parametrize(
    "body", [{}, {"text": 5}, {"text": "好", "channel": "fax"}, {"text": "好", "now": "soon"}, {"text": "好", "x": 1}]
)
def test_a_question_that_is_none_is_refused(api: FlaskClient, body: dict[str, Any]) -> None:
    assert api.post("/api/v1/understand", json=body).status_code == 422
