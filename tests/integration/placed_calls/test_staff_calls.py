"""A member of staff rings somebody back through the line: her phone first, she presses 1, both see only our number (V15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from backend.errors import Conflict, Invalid
from backend.services import follow_ringing, place_calls, staff_call
from backend.services.staff_login import Member
from backend.store.models import CallAttempt, Case, Conversation, InboxEntry, Message, PlannedCall, Staff, StaffCall
from tests.support.phone_call import NUMBER
from tests.support.placed import Answered, tell

STAFF_PHONE = "+8610000077001"
TOWN, VILLAGE = "500114121", "500114121002"


@pytest.fixture
def member(make) -> Member:
    with make() as f:
        staff = f.make_staff("town", TOWN, name="田镇干", phone=STAFF_PHONE)
        given = {name: getattr(staff, name) for name in ("id", "login", "name", "role", "region_code", "language")}
    return Member(**given)


@pytest.fixture
def asked(make) -> tuple[int, int]:
    """A conversation in which she asked to be rung, and that case."""
    with make() as f:
        conversation = f.make_conversation(f.make_handset(NUMBER), region_code=VILLAGE)
        case = Case(kind="handoff", priority=1, summary="要人工", details={}, conversation_id=conversation.id,
                    handset_id=conversation.handset_id, region_code=VILLAGE, opened_at=f.now, due_at=f.now)  # fmt: skip
        f.session.add(case)
        f.session.flush()
        return conversation.id, case.id


@pytest.fixture
def quiet(make) -> int:
    """A conversation in which nobody asked for a call."""
    with make() as f:
        return f.make_conversation(f.make_handset(NUMBER), region_code=VILLAGE).id


def press(deps, member, talk, form_id="form-one-1", phone="mine", close_case=False) -> None:
    staff_call.ring(deps, member, talk, phone=phone, close_case=close_case, form_id=form_id)


def the_call(deps) -> StaffCall:
    with deps.db.read() as session:
        return session.scalars(select(StaffCall).order_by(StaffCall.id.desc())).first()


def said(deps, talk) -> list[str]:
    with deps.db.read() as session:
        found = session.scalars(select(Message).where(Message.conversation_id == talk).order_by(Message.id))
        return [message.body for message in found]


def connected(signed, ring: dict[str, Any]) -> Answered:
    leg = Answered(signed, ring)
    assert "按1" in leg.text
    return leg.press("1")


def test_her_phone_rings_she_presses_one_and_is_joined_without_a_number_of_anybody(
    member, asked, deps, due, signed, settings
):
    talk, case_id = asked
    press(deps, member, talk)
    ring = due()
    assert ring["to"] == STAFF_PHONE
    leg = connected(signed, ring)
    dial = leg.root.find("Dial")
    assert dial.get("callerId") == settings.twilio_phone_number
    assert dial.findtext("Number") == NUMBER
    again = leg.post(leg.url, Digits="1")  # the carrier repeats itself (I3)
    assert again.root.find("Dial").findtext("Number") == NUMBER
    over = leg.post(leg._action("Dial"), DialCallStatus="completed", DialCallDuration="200")
    assert "通话结束" in over.text
    leg.hang_up()
    assert (the_call(deps).status, the_call(deps).talked_s) == ("answered", 200)
    assert said(deps, talk) == ["工作人员用热线打了回去，接通了，说了3分钟。"]
    with deps.db.read() as session:
        case = session.get(Case, case_id)
        assert (case.status, case.taken_by, case.waits_since) == ("taken", member.id, None)
        assert case.details["talked_at"]
        assert session.scalars(select(PlannedCall)).one().status == "answered"


def test_the_case_is_closed_with_it_when_that_was_wished(member, asked, deps, due, signed):
    press(deps, member, asked[0], close_case=True)
    leg = connected(signed, due())
    leg.post(leg._action("Dial"), DialCallStatus="completed", DialCallDuration="30")
    with deps.db.read() as session:
        case = session.get(Case, asked[1])
        assert (case.status, case.closed_by, case.resolution) == ("closed", member.id, "用热线打回去，接通了")


@pytest.mark.parametrize(("status", "words"), [("busy", "对方占线"), ("no-answer", "没人接"), ("failed", "没打通"),
                                               ("canceled", "没打通")])  # fmt: skip
def test_who_is_not_reached_stays_open_and_the_talk_shows_it(member, asked, deps, due, signed, status, words):
    talk, case_id = asked
    press(deps, member, talk, close_case=True)
    leg = connected(signed, due())
    done = leg._action("Dial")
    leg.post(done, DialCallStatus=status, DialCallDuration="0")
    leg.post(done, DialCallStatus=status, DialCallDuration="0")
    assert len(said(deps, talk)) == 1
    assert words in said(deps, talk)[0]
    with deps.db.read() as session:
        case = session.get(Case, case_id)
        assert case.status == "taken"
        assert len(case.details["rang"]) == 1


def test_whoever_presses_nothing_is_asked_three_times_and_the_person_is_not_rung(member, asked, deps, due, signed):
    press(deps, member, asked[0])
    ring = due()
    leg = Answered(signed, ring)
    for _ in range(2):
        leg = leg.silence()
        assert "按1" in leg.text
    leg = leg.press("5")
    assert leg.root.find("Dial") is None
    assert leg.root.find("Hangup") is not None
    tell(signed, ring, "completed")
    assert the_call(deps).status == "unreached"
    assert said(deps, asked[0]) == []


def test_her_own_phone_not_picked_up_is_told_and_not_tried_again(member, asked, deps, due, signed):
    press(deps, member, asked[0])
    tell(signed, due(), "no-answer")
    assert the_call(deps).status == "unreached"
    assert due() is None
    press(deps, member, asked[0], "form-two-2")  # she may press again at once
    assert due() is not None


def test_at_night_only_who_asked_is_rung(member, asked, deps, due, clock, signed):
    """M10, V15: hours and caps hold, but for whoever asked to be called."""
    clock.advance(hours=14)
    press(deps, member, asked[0])
    assert due() is not None


def test_at_night_nobody_is_rung_who_did_not_ask(member, quiet, deps, clock):
    clock.advance(hours=14)
    with pytest.raises(Conflict) as refused:
        press(deps, member, quiet)
    assert refused.value.reason == "hours"


def test_a_number_rung_often_enough_is_not_rung_again(member, quiet, deps, due, signed, settings):
    for number in range(settings.calls_per_number):
        press(deps, member, quiet, f"form-number-{number}")
        tell(signed, due(), "no-answer")
    with pytest.raises(Conflict) as refused:
        press(deps, member, quiet, "form-last-1")
    assert refused.value.reason == "number_cap"


def test_a_cap_reached_between_the_button_and_the_ringing_stops_it_and_she_is_told(
    member, quiet, deps, clock, settings, make
):
    press(deps, member, quiet)
    with make() as f:
        planned = f.session.scalars(select(PlannedCall)).one()
        for number in range(settings.calls_per_number):
            f.session.add(CallAttempt(planned_call_id=planned.id, handset_id=planned.handset_id, reference=f"r{number}",
                                      status="completed", at=clock(), ended_at=clock()))  # fmt: skip
    while place_calls.place_next(deps):
        pass
    assert the_call(deps).status == "suppressed"


def test_who_wants_no_calls_is_rung_only_if_she_asked_for_this_one(member, quiet, deps, make):
    from backend.store.models import Handset

    with make() as f:
        f.session.scalars(select(Handset).where(Handset.number == NUMBER)).one().calls_opted_out_at = f.now
    with pytest.raises(Conflict) as refused:
        press(deps, member, quiet)
    assert refused.value.reason == "opted_out"


def test_without_a_phone_of_hers_nothing_is_planned_but_the_stations_can_be_rung(member, asked, deps, due, make):
    with make() as f:
        f.session.get(Staff, member.id).phone = None
    with pytest.raises(Invalid):
        press(deps, member, asked[0])
    assert due() is None
    press(deps, member, asked[0], phone="station")
    assert due()["to"] == "+8610000099001"


def test_the_same_form_twice_rings_once_and_a_second_call_waits_for_the_first(member, asked, deps, due):
    press(deps, member, asked[0])
    press(deps, member, asked[0])
    with pytest.raises(Conflict) as refused:
        press(deps, member, asked[0], "form-two-2")
    assert refused.value.reason == "ringing"
    assert due() is not None
    assert due() is None


def test_a_colleague_who_has_the_case_is_not_bypassed(member, asked, deps, make):
    with make() as f:
        other = f.make_staff("town", TOWN)
        case = f.session.get(Case, asked[1])
        case.status, case.taken_by = "taken", other.id
    # She may ring, as she may write; the case stays her colleague's.
    press(deps, member, asked[0])
    with deps.db.read() as session:
        assert session.get(Case, asked[1]).taken_by == other.id


def test_a_reference_that_is_not_ours_or_of_another_call_gets_nothing_but_a_sentence(member, asked, deps, due, signed):
    press(deps, member, asked[0])
    ring = due()
    for reference in ("nonsense", ""):
        answer = signed.voice(f"/twilio/voice/staff/key?r={reference}&n=1", STAFF_PHONE, "CA" + "9" * 32, Digits="1")
        assert answer.status_code == 200
        assert NUMBER not in answer.get_data(as_text=True)
    Answered(signed, ring)
    parts = urlsplit(ring["url"])
    stolen = signed.voice(f"/twilio/voice/staff/key?{parts.query}", STAFF_PHONE, "CA" + "9" * 32, Digits="1")
    assert NUMBER not in stolen.get_data(as_text=True)


def test_a_button_pressed_long_ago_rings_nobody(member, asked, deps, clock):
    press(deps, member, asked[0])
    clock.advance(minutes=6)
    follow_ringing.settle(deps)
    while place_calls.place_next(deps):
        pass
    assert the_call(deps).status == "suppressed"
    assert clock() - the_call(deps).created_at > timedelta(minutes=5)


def test_a_call_that_somebody_called_off_frees_the_button(member, asked, deps, due):
    from backend.services import manage_calls

    press(deps, member, asked[0])
    with deps.db.read() as session:
        planned_id = session.scalars(select(PlannedCall.id)).one()
    manage_calls.cancel(deps, member, planned_id)
    assert the_call(deps).status == "suppressed"
    assert due() is None
    press(deps, member, asked[0], "form-two-2")
    assert due() is not None


def test_a_talk_whose_end_was_never_reported_blocks_nothing(member, asked, deps, due, signed):
    press(deps, member, asked[0])
    ring = due()
    connected(signed, ring)
    tell(signed, ring, "completed")
    press(deps, member, asked[0], "form-two-2")
    assert due() is not None


def test_a_talk_whose_end_was_never_reported_is_told_and_given_to_whoever_rang(member, asked, deps, due, signed, clock):
    """Nobody knows whether the person was reached: she who rang does, and is asked."""
    talk, case_id = asked
    press(deps, member, talk, close_case=True)
    ring = due()
    connected(signed, ring)
    tell(signed, ring, "completed")
    assert staff_call.settle(deps) == 0  # the word of it may be on its way
    clock.advance(minutes=3)
    assert staff_call.settle(deps) == 1
    assert staff_call.settle(deps) == 0
    assert the_call(deps).status == "unknown"
    assert ["没有传回来" in line for line in said(deps, talk)] == [True]
    with deps.db.read() as session:
        case = session.get(Case, case_id)
        assert (case.status, case.taken_by, case.details["rang"]) == ("taken", member.id, ["unknown"])
        assert session.get(Conversation, talk).assigned_to_staff == member.id
        marks = set(session.scalars(select(InboxEntry.mark).where(InboxEntry.conversation_id == talk)))
    assert {"failed", f"staff:{member.id}"} <= marks


def test_a_report_that_comes_after_all_puts_the_line_right(member, asked, deps, due, signed, clock):
    talk, case_id = asked
    press(deps, member, talk, close_case=True)
    ring = due()
    leg = connected(signed, ring)
    tell(signed, ring, "completed")
    clock.advance(minutes=3)
    staff_call.settle(deps)
    leg.post(leg._action("Dial"), DialCallStatus="completed", DialCallDuration="200")
    assert said(deps, talk) == ["工作人员用热线打了回去，接通了，说了3分钟。"]
    with deps.db.read() as session:
        case = session.get(Case, case_id)
        assert (case.status, case.details["rang"]) == ("closed", ["unknown"])
        marks = set(session.scalars(select(InboxEntry.mark).where(InboxEntry.conversation_id == talk)))
    assert "failed" not in marks


def test_a_long_talk_is_left_alone(member, asked, deps, due, signed, clock):
    press(deps, member, asked[0])
    connected(signed, due())
    clock.advance(minutes=50)
    assert staff_call.settle(deps) == 0
    clock.advance(minutes=30)
    assert staff_call.settle(deps) == 1
