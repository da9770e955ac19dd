"""Erasing reaches entries merged into hers, forms half filled in, her second phone, and names learnt later (T15, P3)."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from backend.scheduler.jobs import JOBS
from backend.services import (
    correct_turn,
    drafts,
    edit_worker,
    find_duplicates,
    merge_entries,
    say_distinct,
    training_examples,
    worker_ledger,
)
from backend.services.correct_turn import Wish
from backend.services.deps import Deps
from backend.services.staff_login import Member
from backend.store.models import (
    Base,
    DistinctPair,
    Draft,
    DuplicateCount,
    DuplicatePair,
    HandsetOwner,
    LedgerAct,
    LedgerChange,
    Message,
    Person,
    TrainingExample,
    Worker,
)
from backend.store.queries import duplicates
from backend.store.session import Database
from tests.integration.services.conftest import Person as Speaker
from tests.integration.services.test_erase_reviews import member_of, worker_handset
from tests.integration.services.test_post_while_merging import Thread, before, until_in_the_way

VILLAGE = "500114121002"


def left_of(database: Database, *signs: str) -> list[tuple[str, str]]:
    """(table, column) of every row that still holds one of `signs`."""
    with database.read() as session:
        return [
            (table.name, column)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table)).mappings()
            for column, value in row.items()
            if any(sign in json.dumps(value, ensure_ascii=False, default=str) for sign in signs)
        ]


def merge(deps: Deps, member: Member, kept: int, other: int) -> None:
    merge_entries.merge_workers(deps, member, kept, other, set(), versions(deps, kept, other))


def versions(deps: Deps, *both: int) -> tuple[str, ...]:
    with deps.db.read() as session:
        return merge_entries.versions_of(session, *(session.get_one(Worker, one) for one in both))


def erase(speaker: Speaker) -> None:
    speaker.say("delete_profile", "把我的信息删了")
    speaker.answer("1")


@contextmanager
def erasing(worker: Speaker, database: Database, statement: str) -> Iterator[None]:
    """She erases herself while the first statement that begins so is carried out."""
    eraser = Thread(erase, worker)

    def go() -> None:
        eraser.start()
        until_in_the_way(database, eraser)

    with before(database, statement, go):
        yield
    eraser.ended()


@pytest.fixture
def member(worker: Speaker, make: Any) -> Member:
    with make() as f:
        return member_of(f)


@pytest.fixture
def kept(worker: Speaker, database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(Worker.id)).one()


def test_an_entry_merged_into_hers_goes_with_her(
    worker: Speaker, member: Member, kept: int, deps: Deps, make: Any, database: Database
) -> None:
    with make() as f:
        twin = f.make_worker("王魑英", village=VILLAGE, birth_year=1957)
        twin.person.name_recording_url, twin.person.place_as_said = "http://carrier.test/hername", "魑魅湾"
        other, version = twin.id, worker_ledger.version(twin, twin.person)
    edit_worker.edit(deps, member, other, version, {"name": "王魑瑛", "birth_year": 1958})
    drafts.keep(deps, member.id, "/console/cases/1/close", "", [("resolution", "王魑英的工钱拿到了")])
    merge(deps, member, kept, other)
    with database.read() as session:
        assert session.scalars(select(LedgerChange)).all()
    erase(worker)
    assert left_of(database, "魑", "hername") == []


def test_a_merge_of_a_merge_leaves_nothing_to_take_apart(
    worker: Speaker, member: Member, kept: int, deps: Deps, make: Any, database: Database
) -> None:
    with make() as f:
        middle = f.make_worker("王魑英", village=VILLAGE, birth_year=1957).id
        first = f.make_worker("王魍英", village=VILLAGE, birth_year=1957).id
    merge(deps, member, middle, first)
    merge(deps, member, kept, middle)
    assert left_of(database, "魑", "魍")
    erase(worker)
    assert left_of(database, "魑", "魍") == []


def test_that_somebody_is_like_her_goes_with_her(worker: Speaker, deps: Deps, make: Any, database: Database) -> None:
    with make() as f:
        f.make_worker("王秀英", village=VILLAGE)
        others = [f.make_worker("田大山", village=VILLAGE).id for _ in range(2)]
    find_duplicates.compare(deps, VILLAGE[:9])
    with database.read() as session:
        assert len(session.scalars(select(DuplicatePair)).all()) == 2
    erase(worker)
    with database.read() as session:
        assert [[each.first_id, each.second_id] for each in session.scalars(select(DuplicatePair))] == [others]
        assert session.scalars(select(DuplicateCount.pairs)).one() == 1


def test_that_somebody_like_her_is_another_goes_with_her(
    worker: Speaker, member: Member, kept: int, make: Any, database: Database
) -> None:
    with make() as f:
        twin = f.make_worker("王秀英", village=VILLAGE).id
        others = [f.make_worker("田大山", village=VILLAGE).id for _ in range(2)]
        for one, other in ((twin, kept), others):
            duplicates.say_distinct(f.session, one, other, VILLAGE[:9], by=member.id, at=f.now)
    erase(worker)
    with database.read() as session:
        assert [[each.first_id, each.second_id] for each in session.scalars(select(DistinctPair))] == [others]


def test_what_is_said_of_her_while_she_erases_herself_goes_too(
    worker: Speaker, member: Member, kept: int, deps: Deps, make: Any, database: Database
) -> None:
    with make() as f:
        twin = f.make_worker("王秀英", village=VILLAGE).id
    with erasing(worker, database, "INSERT INTO distinct_pairs"):
        say_distinct.say_distinct(deps, member, twin, kept, versions(deps, twin, kept))
    with database.read() as session:
        assert session.scalars(select(DistinctPair)).all() == []
        assert session.get_one(Worker, kept).status == "erased"


def test_who_erases_herself_while_her_entry_is_merged_is_erased_where_she_is_then(
    worker: Speaker, member: Member, kept: int, deps: Deps, make: Any, database: Database
) -> None:
    with make() as f:
        into = f.make_worker("王魑英", village=VILLAGE).id
    with erasing(worker, database, "INSERT INTO merged_entries"):
        merge(deps, member, into, kept)
    assert left_of(database, "魑") == []
    with database.read() as session:
        assert session.get_one(Worker, into).status == "erased"


def test_forms_with_her_number_go_and_others_stay(
    worker: Speaker, member: Member, deps: Deps, database: Database
) -> None:
    drafts.keep(deps, member.id, "/console/conversations/1/notes", "", [("body", "打100 0055 5002找秀英问低保")])
    drafts.keep(deps, member.id, "/console/conversations/2/notes", "", [("body", "田大山明天来")])
    erase(worker)
    with database.read() as session:
        assert [draft.fields for draft in session.scalars(select(Draft))] == [[["body", "田大山明天来"]]]


def test_her_second_phone_keeps_no_words_unless_somebody_shares_it(
    worker: Speaker, kept: int, make: Any, database: Database
) -> None:
    with make() as f:
        hers = f.session.get_one(Worker, kept).person_id
        relative = f.make_worker("冉大山", village=VILLAGE).person_id
        turns = []
        for owners in ([hers], [hers, relative]):
            handset = f.make_handset()
            for person in owners:
                f._add(HandsetOwner(handset_id=handset.id, person_id=person, relation="self", since=f.now))
            talk = f.make_conversation(handset, region_code=VILLAGE)
            turns.append(f.make_message("丈夫住院,急用钱", conversation=talk, status="answered").id)
    erase(worker)
    with database.read() as session:
        alone, shared = (session.get_one(Message, one) for one in turns)
        assert (alone.body, shared.body) == ("(已删除)", "丈夫住院,急用钱")


def test_a_name_that_became_known_later_is_taken_out_of_what_is_learnt(
    worker: Speaker, member: Member, kept: int, deps: Deps, make: Any, database: Database
) -> None:
    with make() as f:
        row = f.session.get_one(Worker, kept)
        row.person.name = None
        talk = f.make_conversation(worker_handset(f), region_code=VILLAGE, person_id=row.person_id)
        turns = [
            f.make_message(text, conversation=talk, normalized_text=text, intent="search_jobs", confidence=0.6,
                           entities=[], status="answered").id
            for text in ("王魑英想找点采茶的活", "有没得摘脐橙的活")
        ]  # fmt: skip
    for turn in turns:
        correct_turn.correct(deps, member, turn, Wish("right"), 0)
    file = training_examples.path(deps.settings)
    assert "魑" in file.read_text(encoding="utf-8")
    with make() as f:
        f.session.get_one(Worker, kept).person.name = "王魑英"
    erase(worker)
    assert left_of(database, "魑") == []
    assert "魑" not in (learnt := file.read_text(encoding="utf-8"))
    assert "有没得摘脐橙的活" in learnt
    with database.read() as session:
        assert session.scalars(select(TrainingExample.message_id)).all() == [None]


def test_what_is_learnt_is_for_the_service_alone_to_read(deps: Deps) -> None:
    file = training_examples.write(deps)
    file.chmod(0o644)
    training_examples.write(deps)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_file_that_could_not_be_written_is_written_by_the_next_tick(
    member: Member, kept: int, deps: Deps, make: Any
) -> None:
    assert training_examples.refresh(deps) == 0
    with make() as f:
        f._add(TrainingExample(channel="sms", intent="greet", text="你好哈", staff_id=member.id, at=f.now))
    assert training_examples.refresh(deps) == 1
    assert "你好哈" in training_examples.path(deps.settings).read_text(encoding="utf-8")
    assert training_examples.refresh(deps) == 0


def test_what_is_kept_for_a_while_is_let_go_by_itself(
    member: Member, kept: int, deps: Deps, make: Any, clock: Any, database: Database
) -> None:
    ticks = {job.name: job.service for job in JOBS}
    with make() as f:
        other = f.make_worker("王魑英", village=VILLAGE, birth_year=1957).id
    merge(deps, member, kept, other)
    drafts.keep(deps, member.id, "/console/window", "", [("name", "李魍魉")])
    clock.advance(minutes=59)
    assert (ticks["forget_drafts"](deps), ticks["forget_merged"](deps)) == (0, 0)
    clock.advance(minutes=2)
    assert (ticks["forget_drafts"](deps), ticks["forget_merged"](deps)) == (1, 0)
    clock.advance(hours=24)
    assert (ticks["forget_merged"](deps), ticks["forget_merged"](deps)) == (1, 0)
    assert left_of(database, "魑", "魍") == []
    with database.read() as session:
        assert session.scalars(select(LedgerAct.undo)).all() == [{}]
        assert session.scalars(select(Person.name).where(Person.name.is_not(None))).all()
