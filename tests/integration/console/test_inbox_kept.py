"""What the inbox says stays true: when something is seen to, when two are at it at once, and at what cost (L22, C5, F7)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError

from backend.domain.inbox import has_words
from backend.services import close_conversation, inbox_backlog, inbox_reads, take_over, teams
from backend.store import inbox as store
from backend.store.models import (
    Case,
    Conversation,
    Handset,
    InboxBacklog,
    InboxEntry,
    InboxFloor,
    InboxRead,
    InboxWord,
    Message,
    PlannedCall,
    StaffCall,
    Team,
    TeamMember,
)
from backend.store.queries.corrections import unreviewed, worded
from tests.integration.console.conftest import TOWN, VILLAGE, words
from tests.support.waiting import wait_for

LIST = "/console/conversations"


@pytest.fixture
def talk(make: Any) -> Any:
    """`talk("找活", status="failed")`: a conversation of one turn; returns its id."""

    def made(body: str = "找活", **more: Any) -> int:
        with make() as f:
            f.make_region()
            conversation = f.make_conversation(region_code=VILLAGE)
            said = {"status": "answered", "intent": "search_jobs", "confidence": 0.9, **more}
            f.make_message(body, conversation=conversation, **said)
            return int(conversation.id)

    return made


@pytest.fixture
def marks(database: Any) -> Any:
    def of(conversation_id: int) -> set[str]:
        with database.read() as session:
            return set(session.scalars(select(InboxEntry.mark).where(InboxEntry.conversation_id == conversation_id)))

    return of


@contextmanager
def statements(database: Any) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(*given: Any) -> None:
        heard.append(given[2])

    event.listen(database.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(database.engine, "before_cursor_execute", hear)


# -- what waits ------------------------------------------------------------------------------------------------------
def test_a_failed_turn_waits_until_staff_have_answered(deps, member, talk, marks, make, clock):
    conversation = talk("啥子", status="failed", intent=None)
    assert {"waiting", "failed"} <= marks(conversation)
    clock.advance(minutes=5)
    take_over.reply(deps, member("zhen"), conversation, "来市场找我", "f1")
    assert not {"waiting", "failed"} & marks(conversation)
    with make() as f:
        f.now = clock() + timedelta(minutes=1)
        f.make_message(
            "还是不懂", conversation=f.session.get(Conversation, conversation), status="failed", created_at=f.now
        )
    assert {"waiting", "failed"} <= marks(conversation)


def test_a_failed_turn_waits_no_more_once_closed_nor_after_the_next_words(deps, member, talk, marks, make, clock):
    conversation = talk("啥子", status="failed", intent=None)
    clock.advance(minutes=5)
    close_conversation.close(deps, member("zhen"), conversation, reason="answered", words="", cases={})
    assert not {"waiting", "failed"} & marks(conversation)
    with make() as f:
        found = f.session.get(Conversation, conversation)
        found.closed_at = None
        f.make_message("谢谢", conversation=found, status="answered", created_at=clock() + timedelta(minutes=9))
    assert not {"waiting", "failed"} & marks(conversation)
    with make() as f:
        f.session.get(Conversation, conversation).closed_at = clock()
    close_conversation.undo(deps, member("zhen"), conversation)
    assert {"waiting", "failed"} <= marks(conversation)


def test_a_call_that_reached_nobody_marks_the_talk_of_its_time_alone(make, marks):
    with make() as f:
        f.make_region()
        phone = f.make_handset()
        before = f.now - timedelta(days=300)
        old = f.make_conversation(phone, region_code=VILLAGE, started_at=before, last_at=before).id
        new = f.make_conversation(phone, region_code=VILLAGE).id
        f._add(planned(phone, f.now, status="unreached", finished_at=f.now))
        f.session.get(Conversation, old).last_at = f.now  # has it read anew
    assert "failed" in marks(new)
    assert "failed" not in marks(old)


@pytest.mark.parametrize(
    ("status", "failed"),
    [("unreached", False), ("answered", False), ("no-answer", True), ("busy", True), ("failed", True)],
)
def test_a_call_of_staff_fails_when_the_person_was_not_reached_not_when_the_colleague_was_not(
    make, marks, staff, clock, deps, member, browse, status, failed
):
    with make() as f:
        conversation = f.make_conversation(region_code=VILLAGE)
        call = f._add(planned(conversation.handset, f.now, purpose="staff_call",
                              status="unreached" if status == "unreached" else "answered", finished_at=f.now))  # fmt: skip
        f._add(StaffCall(planned_call_id=call.id, conversation_id=conversation.id, staff_id=staff["zhen"], form_id="f",
                         staff_number="+8610000000001", status=status, created_at=f.now, ended_at=f.now))  # fmt: skip
    assert ("failed" in marks(conversation.id)) is failed
    if status == "unreached":
        told = {login: words(browse(login).visit(f"{LIST}/{conversation.id}")) for login in ("zhen", "xian")}
        assert "您没有接，或者没有按1" in told["zhen"]
        assert "同事自己没有接，或者没有按1" in told["xian"]
    clock.advance(minutes=1)
    take_over.reply(deps, member("zhen"), conversation.id, "打电话没人接", "f1")
    assert "failed" not in marks(conversation.id)


def planned(phone: Handset, now: Any, **more: Any) -> PlannedCall:
    given = {"purpose": "reminder", "attempts": 1, **more}
    return PlannedCall(handset_id=phone.id, due_at=now, expires_at=now, created_at=now, **given)


# -- what is to be looked at -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body", ["1", "２。", "(来电)", "(已删除)", " *0# ", "1 2", "要得", "1号", "一", "(笑)要得", "工钱?"]
)
def test_the_same_turns_are_to_be_looked_at_in_the_list_the_page_and_the_file(talk, marks, database, browse, body):
    """A pressed key teaches nothing and cannot have been misheard; words that are erased cannot be looked at."""
    conversation = talk(body)
    assert ("review" in marks(conversation)) is has_words(body)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message).where(worded())) == has_words(body)
        assert session.scalar(select(func.count()).select_from(Message).where(unreviewed())) == has_words(body)
    page = browse("cun").visit(f"{LIST}/{conversation}")
    assert ("unlooked" in page.text) is has_words(body)
    assert ("data-right" in page.text) is has_words(body)
    assert "改一改" in words(page)  # a figure may still be the wrong age


def test_an_erased_talk_has_nothing_to_look_at(talk, marks, database):
    conversation = talk("要得嘛", intent="apply_job", confidence=0.5)
    assert {"review", "low"} <= marks(conversation)
    with database.write() as session:
        session.query(Message).where(Message.conversation_id == conversation).update({"body": "(已删除)"})
    assert marks(conversation) == {""}


# -- who has read what -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["read", "all"])
def test_what_came_after_the_list_was_drawn_stays_unread(talk, make, browse, act):
    conversation = talk("你好")
    browser = browse("zhen")
    upto = browser.visit(LIST).text.split('name="upto" value="')[1].split('"')[0]
    with make() as f:
        f.make_message("我要投诉", conversation=f.session.get(Conversation, conversation), status="for_staff")
    browser.submit(LIST + "/read", id=str(conversation), act=act, upto=upto)
    assert f'id="talk-{conversation}" class="unread"' in browser.visit(LIST).text


def test_marking_an_old_list_as_read_makes_nothing_unread_again(talk, make, browse):
    conversation = talk("你好")
    browser = browse("zhen")
    with make() as f:
        f.make_message("还在不", conversation=f.session.get(Conversation, conversation))
    browser.visit(f"{LIST}/{conversation}")
    browser.submit(LIST + "/read", id=str(conversation), act="read", upto="1")
    assert 'class="unread"' not in browser.visit(LIST).text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
@pytest.mark.parametrize("table", [InboxRead, InboxFloor])
def test_two_tabs_that_note_the_same_at_once_both_go_through(talk, database, deps, member, table):
    conversation, zhen, ends = talk("你好"), member("zhen"), []

    def note() -> None:
        if table is InboxFloor:
            inbox_reads.mark_all(deps, zhen, 1)
        else:
            inbox_reads.mark(deps, zhen, [conversation], upto=1)
        ends.append("ok")

    second = threading.Thread(target=note)
    with database.write() as session:
        if table is InboxFloor:
            session.add(InboxFloor(staff_id=zhen.id, seen_id=1))
        else:
            inbox_reads.seen(session, zhen, conversation)
        session.flush()
        second.start()
        wait_for(lambda: session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")), what="the second tab")
    second.join(60)
    assert ends == ["ok"]
    with database.read() as session:
        assert session.scalar(select(func.max(table.seen_id))) == 1


# -- how it is kept --------------------------------------------------------------------------------------------------
def test_a_savepoint_taken_back_leaves_the_rest_of_the_transaction_noted(make, database, marks):
    with make() as f:
        f.make_region()
        conversation = f.make_conversation(region_code=VILLAGE)
        ids = conversation.id, conversation.handset_id
    with make() as f:
        f.make_message(
            "找活路做嘛", conversation=f.session.get(Conversation, ids[0]), intent="search_jobs", status="answered"
        )
        again = Handset(id=ids[1], number="+8613900000000", first_seen_at=f.now, last_seen_at=f.now)
        with pytest.raises(IntegrityError), f.session.begin_nested():
            f.session.add(again)
    assert "review" in marks(ids[0])
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(InboxWord)) > 0


def test_a_turn_on_its_way_to_an_answer_costs_the_inbox_nothing(talk, database):
    conversation = talk("你好", status="received")
    with statements(database) as heard, database.write() as session:
        session.scalars(select(Message).where(Message.conversation_id == conversation)).one().status = "processing"
    assert not [one for one in heard if "inbox_" in one]
    with statements(database) as heard, database.write() as session:
        session.scalars(select(Message).where(Message.conversation_id == conversation)).one().status = "failed"
    assert [one for one in heard if "inbox_" in one]


def test_a_planned_call_costs_the_same_however_often_the_number_has_talked(make, database):
    costs = []
    for talks in (1, 12):
        with make() as f:
            phone = f.make_handset()
            for _ in range(talks):
                f.make_message(conversation=f.make_conversation(phone, region_code=None))
        with statements(database) as heard, make() as f:
            f._add(planned(phone, f.now, status="planned"))
        costs.append(len(heard))
    assert costs[0] == costs[1]


def test_letting_a_team_go_costs_the_same_however_much_it_was_ever_given(make, database, deps, member, staff):
    costs, zhen = [], member("zhen")
    for talks in (1, 12):
        with make() as f:
            team = f._add(
                Team(name=f"组{talks}", region_code=TOWN, topics=["wages"], active=True, version=1, created_at=f.now)
            )
            f._add(TeamMember(team_id=team.id, staff_id=zhen.id))
            for _ in range(talks):
                conversation = f.make_conversation(region_code=VILLAGE, assigned_to_team=team.id)
                f._add(Case(kind="wage_arrears", conversation_id=conversation.id, region_code=VILLAGE, opened_at=f.now,
                            due_at=f.now, details={}, assigned_to_team=team.id))  # fmt: skip
        with statements(database) as heard:
            teams.change(deps, zhen, team.id, name="旧", topics=["wages"], people=[zhen.id], active=False, version=1)
        costs.append(len(heard))
    assert costs[0] == costs[1]
    with database.read() as session:
        assert session.scalars(select(Case.assigned_to_team).distinct()).all() == [None]


def test_what_a_team_that_was_let_go_had_is_everybodys_again(talk, make, deps, member, database, browse):
    conversation, zhen = talk("工钱没给"), member("zhen")
    with make() as f:
        team = f._add(Team(name="老组", region_code=TOWN, topics=["wages"], active=True, version=1, created_at=f.now))
        f._add(TeamMember(team_id=team.id, staff_id=zhen.id))
        f.session.get(Conversation, conversation).assigned_to_team = team.id
    browser = browse("zhen")
    assert f"talk-{conversation}" in browser.visit(LIST + "?show=mine").text
    assert "归老组管" in words(browser.visit(f"{LIST}/{conversation}"))
    teams.change(deps, zhen, team.id, name="老组", topics=["wages"], people=[zhen.id], active=False, version=1)
    assert f"talk-{conversation}" not in browser.visit(LIST + "?show=mine").text
    assert "老组" not in words(browser.visit(f"{LIST}/{conversation}"))


def test_what_was_said_before_is_taken_in_a_few_at_a_time_with_a_breath_between(talk, database, deps, monkeypatch):
    """On SQLite a call waits for whoever writes: nobody waits for more than a few conversations."""
    breaths: list[float] = []
    monkeypatch.setattr(inbox_backlog, "PAGES", 3)
    ids = [talk(f"茶山要人不 {number}") for number in range(inbox_backlog.PAGE * 3 + 2)]
    with database.write() as session:
        for table in (InboxEntry, InboxWord):
            session.query(table).delete()
        session.add_all(InboxBacklog(conversation_id=one) for one in ids)
    written: list[int] = []
    event.listen(database.engine, "commit", lambda connection: written.append(_entries(connection)))
    assert inbox_backlog.take_in(deps, breaths.append) == inbox_backlog.PAGE * 3
    steps = [after - before for before, after in zip([0, *written], written, strict=False) if after > before]
    assert steps == [inbox_backlog.PAGE] * 3
    assert inbox_backlog.PAGE <= 10
    assert breaths == [inbox_backlog.BREATH_S] * 3
    assert inbox_backlog.take_in(deps, breaths.append) == 2
    assert inbox_backlog.take_in(deps, breaths.append) == 0
    assert len(breaths) == 3


def _entries(connection: Any) -> int:
    query = select(func.count(func.distinct(InboxEntry.conversation_id)))
    return int(connection.scalar(query))


def test_the_store_watches_what_the_marks_are_made_of():
    assert {Message, Conversation, Case, StaffCall, PlannedCall} <= set(store._WATCHED)
