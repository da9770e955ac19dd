"""Nobody waits for an answer of a colleague whose account was closed or moved (DESIGN §3.8)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from backend.services import let_go
from backend.store.models import Case, Conversation, Handset, Staff
from tests.integration.console.conftest import OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, words

NUMBER = "+8610000001234"


@pytest.fixture
def talk(make, staff):
    """A conversation the village's own writes in, and a wish for a person she took; their ids."""
    with make() as f:
        worker = f.make_worker("罗小妹", number=NUMBER, village=VILLAGE)
        handset = f.session.scalar(select(Handset).where(Handset.number == NUMBER))
        conversation = f.make_conversation(handset, region_code=VILLAGE, person_id=worker.person_id)
        f.make_message("我要找人", conversation=conversation, status="answered", intent="talk_to_human")
        conversation.taken_by = conversation.assigned_to_staff = staff["cun"]
        conversation.taken_at = conversation.assigned_at = f.now
        case = Case(kind="handoff", priority=1, summary="要人工", details={}, conversation_id=conversation.id,
                    handset_id=handset.id, region_code=VILLAGE, opened_at=f.now, due_at=f.now, status="taken",
                    taken_by=staff["cun"], taken_at=f.now)  # fmt: skip
        f.session.add(case)
        f.session.flush()
        return conversation.id, case.id


@pytest.fixture
def now_held(database):
    def read(talk):
        with database.read() as session:
            conversation, case = session.get(Conversation, talk[0]), session.get(Case, talk[1])
            return (
                conversation.taken_by, conversation.assigned_to_staff, case.status, case.taken_by,
                case.waits_since is not None,
            )  # fmt: skip

    return read


FREE = (None, None, "open", None, True)


def change(browser, staff_id, kind, version="1", **more):
    browser.visit(f"/console/people/{staff_id}")
    return browser.submit(f"/console/people/{staff_id}/change", version=version, kind=kind, **more)


def test_what_a_closed_account_had_in_hand_is_free_and_the_person_is_told(
    browse, staff, talk, now_held, outgoing, audited
):
    town = browse("zhen")
    assert change(town, staff["cun"], "disable").status_code == 303
    assert now_held(talk) == FREE
    assert [row.to_number for row in outgoing()] == [NUMBER]
    assert [event.facts for event in audited("released") + audited("handed_back")] == [{"of": staff["cun"]}] * 2
    assert "要人工" in words(town.visit("/console/cases"))


@pytest.mark.parametrize(
    ("role", "region", "freed"),
    [("village", OTHER_VILLAGE, True), ("town", OTHER_TOWN, True), ("auditor", "500114", True), ("town", TOWN, False)],
)
def test_who_is_moved_keeps_what_is_still_in_reach(browse, staff, talk, now_held, outgoing, role, region, freed):
    assert change(browse("xian"), staff["cun"], "move", role=role, region_code=region).status_code == 303
    assert now_held(talk) == (FREE if freed else (staff["cun"], staff["cun"], "taken", staff["cun"], False))
    assert len(outgoing()) == freed


def test_a_talk_that_is_long_over_is_let_go_without_a_word(browse, staff, talk, now_held, outgoing, clock):
    clock.advance(days=2)
    assert change(browse("zhen"), staff["cun"], "disable").status_code == 303
    assert now_held(talk) == FREE and outgoing() == []


def test_an_account_closed_at_the_machine_lets_go_at_the_next_tick(deps, staff, talk, now_held, outgoing, database):
    assert let_go.of_the_gone(deps) == 0
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == staff["cun"]).values(active=False))
    assert let_go.of_the_gone(deps) == 2
    assert now_held(talk) == FREE and len(outgoing()) == 1
    assert let_go.of_the_gone(deps) == 0


def test_opening_a_closed_conversation_again_gives_it_to_nobody_who_is_gone(browse, staff, talk, now_held, outgoing):
    town = browse("zhen")
    town.visit(f"/console/conversations/{talk[0]}")
    village = browse("cun")
    village.visit(f"/console/conversations/{talk[0]}")
    closed = village.submit(
        f"/console/conversations/{talk[0]}/close", reason="answered", words="", **{f"case_{talk[1]}": "close"}
    )
    assert closed.status_code == 303, words(closed)
    assert change(town, staff["cun"], "disable").status_code == 303
    texts = len(outgoing())
    assert town.submit(f"/console/conversations/{talk[0]}/undo-close").status_code == 303
    assert now_held(talk) == FREE
    assert len(outgoing()) == texts  # nobody is told that a human writes now


def test_nothing_is_handed_to_a_colleague_who_has_never_come_in(browse, staff, talk, make, now_held):
    with make() as f:
        nobody = f.make_staff("village", VILLAGE, login="wei", name="未进来", password_hash="!")
        known = f.make_staff("village", VILLAGE, login="yi", name="已进来", password_hash="x")
        nobody, known = nobody.id, known.id
    browser = browse("zhen")
    page = browser.visit(f"/console/conversations/{talk[0]}").text
    assert f'value="staff:{known}"' in page and f'value="staff:{nobody}"' not in page
    sent = browser.submit(
        f"/console/conversations/{talk[0]}/hand-over", to=f"staff:{nobody}", comment="",
        seen=f"{staff['cun']}.{staff['cun']}.0", form_id="abcdefgh1234",
    )  # fmt: skip
    assert sent.status_code == 422, words(sent)
    assert now_held(talk)[0] == staff["cun"]
