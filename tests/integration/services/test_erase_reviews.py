"""Erasing reaches what staff made of her words; what is learnt from them never had anybody in it (T15)."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from backend.services import correct_turn, training_examples
from backend.services.correct_turn import Wish
from backend.services.deps import Deps
from backend.services.staff_login import Member
from backend.store.models import AuditEvent, Conversation, Correction, Message, Person, TrainingExample, Worker
from tests.integration.services.conftest import Person as Speaker

NAME = "王秀英"


def member_of(f: Any) -> Member:
    row = f.make_staff()
    return Member(**{name: getattr(row, name, None) for name in Member.__dataclass_fields__ if hasattr(row, name)}
                  | {name: "" for name in Member.__dataclass_fields__ if not hasattr(row, name)})  # fmt: skip


def test_her_corrections_are_blanked_and_her_sentence_stays_without_her(worker: Speaker, deps: Deps, make: Any) -> None:
    with make() as f:
        row = f.session.scalars(select(Worker)).one()
        member = member_of(f)
        conversation = f.session.scalars(select(Conversation)).first() or f.make_conversation(worker_handset(f))
        conversation.person_id, conversation.region_code = row.person_id, row.person.village_code
        turn = f.make_message(f"我是{NAME},四十八岁", conversation=conversation, normalized_text=f"我是{NAME},四十八岁",
                              intent="register_worker", confidence=0.9, status="answered",
                              entities=[{"entity": "person_name", "text": NAME, "value": NAME},
                                        {"entity": "age", "text": "四十八岁", "value": 58}])  # fmt: skip
        row.person.birth_year = f.today.year - 58
        f._add(AuditEvent(at=f.now, actor="handset:1", verb="registered", object_kind="workers", object_id=str(row.id),
                          message_id=turn.id, facts={}))  # fmt: skip
        turn_id, worker_id = turn.id, row.id
    key = f"workers-{worker_id}-birth_year"
    wish = Wish("entity", number=1, entity="age", value="48")
    correct_turn.correct(deps, member, turn_id, wish, 0, frozenset({key}))
    with deps.db.read() as session:
        assert session.scalars(select(Correction)).one().ledger[0]["after"] == deps.clock().year - 48
    worker.say("delete_profile", "把我的信息删了")
    worker.answer("1")
    with deps.db.read() as session:
        assert session.scalars(select(Person.erased_at)).one() is not None
        made = session.scalars(select(Correction)).one()
        assert (made.before, made.after, made.ledger) == ({}, {}, [])
        assert session.get_one(Message, turn_id).corrected is None
        example = session.scalars(select(TrainingExample)).one()
        assert example.message_id is None
        assert NAME not in json.dumps([example.text, example.intent], ensure_ascii=False)
    written = training_examples.write(deps).read_text(encoding="utf-8")
    assert "[四十八岁](age)" in written
    assert NAME not in written


def worker_handset(f: Any) -> Any:
    from backend.store.models import Handset

    return f.session.scalars(select(Handset).where(Handset.number == "+8610000555002")).one()


def test_who_was_told_to_an_employer_is_not_learnt_from_what_he_says(deps: Deps, make: Any) -> None:
    with make() as f:
        member = member_of(f)
        f.make_region("500114121002")
        someone = f.make_worker("田大山")
        opening = f.make_opening()
        f.make_offer(opening, someone, "accepted", employer_told="taken")
        conversation = f.make_conversation(f.make_handset(opening.employer.phone), region_code="500114121002")
        turn = f.make_message("田大山没来", conversation=conversation, normalized_text="田大山没来", intent="inform",
                              confidence=0.4, status="answered", entities=[])  # fmt: skip
        turn_id = turn.id
    correct_turn.correct(deps, member, turn_id, Wish("right"), 0)
    written = training_examples.write(deps).read_text(encoding="utf-8")
    assert "没来" in written
    assert "田大山" not in written
