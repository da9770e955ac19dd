"""Stepping in: hand over, note, close and open again, and who sees what was typed when a colleague was quicker (C5)."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import select, update

from backend.services import erase, receive_message
from backend.services.hand_over import holding
from backend.services.notes import LONGEST
from backend.services.receive_message import InboundSms
from backend.services.turn import Turn
from backend.store.models import (
    Case,
    Conversation,
    ConversationClosing,
    ConversationNote,
    Handset,
    Message,
    Person,
    Team,
    TeamMember,
)
from backend.store.queries import stepping_in
from tests.integration.console.conftest import OTHER_VILLAGE, TOWN, VILLAGE, words

NUMBER = "+8610000001234"
NAME = "罗小妹"


@pytest.fixture
def talk(make, staff):
    with make() as f:
        worker = f.make_worker(NAME, number=NUMBER, village=VILLAGE)
        handset = f.session.scalar(select(Handset).where(Handset.number == NUMBER))
        conversation = f.make_conversation(handset, region_code=VILLAGE, person_id=worker.person_id)
        f.make_message("我要找人", conversation=conversation, status="answered", intent="talk_to_human")
        return conversation.id


@pytest.fixture
def waiting(make, talk):
    """An open wish for a person in that conversation; its id."""
    with make() as f:
        conversation = f.session.get(Conversation, talk)
        case = Case(kind="handoff", priority=1, summary="要人工", details={}, conversation_id=talk,
                    handset_id=conversation.handset_id, region_code=VILLAGE, opened_at=f.now, due_at=f.now)  # fmt: skip
        f.session.add(case)
        f.session.flush()
        return case.id


@pytest.fixture
def team(make, staff):
    """A team of the town for everything, with the village's own and the town's officer in it; its id."""
    with make() as f:
        made = Team(name="中塘帮办组", region_code=TOWN, topics=["other", "jobs"], version=1, created_at=f.now)
        f.session.add(made)
        f.session.flush()
        f.session.add_all(TeamMember(team_id=made.id, staff_id=staff[login]) for login in ("zhen", "cun"))
        return made.id


def row(database, talk):
    with database.read() as session:
        return session.get(Conversation, talk)


def hand_over(browser, talk, to, comment="", seen="0.0.0", form_id="form-one-1"):
    return browser.submit(
        f"/console/conversations/{talk}/hand-over", to=to, comment=comment, seen=seen, form_id=form_id
    )


# -- handing over ----------------------------------------------------------------------------------------------------------


def test_a_colleague_is_handed_the_talk_reads_the_comment_first_and_the_person_is_told_who_goes_on(
    browse, talk, staff, database, outgoing, audited
):
    browser = browse("cun")
    browser.submit(f"/console/conversations/{talk}/take")
    seen = holding(row(database, talk))
    answer = hand_over(browser, talk, f"staff:{staff['zhen']}", "她要问低保的事，慢慢说", seen)
    assert answer.status_code == 303
    now = row(database, talk)
    assert (now.taken_by, now.assigned_to_staff) == (staff["zhen"], staff["zhen"])
    assert "现在由田镇干接着帮你" in outgoing()[-1].body
    page = words(browse("zhen").visit(f"/console/conversations/{talk}"))
    assert page.index("她要问低保的事") < page.index("您在回话")
    assert audited("handed_over")[0].facts["to_staff"] == staff["zhen"]
    assert "低保" not in str(audited("handed_over")[0].facts)


def test_nobody_is_told_of_a_handover_while_the_machine_was_answering(browse, talk, staff, outgoing, database):
    hand_over(browse("cun"), talk, f"staff:{staff['zhen']}")
    assert outgoing() == []
    assert row(database, talk).taken_by is None  # and the machine goes on


def test_the_bot_stays_silent_until_somebody_of_the_team_takes_it_up(browse, talk, team, staff, database, outgoing):
    """DESIGN §3.12: given to a team nobody writes for a while; that must not wake the bot."""
    county = browse("xian")
    county.submit(f"/console/conversations/{talk}/take")
    assert hand_over(county, talk, f"team:{team}", "谁有空谁接", holding(row(database, talk))).status_code == 303
    assert row(database, talk).taken_by == staff["xian"]
    assert "现在由中塘帮办组接着帮你" in outgoing()[-1].body
    browser = browse("zhen")
    assert "谁有空谁接" in words(browser.visit(f"/console/conversations/{talk}"))
    assert browser.submit(f"/console/conversations/{talk}/take").status_code == 303
    assert row(database, talk).taken_by == staff["zhen"]
    assert "现在由田镇干接着帮你" in outgoing()[-1].body
    assert browse("cun").submit(f"/console/conversations/{talk}/take").status_code == 409  # one of the team has it now


def test_of_two_who_hand_over_the_second_sees_who_has_it_and_keeps_her_words(browse, talk, staff, database):
    first, second = browse("xian"), browse("cun")
    seen = holding(row(database, talk))
    assert hand_over(first, talk, f"staff:{staff['zhen']}", seen=seen).status_code == 303
    late = hand_over(second, talk, f"staff:{staff['xian']}", "请窗口看一下", seen, "form-two-2")
    assert late.status_code == 409
    assert "田镇干已经接过去了" in words(late)
    assert "请窗口看一下" in late.text
    assert row(database, talk).assigned_to_staff == staff["zhen"]
    fresh = re.search(r'name="seen" value="([^"]+)"', late.text)[1]
    assert hand_over(second, talk, f"staff:{staff['xian']}", "请窗口看一下", fresh, "form-two-3").status_code == 303


def test_c5_handed_over_at_the_same_moment_one_of_two_wins(browse, talk, staff, database):
    seen, codes = holding(row(database, talk)), []
    browsers = [(browse("cun"), "zhen"), (browse("zhen"), "xian")]
    barrier = threading.Barrier(2)

    def go(browser, to):
        barrier.wait()
        codes.append(hand_over(browser, talk, f"staff:{staff[to]}", seen=seen, form_id=f"form-{to}-1").status_code)

    threads = [threading.Thread(target=go, args=pair) for pair in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409]


@pytest.mark.parametrize("to", ["cun2", "weining", "shi"])
def test_nobody_who_does_not_see_it_or_only_looks_can_be_handed_it(browse, talk, staff, to, database):
    answer = hand_over(browse("cun"), talk, f"staff:{staff[to]}", "请看")
    assert answer.status_code == 422
    assert "请选转给哪个同事" in words(answer)
    assert row(database, talk).assigned_to_staff is None


def test_what_is_not_ours_cannot_be_handed_over_noted_closed_or_rung(browse, talk, make):
    with make() as f:
        elsewhere = f.make_conversation(f.make_handset("+8610000005678"), region_code=OTHER_VILLAGE).id
    browser = browse("cun")
    forms = {
        "hand-over": {"to": "staff:1", "comment": "", "seen": "0.0.0", "form_id": "form-one-1"},
        "note": {"body": "x", "form_id": "form-one-1"},
        "close": {"reason": "answered", "words": ""},
        "undo-close": {},
        "ring": {"phone": "mine", "form_id": "form-one-1"},
    }
    for path, fields in forms.items():
        assert browser.submit(f"/console/conversations/{elsewhere}/{path}", **fields).status_code == 404
        # Whoever only looks may do none of it.
        assert browse("shi").submit(f"/console/conversations/{talk}/{path}", **fields).status_code == 403


def test_the_same_handover_sent_twice_happens_once(browse, talk, staff, database):
    browser = browse("cun")
    for _ in range(2):
        assert hand_over(browser, talk, f"staff:{staff['zhen']}", "一次").status_code == 303
    with database.read() as session:
        assert len(session.scalars(select(ConversationNote)).all()) == 1


def test_the_cases_inside_go_along_to_the_colleague(browse, talk, waiting, staff, database):
    hand_over(browse("cun"), talk, f"staff:{staff['zhen']}")
    with database.read() as session:
        case = session.get(Case, waiting)
        assert (case.status, case.taken_by, case.waits_since) == ("taken", staff["zhen"], None)


# -- notes -----------------------------------------------------------------------------------------------------------------


def test_a_note_is_kept_shown_with_its_writer_and_never_sent(browse, talk, outgoing, audited):
    browser = browse("cun")
    note = f"/console/conversations/{talk}/note"
    for _ in range(2):  # pressed twice
        assert (
            browser.submit(note, body="她家里有个病人<script>alert(1)</script>", form_id="form-one-1").status_code
            == 303
        )
    page = browse("zhen").visit(f"/console/conversations/{talk}")
    assert words(page).count("她家里有个病人") == 1
    assert "<script>alert(1)" not in page.text
    assert "冉村官" in words(page)
    assert outgoing() == []
    assert "病人" not in str([event.facts for event in audited("noted")])


def test_names_and_numbers_in_a_note_are_hidden_until_they_are_revealed(browse, talk):
    browser = browse("cun")
    browser.submit(f"/console/conversations/{talk}/note", body=f"{NAME}的儿子13800001234", form_id="form-one-1")
    page = browser.visit(f"/console/conversations/{talk}").text
    assert NAME not in page
    assert "13800001234" not in page


def test_a_note_of_a_hundred_thousand_characters_comes_back_whole_with_a_sentence(browse, talk, database):
    body = "长" * 100_000
    answer = browse("cun").client.post  # multipart, as the page sends it
    browser = browse("cun")
    browser.visit(f"/console/conversations/{talk}")
    answer = browser.client.post(
        f"/console/conversations/{talk}/note",
        data={"csrf_token": browser.token, "body": body, "form_id": "form-one-1"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert f"最多{LONGEST}个字，现在有100000个字" in words(answer)
    assert body in answer.text
    with database.read() as session:
        assert session.scalars(select(ConversationNote)).all() == []


# -- closing ---------------------------------------------------------------------------------------------------------------


def test_a_conversation_is_closed_with_a_reason_and_undone_for_a_day(
    browse, talk, waiting, staff, database, clock, outgoing
):
    browser = browse("cun")
    browser.submit(f"/console/conversations/{talk}/take")
    close = f"/console/conversations/{talk}/close"
    unnamed = browser.submit(close, reason="answered", words="说清楚了")
    assert unnamed.status_code == 422
    assert "每一件都要选" in words(unnamed)
    assert "说清楚了" in unnamed.text
    assert browser.submit(close, reason="answered", words="说清楚了", **{f"case_{waiting}": "close"}).status_code == 303
    closed = row(database, talk)
    assert closed.closed_at is not None
    assert closed.taken_by is None
    assert "又是机器回你" in outgoing()[-1].body
    with database.read() as session:
        assert session.get(Case, waiting).resolution == "答复了，说清楚了"
    assert browse("zhen").submit(close, reason="answered", words="").status_code == 409  # closed already, by whom
    clock.advance(hours=23)
    browser = browse("cun")
    assert browser.submit(f"/console/conversations/{talk}/undo-close").status_code == 303
    opened = row(database, talk)
    assert (opened.closed_at, opened.taken_by) == (None, staff["cun"])
    with database.read() as session:
        assert session.get(Case, waiting).status == "open"


def test_after_a_day_a_closing_stands(browse, talk, clock, database):
    browse("cun").submit(f"/console/conversations/{talk}/close", reason="job_found", words="")
    clock.advance(hours=25)
    answer = browse("cun").submit(f"/console/conversations/{talk}/undo-close")
    assert answer.status_code == 409
    assert "超过一天" in words(answer)
    assert row(database, talk).closed_at is not None


def test_a_case_may_be_kept_and_one_of_a_colleague_is_not_closed_with_it(browse, talk, waiting, database):
    browse("zhen").submit(f"/console/cases/{waiting}/take")
    close, browser = f"/console/conversations/{talk}/close", browse("cun")
    refused = browser.submit(close, reason="answered", words="好了", **{f"case_{waiting}": "close"})
    assert refused.status_code == 409
    assert "同事在办" in words(refused)
    assert row(database, talk).closed_at is None
    assert browser.submit(close, reason="answered", words="", **{f"case_{waiting}": "keep"}).status_code == 303
    with database.read() as session:
        assert session.get(Case, waiting).status == "taken"


@pytest.mark.parametrize(("fields", "sentence"), [({"reason": "", "words": "x"}, "请选一个办结的原因"),
                                                  ({"reason": "other", "words": " "}, "请写一句是为什么"),
                                                  ({"reason": "other", "words": "长" * 501}, "太长了")])  # fmt: skip
def test_a_closing_without_its_reason_says_so_and_keeps_the_words(browse, talk, fields, sentence):
    answer = browse("cun").submit(f"/console/conversations/{talk}/close", **fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert fields["words"].strip() in answer.text


def test_it_opens_again_when_the_person_writes_and_says_so(browse, talk, deps, database):
    browse("cun").submit(f"/console/conversations/{talk}/close", reason="answered", words="")
    receive_message.receive_sms(deps, InboundSms("simulator", "AC1", "SM1", NUMBER, "还有一件事"))
    assert row(database, talk).closed_at is None
    page = words(browse("cun").visit(f"/console/conversations/{talk}"))
    assert "对方又来找" in page
    assert browse("cun").submit(f"/console/conversations/{talk}/undo-close").status_code == 409  # open already


# -- who waits, who may know -----------------------------------------------------------------------------------------------


def test_who_waits_for_a_person_is_listed_oldest_first_until_somebody_takes_it(browse, talk, waiting, database, make):
    with make() as f:
        older = Case(kind="voicemail", priority=1, summary="", details={}, region_code=VILLAGE,
                     opened_at=f.now.replace(hour=0), due_at=f.now)  # fmt: skip
        f.session.add_all([older, Case(kind="policy", priority=3, summary="", details={}, region_code=VILLAGE,
                                       opened_at=f.now, due_at=f.now)])  # fmt: skip
        f.session.flush()
        first = older.id
    with database.read() as session:
        found = stepping_in.waiting_for_person(session, TOWN, "500114")
        assert [one.case_id for one in found] == [first, waiting]
        assert found[1].number == NUMBER
        assert stepping_in.waiting_for_person(session, "500114122", "500114") == []
    browse("cun").submit(f"/console/cases/{waiting}/take")
    with database.read() as session:
        assert [one.case_id for one in stepping_in.waiting_for_person(session, TOWN, "500114")] == [first]


def test_an_officer_whom_a_colleague_forestalled_keeps_her_reply(browse, talk):
    browse("zhen").submit(f"/console/conversations/{talk}/take")
    late = browse("cun").submit(f"/console/conversations/{talk}/reply", text="明天来村委会", form_id="form-one-1")
    assert late.status_code == 409
    assert "同事已经接手了" in words(late)
    assert "田镇干在回话" in words(late)
    assert "明天来村委会" in late.text


def test_notes_and_closing_words_are_erased_with_the_person(browse, talk, deps, database, clock):
    browser = browse("cun")
    browser.submit(f"/console/conversations/{talk}/note", body="家里有病人", form_id="form-one-1")
    browser.submit(f"/console/conversations/{talk}/close", reason="answered", words="家里有病人")
    with deps.db.write() as session:
        conversation = session.get(Conversation, talk)
        message = session.scalars(select(Message).where(Message.conversation_id == talk)).first()
        turn = Turn(deps=deps, session=session, now=clock(), conversation=conversation, channel="sms", message=message,
                    handset=session.get(Handset, conversation.handset_id))  # fmt: skip
        erase.erase_person(turn, session.get(Person, conversation.person_id))
    with database.read() as session:
        assert [note.body for note in session.scalars(select(ConversationNote))] == [""]
        assert [closing.words for closing in session.scalars(select(ConversationClosing))] == [""]


def test_a_new_wish_for_a_person_goes_to_the_team_of_its_place(team, talk, deps, database, make):
    """The rule is domain/routing.py; here that a case opened by the line meets it."""
    from backend.services.handoff import talk_to_human

    with deps.db.write() as session:
        conversation = session.get(Conversation, talk)
        message = session.scalars(select(Message).where(Message.conversation_id == talk)).first()
        turn = Turn(deps=deps, session=session, now=deps.clock(), conversation=conversation, channel="sms",
                    message=message, handset=session.get(Handset, conversation.handset_id))  # fmt: skip
        talk_to_human(turn)
    with database.read() as session:
        case = session.scalars(select(Case)).one()
        assert case.assigned_to_team == team
        assert case.waits_since == case.opened_at
        assert session.get(Conversation, talk).assigned_to_team == team
    with database.write() as session:
        session.execute(update(Team).values(active=False))


def test_the_line_says_nothing_more_once_somebody_took_over_while_it_was_thinking(
    talk, staff, deps, engine, app, settings, make, outgoing, database
):
    """DESIGN §3.12: the owner is looked at again before anything is done or said, not only when the turn begins."""
    from backend.services import take_over
    from backend.services.converse import converse
    from backend.services.staff_login import Member

    member = Member(staff["cun"], "cun", "冉村官", "village", VILLAGE, "zh")
    refused = []

    def thinking(text, token, metadata):
        take_over.take_over(deps, member, talk)
        headers = {"Authorization": f"Bearer {settings.actions_token}"}
        answer = app.test_client().post(f"/internal/turns/{token}/acts/register_worker", headers=headers, json={})
        refused.append(answer.status_code)
        return []

    engine.on_turn = thinking
    with make() as f:
        message = f.make_message("我要登记", conversation=f.session.get(Conversation, talk)).id
    assert converse(deps, message, deadline_s=4) == []
    assert refused == [404]
    assert [row.body for row in outgoing()] == ["【黔江零工】现在是工作人员在回你,不是机器"]
    with database.read() as session:
        assert session.get(Message, message).status == "for_staff"
