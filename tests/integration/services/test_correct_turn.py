"""Two who put the same turn right at once, and a file that tells what is learnt (C5, L22)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select, text

from backend.services import correct_turn, training_examples
from backend.services.correct_turn import Overtaken, Wish
from backend.services.deps import Deps
from backend.services.staff_login import Member
from backend.store.models import (
    AuditEvent,
    Conversation,
    Correction,
    HandsetOwner,
    Message,
    TrainingExample,
    Worker,
)  # fmt: skip
from tests.integration.services.test_erase_reviews import member_of
from tests.support.waiting import wait_for

VILLAGE = "500114121002"


@pytest.fixture
def turn(make: Any) -> dict[str, Any]:
    with make() as f:
        f.make_region(VILLAGE)
        conversation = f.make_conversation(region_code=VILLAGE)
        message = f.make_message("要得", conversation=conversation, normalized_text="要得", intent="affirm", confidence=0.7,
                                 status="answered")  # fmt: skip
        return {"id": message.id, "members": [member_of(f), member_of(f)]}


def test_of_two_at_the_same_moment_one_corrects_and_one_is_told(deps: Deps, turn: dict[str, Any]) -> None:
    ready, ends = threading.Barrier(2), []

    def correct(number: int) -> None:
        ready.wait()
        try:
            correct_turn.correct(
                deps, turn["members"][number], turn["id"], Wish("intent", intent=("deny", "thank")[number]), 0
            )
            ends.append("done")
        except Overtaken:
            ends.append("told")

    threads = [threading.Thread(target=correct, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "told"]
    with deps.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Correction)) == 1
        assert session.get_one(Message, turn["id"]).corrected["intent"] in ("deny", "thank")


def test_who_calls_right_what_a_colleague_has_just_called_right_is_not_stopped(
    deps: Deps, turn: dict[str, Any]
) -> None:
    """Both have seen the same reading and agree; a yes to a reading that was changed meanwhile is no agreement."""
    one, other = turn["members"]
    first = correct_turn.correct(deps, one, turn["id"], Wish("right"), 0)
    again = correct_turn.correct(deps, other, turn["id"], Wish("right"), 0)
    assert again.correction_id == first.correction_id
    with deps.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Correction)) == 1
        agreed = session.scalars(select(AuditEvent).where(AuditEvent.verb == "agreed")).one()
        assert (agreed.actor, agreed.object_id) == (other.actor, str(turn["id"]))
    changed = correct_turn.correct(deps, one, turn["id"], Wish("intent", intent="deny"), first.correction_id)
    correct_turn.correct(deps, one, turn["id"], Wish("right"), changed.correction_id)
    for seen in (0, first.correction_id):
        with pytest.raises(Overtaken):
            correct_turn.correct(deps, other, turn["id"], Wish("right"), seen)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_correction_keeps_what_a_colleague_saves_on_the_card_meanwhile(deps: Deps, make: Any) -> None:
    """C5: the card's list is read once nobody else writes it, so the other's value stays in it."""
    with make() as f:
        card = f.make_worker("王小云", village=VILLAGE, job_types=["A04"])
        owner = f.session.scalar(select(HandsetOwner).where(HandsetOwner.person_id == card.person_id))
        talk = f.make_conversation(owner.handset, region_code=VILLAGE, person_id=card.person_id)
        said = f.make_message("我会摘果子", conversation=talk, normalized_text="我会摘果子", intent="register_worker",
                              confidence=0.9, status="answered",
                              entities=[{"entity": "job_type", "text": "摘果子", "value": "A04"}])  # fmt: skip
        f._add(AuditEvent(at=f.now, actor="handset:1", verb="registered", object_kind="workers", object_id=str(card.id),
                          message_id=said.id, facts={}))  # fmt: skip
        member, card_id, turn_id = member_of(f), card.id, said.id
    wish = Wish("entity", number=0, entity="job_type", value="B03")

    def correct() -> None:
        correct_turn.correct(deps, member, turn_id, wish, 0, frozenset({f"workers-{card_id}-job_types"}))

    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    thread = threading.Thread(target=correct)
    with deps.db.write() as session:
        session.get_one(Worker, card_id, with_for_update=True).job_types = ["A04", "A01"]
        session.flush()
        thread.start()
        wait_for(lambda: session.scalar(waits), what="the correction to wait for the card")
    thread.join(60)
    with deps.db.read() as session:
        assert sorted(session.get_one(Worker, card_id).job_types) == ["A01", "B03"]


def test_the_same_sentence_of_two_people_is_learnt_once_and_a_disputed_one_not_at_all(
    deps: Deps, make: Any, turn: Any
) -> None:
    with make() as f:
        again = [f.make_message("要得", conversation=f.session.get(Conversation, 1), normalized_text="要得", intent="affirm",
                                status="answered").id for _ in range(2)]  # fmt: skip
    member = turn["members"][0]
    correct_turn.correct(deps, member, turn["id"], Wish("right"), 0)
    correct_turn.correct(deps, member, again[0], Wish("right"), 0)
    assert training_examples.path(deps.settings).read_text(encoding="utf-8").count("- 要得") == 1
    correct_turn.correct(deps, member, again[1], Wish("intent", intent="thank"), 0)
    assert "要得" not in training_examples.path(deps.settings).read_text(encoding="utf-8")


def test_a_sentence_with_a_name_nobody_marked_is_not_learnt_and_leaves_what_it_taught_before(
    deps: Deps, make: Any
) -> None:
    """T12: nobody known is on this phone, so only how she introduces herself tells that a name stands there."""
    said = "我叫王小云,会采茶"
    trade = {"entity": "job_type", "text": "采茶", "value": "A05", "start": 7, "end": 9}
    name = {"entity": "person_name", "text": "王小云", "value": "王小云", "start": 2, "end": 5}
    with make() as f:
        f.make_region(VILLAGE)
        turn = f.make_message(said, conversation=f.make_conversation(region_code=VILLAGE), normalized_text=said)
        member, turn_id = member_of(f), turn.id

    def learnt(*entities: dict[str, Any]) -> str | None:
        with deps.db.write() as session:
            turn = session.get_one(Message, turn_id)
            return training_examples.learn(session, deps, member, turn, "register_worker", list(entities), said)

    def taught() -> str:
        return training_examples.write(deps).read_text(encoding="utf-8")

    assert learnt(trade) == "name"
    assert "采茶" not in taught()
    assert learnt(name, trade) is None
    assert "采茶" in taught() and "王小云" not in taught()
    assert learnt(trade) == "name"
    assert "采茶" not in taught()


def test_the_file_is_the_same_whatever_was_reviewed_first_and_is_replaced_whole(deps: Deps, make: Any) -> None:
    with make() as f:
        staff = f.make_staff(region=VILLAGE)
        for text in ("我想[采茶](job_type)", "挖[洋芋](job_type)", "[明天](date)"):
            f._add(TrainingExample(channel="sms", intent="search_jobs", text=text, staff_id=staff.id, at=f.now, region_code=VILLAGE))  # fmt: skip
    first = training_examples.write(deps).read_bytes()
    assert training_examples.write(deps).read_bytes() == first
    assert [path.name for path in training_examples.path(deps.settings).parent.glob("*.new")] == []
    assert first.decode().splitlines()[-3:] == sorted(first.decode().splitlines()[-3:])


def test_a_full_disk_does_not_undo_a_correction(deps: Deps, turn: Any) -> None:
    """What was put right stands in the database; the file is written with the next correction, or before training."""
    folder = training_examples.path(deps.settings).parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file in the way", encoding="utf-8")
    correct_turn.correct(deps, turn["members"][0], turn["id"], Wish("right"), 0)
    with deps.db.read() as session:
        assert session.get_one(Message, turn["id"]).reviewed_at is not None
    folder.unlink()
    assert "- 要得" in training_examples.write(deps).read_text(encoding="utf-8")


def test_a_village_written_where_none_stood_goes_back_and_the_talk_to_where_it_was(deps: Deps, make: Any) -> None:
    with make() as f:
        f.make_region(VILLAGE)
        card = f.make_worker("王小云", village=VILLAGE)
        card.person.village_code = None
        handset = f.session.scalars(select(HandsetOwner).where(HandsetOwner.person_id == card.person_id)).one().handset
        talk = f.make_conversation(handset, person_id=card.person_id, region_code="500114121")
        said = "我住兴泉社区"
        message = f.make_message(said, conversation=talk, normalized_text=said, intent="inform", confidence=0.7,
                                 entities=[], status="answered")  # fmt: skip
        row = f.make_staff("county", "500114")
        member = Member(**{name: getattr(row, name, "") for name in Member.__dataclass_fields__})
        ids = card.id, talk.id, message.id
    wish = Wish("entity", start=2, end=6, entity="location")
    [effect] = correct_turn.outlook(deps, member, ids[2], wish).effects

    def stands() -> tuple[str | None, str | None]:
        with deps.db.read() as session:
            return session.get_one(Worker, ids[0]).person.village_code, session.get_one(
                Conversation, ids[1]
            ).region_code

    correct_turn.correct(deps, member, ids[2], wish, 0, frozenset({effect.key}))
    assert stands() == (VILLAGE, VILLAGE)
    with deps.db.read() as session:
        [number] = session.scalars(select(Correction.id))
    assert correct_turn.undo(deps, member, number)[2] == []
    assert stands() == (None, "500114121")
