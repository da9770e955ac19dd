"""A person at a handset whose messages lead straight to an act, with the values already found."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.answers import Answer
from backend.domain.entities import Entity
from backend.services import acts
from backend.services.converse import converse
from backend.services.deps import Deps
from backend.services.people import handset_for
from backend.services.receive_message import conversation_for
from backend.services.turn import Facts, Turn
from backend.store.models import Conversation, Handset, Message
from tests.support.factories import Factories
from tests.support.fakes import FakeEngine


class Person:
    """Says things on one number; every `say` is one stored message and one act in its own transaction."""

    def __init__(self, deps: Deps, number: str) -> None:
        self.deps, self.number = deps, number
        self.last_message_id = 0

    def say(
        self,
        act: str,
        text: str = "",
        *,
        channel: str = "sms",
        intent: str | None = None,
        params: dict[str, Any] | None = None,
        **said: Any,
    ) -> list[Answer]:
        """`said`: entity name → value, or a list of values."""
        entities = [
            Entity(entity=name, text=str(value), value=value, start=0, end=0)
            for name, values in said.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        with self.deps.db.write() as session:
            now = self.deps.clock()
            handset = handset_for(session, self.deps, self.number, now)
            conversation = conversation_for(session, handset, now)
            message = Message(
                conversation_id=conversation.id, handset_id=handset.id, direction="inbound", channel=channel, body=text,
                normalized_text=text, status="processing", created_at=now,
            )  # fmt: skip
            session.add(message)
            session.flush()
            self.last_message_id = message.id
            turn = Turn(
                deps=self.deps, session=session, now=now, conversation=conversation, handset=handset, message=message,
                channel=channel,
            )  # fmt: skip
            return acts.perform(turn, act, Facts(entities=entities, params=params or {}, intent=intent or act))

    def answer(self, key: str, *, channel: str = "sms") -> list[Answer]:
        """Choose `key` among the options of the open question."""
        pending = self.context().get("pending") or {}
        option = pending["options"][key]
        return self.say(option["act"], key, channel=channel, params=option.get("params"))

    def context(self) -> dict[str, Any]:
        with self.deps.db.read() as session:
            conversation = conversation_of(session, self.number)
            return dict(conversation.context or {}) if conversation else {}


def conversation_of(session: Session, number: str) -> Conversation | None:
    return session.scalar(
        select(Conversation)
        .join(Handset, Handset.id == Conversation.handset_id)
        .where(Handset.number == number)
        .order_by(Conversation.id.desc())
        .limit(1)
    )


@pytest.fixture
def town(make: Callable[[], Any], deps: Deps) -> None:
    """兴泉社区 in 中塘镇, with the town's station open from half past eight to half past five."""
    acts.load_all()
    with make() as f:
        f.make_region()
        f.make_station("500114")
        f.make_station(
            "500114121", slug="zhongtang", kind="station", name="中塘镇零工驿站", short_name="中塘零工",
            opens_at="08:30", closes_at="17:30", address="中塘镇政府旁",
        )  # fmt: skip
    deps.regions.reload()


@pytest.fixture
def person(town: None, deps: Deps) -> Callable[[str], Person]:
    return lambda number="+8610000555001": Person(deps, number)


@pytest.fixture
def worker(person: Callable[[str], Person], make: Callable[[], Any]) -> Person:
    """Registered: 王秀英 of 兴泉社区, born 1968, picks tea, wants 150 a day."""
    with make() as f:
        f: Factories
        f.make_worker(
            "王秀英", number="+8610000555002", job_types=["A01"], birth_year=1968, gender="female",
            pay_min_fen=15_000, pay_unit="day",
        )  # fmt: skip
    return person("+8610000555002")


def kinds(answers: list[Answer]) -> list[str]:
    return [answer["kind"] for answer in answers]


class Talk:
    """Whole turns on one number: what is stored, the engine's reading as Rasa's actions hand it on, what is answered.

    `reads`: text → (intent, confidence, {entity: words of it}, other readings); the act follows as in the engine's rules.
    """

    ACTS: ClassVar[dict[str, str]] = {
        "search_jobs": "find_jobs", "register_worker": "register", "nlu_fallback": "not_understood",
    }  # fmt: skip
    # Which intents answer an open form's question, as the domain says.
    ANSWERS = frozenset({"inform", "affirm", "deny", "register_worker", "update_profile", "out_of_scope", "post_job"})

    def __init__(self, deps: Deps, app: Flask, engine: FakeEngine, number: str) -> None:
        self.deps, self.number, self.client = deps, number, app.test_client()
        self.reads: dict[str, tuple[str, float, dict[str, str], list[tuple[str, float]]]] = {}
        engine.on_turn = self._understand
        self._sent = itertools.count(1)

    def read(self, text: str, intent: str, confidence: float = 0.95, *others: tuple[str, float], **spans: str) -> Talk:
        self.reads[text] = (intent, confidence, spans, list(others))
        return self

    def say(self, text: str, channel: str = "sms") -> list[Answer]:
        """One message and its answers."""
        return converse(self.deps, self.arrives(text, channel), deadline_s=5)

    def arrives(self, text: str, channel: str = "sms") -> int:
        """Store one message and leave it unanswered; return its id."""
        number = next(self._sent)
        with self.deps.db.write() as session:
            now = self.deps.clock()
            handset = handset_for(session, self.deps, self.number, now)
            conversation = conversation_for(session, handset, now)
            message = Message(
                conversation_id=conversation.id, handset_id=handset.id, direction="inbound", channel=channel, body=text,
                status="received", created_at=now, carrier="simulator", account="test", carrier_id=f"IN{number}",
            )  # fmt: skip
            session.add(message)
            session.flush()
            return message.id

    def _understand(self, text: str, token: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        intent, confidence, spans, others = self.reads[text]
        act = self.ACTS.get(intent, intent)
        if metadata["form"] and intent in self.ANSWERS:
            act = f"note_{metadata['form'].removesuffix('_form')}"
        body = {
            "intent": intent,
            "confidence": confidence,
            "entities": [
                {"entity": entity, "start": text.index(words), "end": text.index(words) + len(words)}
                for entity, words in spans.items()
            ],
            "ranking": [{"name": name, "confidence": share} for name, share in [(intent, confidence), *others]],
        }
        answer = self.client.post(
            f"/internal/turns/{token}/acts/{act}",
            json=body,
            headers={"Authorization": f"Bearer {self.deps.settings.actions_token}"},
        )
        assert answer.status_code == 200, answer.text
        return list(answer.get_json()["answers"])

    def context(self) -> dict[str, Any]:
        with self.deps.db.read() as session:
            conversation = conversation_of(session, self.number)
            return dict(conversation.context or {}) if conversation else {}


@pytest.fixture
def talk(town: None, deps: Deps, app: Flask, engine: FakeEngine) -> Callable[..., Talk]:
    return lambda number="+8610000555031": Talk(deps, app, engine, number)
