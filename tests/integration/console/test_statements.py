"""How much a page asks of the database: as many statements for a long history as for a short one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from backend.services import audit
from backend.store.models import (
    AuditEvent,
    Call,
    Case,
    Conversation,
    ConversationNote,
    Correction,
    Employer,
    Handset,
    HandsetOwner,
    Hardship,
    Household,
    LedgerChange,
    Opening,
    OutboxRow,
    Outcome,
    Receipt,
    Visit,
    Wave,
    Worker,
)
from tests.integration.console.conftest import TOWN, VILLAGE

PAGES = (
    "/console/",
    "/console/conversations/{conversation}",
    "/console/conversations/{conversation}?print=1",
    "/console/cases/{case}",
    "/console/openings/{opening}",
    "/console/openings/{waiting}",
    "/console/workers/{worker}",
    "/console/households/{household}",
    "/console/employers/{employer}",
    "/console/conversations",
    "/console/cases",
    "/console/workers",
    "/console/openings",
    "/console/employers",
    "/console/audit",
)
ROUND = 3


@pytest.fixture
def matter(make: Any, staff: dict[str, int]) -> dict[str, int]:
    """One of each whose page is read, all about the same person; ids by name."""
    with make() as f:
        worker = f.make_worker("龚老三")
        household = f._add(Household(village_code=VILLAGE, created_at=f.now))
        worker.person.household_id = household.id
        handset = f.make_handset()
        conversation = f.make_conversation(handset, region_code=VILLAGE, person_id=worker.person_id)
        boss = f.make_employer(region_code=VILLAGE)
        opening = f.make_opening(employer=boss, headcount=50)
        waiting = f.make_opening(employer=boss, status="in_review", review_flags=["pay_low"], title="挖洋芋")
        case = _case(f, conversation)
        return {"worker": worker.id, "person": worker.person_id, "household": household.id, "handset": handset.id,
                "conversation": conversation.id, "employer": boss.id, "opening": opening.id, "waiting": waiting.id,
                "case": case.id}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_for_three_times_the_rows(browse, make, database, matter, page):
    browser, address = browse("xian"), page.format(**matter)
    _more(make, matter)
    browser.visit(address)  # once, for what an application reads but once
    short, few = _statements(database, browser, address)
    _more(make, matter)
    _more(make, matter)
    long, many = _statements(database, browser, address)
    assert len(long) > len(short)
    assert [one.split(" WHERE ")[0] for one in many] == [one.split(" WHERE ")[0] for one in few]


def test_receipts_are_found_by_the_texts_they_are_for(browse, make, database, matter):
    """Not by looking through all there ever were."""
    browser = browse("xian")
    _more(make, matter)
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *rest: Any) -> None:
        if "receipts" in statement:
            asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    browser.visit(PAGES[1].format(**matter))
    event.remove(database.engine, "before_cursor_execute", note)
    ((statement, values),) = asked
    with database.read() as session:
        connection = session.connection()
        if on_postgres := connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of so few it would read them all
        explain = "EXPLAIN " if on_postgres else "EXPLAIN QUERY PLAN "
        plan = " ".join(str(row) for row in connection.exec_driver_sql(explain + statement, values))
    assert "ix_receipts_carrier_id" in plan, plan


def _statements(database: Any, browser: Any, address: str) -> tuple[str, list[str]]:
    """The page, and what was asked of the database for it."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        asked.append(" ".join(statement.split()))

    event.listen(database.engine, "before_cursor_execute", note)
    answer = browser.visit(address)
    event.remove(database.engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return answer.text, asked


def _case(f: Any, conversation: Any, **more: Any) -> Case:
    return f._add(Case(kind="handoff", priority=1, summary="要人工", details={}, conversation_id=conversation.id,
                       handset_id=conversation.handset_id, region_code=VILLAGE, opened_at=f.now,
                       due_at=f.now + timedelta(hours=1), **more))  # fmt: skip


def _more(make: Any, ids: dict[str, int]) -> None:
    """A few more of everything that stands on these pages, each with people and accounts of its own."""
    with make() as f:
        f.now += timedelta(minutes=1)
        get = f.session.get_one
        worker, opening = get(Worker, ids["worker"]), get(Opening, ids["opening"])
        conversation, boss = get(Conversation, ids["conversation"]), get(Employer, ids["employer"])
        waves = f.session.query(Wave).count()
        for number in range(ROUND):
            colleague = f.make_staff("town", TOWN, password_hash="set")
            neighbour = f.make_worker("邻居")
            neighbour.person.household_id = ids["household"]
            f._add(Hardship(worker_id=neighbour.id, code="G04", claimed_at=f.now))
            # -- what was said
            f._add(
                HandsetOwner(
                    handset_id=ids["handset"], person_id=neighbour.person_id, relation="neighbour", since=f.now
                )
            )
            talk = f.make_conversation(get(Handset, ids["handset"]), region_code=VILLAGE, person_id=neighbour.person_id,
                                       taken_by=colleague.id, taken_at=f.now)  # fmt: skip
            call = f._add(Call(carrier="simulator", call_sid=f"CA{colleague.id}", handset_id=ids["handset"],
                               conversation_id=conversation.id, direction="inbound", started_at=f.now, last_at=f.now))  # fmt: skip
            for one in (conversation, talk):
                said = f.make_message("我找活", conversation=one, channel="voice", call_id=call.id, intent="search_jobs",
                                      confidence=0.9, reviewed_at=f.now, entities=[{"entity": "person_name", "text": "老三", "value": "老三"}])  # fmt: skip
                f._add(Correction(message_id=said.id, conversation_id=one.id, staff_id=colleague.id, at=f.now, kind="intent",
                                  before={}, after={"intent": "more_jobs"}))  # fmt: skip
            told = f.make_message("好的", conversation=conversation, direction="outbound")
            f._add(OutboxRow(message_id=told.id, to_number="+8613900000000", body="好的", reference=f"r{colleague.id}",
                             due_at=f.now, carrier_id=f"SM{colleague.id}", created_at=f.now))  # fmt: skip
            f._add(Receipt(carrier="simulator", carrier_id=f"SM{colleague.id}", status="delivered", at=f.now))
            f._add(ConversationNote(conversation_id=conversation.id, staff_id=colleague.id, kind="handover", body="请接着办",
                                    to_staff=f.make_staff("town", TOWN).id, at=f.now))  # fmt: skip
            _case(f, conversation, worker_id=neighbour.id, taken_by=colleague.id)
            # -- who works where
            f.make_opening(employer=boss, title="挖洋芋", status="published" if number else "in_review")
            f.make_employer(f"别家{colleague.id}", region_code=VILLAGE, verified_by=colleague.id, verified_at=f.now)
            f.make_offer(f.make_opening(employer=f.make_employer(f"又一家{colleague.id}")), worker)
            held = f.make_offer(opening, neighbour, "accepted")
            f._add(Outcome(offer_id=held.id, side="employer", outcome="arrived", at=f.now))
            f.make_offer(opening, f.make_worker("等的人"), "waitlisted", waitlisted_at=f.now)
            f._add(Wave(opening_id=opening.id, number=waves + number + 1, free_places=1, open_offers=0, expected_rate=0.5,
                        size=2, sent_at=f.now, until=f.now))  # fmt: skip
            # -- what staff did
            f._add(Visit(worker_id=worker.id, staff_id=colleague.id, kind="home", at=f.now, note="看过"))
            rows = (worker, opening, get(Opening, ids["waiting"]), boss, get(Household, ids["household"]))
            for row in rows:
                audit.write(f.session, f.now, f"staff:{colleague.id}", "edited", row, message_id=told.id)
                f.session.flush()
                done = f.session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
                f._add(LedgerChange(event_id=done.id, object_kind=row.__tablename__, object_id=row.id, field="officer_id",
                                    was=None, became=colleague.id))  # fmt: skip
