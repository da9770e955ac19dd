"""Hearing, changing and erasing the own record; days free; the wrong person (T1, T4, T15, M08)."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import func, select, text

from backend.services import after_call
from backend.services.deps import Deps
from backend.sms.render import render
from backend.store.models import (
    AuditEvent,
    Base,
    Call,
    Case,
    Consent,
    Conversation,
    Handset,
    HandsetOwner,
    Hardship,
    LedgerImport,
    Message,
    Offer,
    Opening,
    OutboxRow,
    Person,
    Talk,
    TalkPerson,
    TurnEffect,
    Worker,
)  # fmt: skip
from ivr import speech
from tests.integration.services.conftest import Person as Speaker
from tests.integration.services.conftest import kinds

PERSONAL = ("王秀英", "58", "兴泉", "1968", "female")


def outbox(deps: Deps) -> list[str]:
    with deps.db.read() as session:
        return list(session.scalars(select(OutboxRow.body).order_by(OutboxRow.id)))


# -- hearing ---------------------------------------------------------------------------------------------------------
def test_by_text_the_own_record_is_told(worker: Speaker) -> None:
    answers = worker.say("view_profile", "我登记的啥子")
    assert kinds(answers) == ["profile"]
    facts = answers[0]["facts"]
    assert (facts["person_name"], facts["age"], facts["village_name"]) == ("王秀英", 58, "兴泉社区")
    assert facts["job_type"] == ["A01"]
    assert facts["pay"] == "150+/day"


def test_a_hardship_is_never_part_of_the_record_told(worker: Speaker, deps: Deps) -> None:
    with deps.db.write() as session:
        row = session.scalars(select(Worker)).one()
        session.add(Hardship(worker_id=row.id, code="G03", claimed_at=deps.clock()))
    assert "G03" not in json.dumps(worker.say("view_profile"), ensure_ascii=False)


def test_a_call_hears_only_that_the_record_comes_by_text(worker: Speaker, deps: Deps) -> None:
    answers = worker.say("view_profile", channel="voice")
    assert answers == [{"kind": "profile_by_text"}]
    assert any("王秀英" in body for body in outbox(deps))


def test_a_call_from_a_number_nobody_registered_hears_the_same(person, worker: Speaker, deps: Deps) -> None:  # type: ignore[no-untyped-def]
    stranger = person("+8610000555009")
    assert stranger.say("view_profile", channel="voice") == worker.say("view_profile", channel="voice")


def test_several_people_on_one_phone_are_asked_who_speaks_without_a_name(worker: Speaker, deps: Deps, make) -> None:  # type: ignore[no-untyped-def]
    with make() as f:
        other = f.make_person("冉光荣")
        handset_id = f.session.scalars(select(HandsetOwner.handset_id)).one()
        f.session.add(HandsetOwner(handset_id=handset_id, person_id=other.id, relation="father", since=f.now))
    answers = worker.say("view_profile")
    assert kinds(answers) == ["which_person"]
    assert "冉光荣" not in str(answers)
    assert "王秀英" not in str(answers)


# -- changing --------------------------------------------------------------------------------------------------------
def test_facts_said_are_changed_at_once_and_can_be_put_back(worker: Speaker, deps: Deps) -> None:
    answers = worker.say("update_profile", "我五十九了 还会砌砖 一天要两百", age=59, job_type="B03", pay="200/day")
    assert kinds(answers) == ["profile_updated"]
    with deps.db.read() as session:
        row = session.scalars(select(Worker)).one()
        assert (row.person.birth_year, row.job_types, row.pay_min_fen) == (2026 - 59, ["A01", "B03"], 20_000)
    assert kinds(worker.answer("undo")) == ["undone"]
    with deps.db.read() as session:
        row = session.scalars(select(Worker)).one()
        assert (row.person.birth_year, row.job_types, row.pay_min_fen) == (1968, ["A01"], 15_000)


def test_by_voice_a_change_is_made_but_nothing_personal_is_said_aloud(worker: Speaker) -> None:
    [question] = worker.say("update_profile", channel="voice", age=59, location="兴泉社区", job_type="B03")
    # A figure just heard is read back to whoever said it; nothing else is.
    assert question["facts"] == {"age": 59, "job_names": ["泥工/瓦工"]}
    [changed] = worker.answer("1", channel="voice")
    assert changed["changed"]["job_type"] == ["A01", "B03"]  # for the text after the call
    said = "".join(speech.speak(changed, "zh", today=worker.deps.clock().date()))
    assert "五十九" not in said
    assert "改好了,兴泉社区" in said  # said a moment ago: heard again in passing (V12)


def test_another_name_or_number_goes_to_staff(worker: Speaker, deps: Deps) -> None:
    assert kinds(worker.say("update_profile", person_name="李四")) == ["human"]
    assert kinds(worker.say("update_profile", phone_number="13800001234")) == ["human"]
    with deps.db.read() as session:
        assert session.scalars(select(Person.name)).all() == ["王秀英"]
        assert "update_number" in session.scalars(select(Case.kind)).all()


def test_nothing_to_change_asks_which_fact(worker: Speaker) -> None:
    assert kinds(worker.say("update_profile", "我要改一下")) == ["profile_what"]


def test_somebody_not_registered_goes_on_to_registration(person) -> None:  # type: ignore[no-untyped-def]
    speaker = person("+8610000555010")
    assert kinds(speaker.say("update_profile", age=40))[0] in ("ask", "confirm_registration")


# -- days ------------------------------------------------------------------------------------------------------------
def test_free_days_are_kept(worker: Speaker, deps: Deps) -> None:
    answers = worker.say("set_availability", "下周都有空", date="2026-06-15/2026-06-21")
    assert answers[0]["availability"]["from"] == "2026-06-15"
    with deps.db.read() as session:
        row = session.scalars(select(Worker)).one()
        assert (row.available_from, row.available_to) == (date(2026, 6, 15), date(2026, 6, 21))


def test_busy_days_are_kept_apart_and_taken_back_when_free_again(worker: Speaker, deps: Deps) -> None:
    worker.say("set_availability", "这几天莫喊我", date="2026-06-10/2026-06-12")
    with deps.db.read() as session:
        assert session.scalars(select(Worker)).one().unavailable == [["2026-06-10", "2026-06-12"]]
    worker.say("set_availability", "明天又有空了", date="2026-06-11")
    with deps.db.read() as session:
        assert session.scalars(select(Worker)).one().unavailable == []


def test_without_a_day_the_question_is_which_days(worker: Speaker) -> None:
    assert kinds(worker.say("set_availability", "我有时候有空")) == ["availability_what"]


# -- erasing ---------------------------------------------------------------------------------------------------------
def everything_stored(deps: Deps) -> str:
    """Every value of every row but the audit's field names, as one text."""
    with deps.db.read() as session:
        rows = []
        for table in Base.metadata.sorted_tables:
            if table.name in ("regions", "stations", "alembic_version"):
                continue
            rows += [str(tuple(row)) for row in session.execute(select(table))]
        return "\n".join(rows)


def test_erasing_takes_a_second_confirmation_by_text_and_leaves_no_trace(worker: Speaker, deps: Deps, make) -> None:  # type: ignore[no-untyped-def]
    with make() as f:
        row = f.session.scalars(select(Worker)).one()
        f.session.add(Hardship(worker_id=row.id, code="G03", claimed_at=f.now))
        opening = f.make_opening(headcount=1, status="filled")
        f.make_offer(opening, row, "accepted")
    worker.say("view_profile", "我是王秀英 我登记的啥子")
    worker.say("ask_policy", "我王秀英吃低保 有补贴没得", policy_topic="social_insurance_subsidy")
    assert kinds(worker.say("delete_profile", "把我的信息删了")) == ["confirm_erase"]
    assert "王秀英" in everything_stored(deps)
    assert kinds(worker.answer("1")) == ["erased"]
    stored = everything_stored(deps)
    for canary in ("王秀英", "G03", "吃低保", "1968"):
        assert canary not in stored, canary
    with deps.db.read() as session:
        assert session.scalars(select(Worker.status)).one() == "erased"
        assert session.scalars(select(Consent)).one().withdrawn_at is not None
        assert session.scalars(select(HandsetOwner)).one().until is not None
        assert session.scalars(select(Offer.status)).one() == "withdrawn"
        assert session.scalars(select(Opening)).one().filled == 0
        assert session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.verb == "erased")) == 1
    assert kinds(worker.say("view_profile")) == ["no_profile"]


def test_t15_whoever_employed_her_keeps_no_name_of_hers_and_hears_that_somebody_is_not_coming(
    worker: Speaker, deps: Deps, make
) -> None:  # type: ignore[no-untyped-def]
    with make() as f:
        row = f.session.scalars(select(Worker)).one()
        opening = f.make_opening(headcount=1, status="filled")
        phone = opening.employer.phone
        f.make_offer(opening, row, "accepted", employer_told="taken")
        told = [{"kind": "who_comes", "posts": [{"names": ["王秀英", "田大山"]}]}]
        talk = f.make_conversation(f.make_handset(phone), context={"last_answers": told})
        asked = f.make_message("看来了几个", conversation=talk, status="answered")
        f.make_message("王秀英没来", conversation=talk, status="answered", normalized_text="王秀英没来",
                       entities=[{"entity": "person_name", "text": "王秀英"}])  # fmt: skip
        f.session.add(TurnEffect(message_id=asked.id, act="who_comes", answer={"answers": told}, at=f.now))
    worker.say("delete_profile", "把我的信息删了")
    worker.answer("1")
    stored = everything_stored(deps)
    assert "王秀英" not in stored and "田大山" in stored
    with deps.db.read() as session:
        texts = session.scalars(select(OutboxRow.body).where(OutboxRow.to_number == phone)).all()
    assert texts[-1].startswith("【") and "有人不来了" in texts[-1]


def test_whoever_hires_on_the_number_as_well_hears_that_the_openings_go_on(worker: Speaker, deps: Deps, make) -> None:  # type: ignore[no-untyped-def]
    with make() as f:
        f.make_opening().employer.phone = f.session.scalars(select(Handset.number)).first()
    worker.say("delete_profile", "把我的信息删了")
    answers = worker.answer("1")
    assert answers == [{"kind": "erased", "hires": True}]
    assert "你招人的活还在招,不要了回“不招了”" in render(answers, "黔江零工")


def test_t15_erasing_takes_why_she_was_asked_notes_of_talks_and_files_that_would_bring_her_back(
    worker: Speaker, deps: Deps, make
) -> None:  # type: ignore[no-untyped-def]
    def waiting(f, staff, rows, **more):
        return f._add(LedgerImport(kind="workers", staff_id=staff.id, region_code=staff.region_code, file_name="a.xlsx", file_sha256="0",
                                   rows=rows, problems=[], row_count=1, read_at=f.now, **more))  # fmt: skip

    with make() as f:
        row = f.session.scalars(select(Worker)).one()
        row.asked_in_vain, row.failed_matches = 2, 3
        staff = f.make_staff()
        opening = f.make_opening(headcount=2)
        f.make_offer(opening, row, "declined", score=3.5, reasons=["G03 低保"])
        talk = f._add(Talk(kind="one_to_one", region_code=staff.region_code, employer_id=opening.employer_id, staff_id=staff.id,
                           held_on=f.today, note="王秀英想去，电话10000555002", created_at=f.now))  # fmt: skip
        f._add(TalkPerson(talk_id=talk.id, worker_id=row.id))
        waiting(f, staff, [{"row": 2, "facts": {"name": "王秀英", "phone": "+8610000555002"}, "sign": []}])
        waiting(f, staff, [{"row": 2, "cells": ["王秀英", "100 0055 5002"]}])
        others = waiting(f, staff, [{"row": 2, "facts": {"name": "李四", "phone": "+8610000555003"}, "sign": []}]).id
    worker.say("delete_profile", "把我的信息删了")
    assert kinds(worker.answer("1")) == ["erased"]
    stored = everything_stored(deps)
    for canary in ("王秀英", "G03", "100 0055"):
        assert canary not in stored, canary
    with deps.db.read() as session:
        offer, row = session.scalars(select(Offer)).one(), session.scalars(select(Worker)).one()
        assert (offer.score, offer.reasons, row.asked_in_vain, row.failed_matches) == (None, None, 0, 0)
        assert session.scalars(select(Talk.note)).one() == "有人想去，电话"
        assert session.scalars(select(LedgerImport.id)).all() == [others]


def test_t15_erasing_takes_the_pace_and_wording_and_what_an_open_call_was_keyed(worker: Speaker, deps: Deps) -> None:
    now = deps.clock()
    worker.say("view_profile", "我登记的啥子")
    with deps.db.write() as session:
        row = session.scalars(select(Person)).one()
        row.speech_rate, row.wording = 60, "mandarin"
        conversation = session.scalars(select(Conversation)).one()
        keyed = {"flow": {"at": "reg_trade", "registration": {"age": 58}}, "nonce": "n1"}
        call = Call(carrier="simulator", call_sid="CA1", handset_id=conversation.handset_id, direction="inbound",
                    conversation_id=conversation.id, state=keyed, turn=3, started_at=now, last_at=now)  # fmt: skip
        session.add(call)
    worker.say("delete_profile", "把我的信息删了")
    assert kinds(worker.answer("1")) == ["erased"]
    with deps.db.write() as session:
        row = session.scalars(select(Person)).one()
        assert (row.speech_rate, row.wording) == (None, None)
        call = session.scalars(select(Call)).one()
        assert call.state == keyed, "it still goes on"
        call.ended_at = now
        after_call.over(session, deps, call, call.state["flow"])
        assert call.state == {}


def test_an_open_case_about_wages_outlives_the_erasure(worker: Speaker, deps: Deps) -> None:
    worker.say("report_problem", "田老板欠我三千五", problem="wage_arrears", money=3500, employer_name="田老板")
    worker.say("delete_profile")
    worker.answer("yes")
    with deps.db.read() as session:
        assert "3500" in session.scalars(select(Case)).one().summary


def test_a_no_keeps_the_record(worker: Speaker, deps: Deps) -> None:
    worker.say("delete_profile")
    assert worker.answer("no") == [{"kind": "kept", "what": "profile"}]
    assert kinds(worker.say("view_profile")) == ["profile"]


def test_a_call_cannot_erase_it_only_sends_the_question_by_text(worker: Speaker, deps: Deps) -> None:
    assert worker.say("delete_profile", channel="voice") == [{"kind": "erase_by_text"}]
    assert worker.say("delete_profile", channel="voice", params={"confirmed": True}) == [{"kind": "erase_by_text"}]
    with deps.db.read() as session:
        assert session.scalars(select(Person.name)).all() == ["王秀英"]
    assert any("删" in body for body in outbox(deps))
    assert kinds(worker.say("delete_profile", "删除")) == ["erased"]


# -- not me ----------------------------------------------------------------------------------------------------------
def test_the_wrong_person_locks_the_old_record_for_this_number(worker: Speaker, deps: Deps) -> None:
    worker.say("view_profile")
    assert kinds(worker.say("wrong_person", "我不是他")) == ["profile_locked"]
    assert worker.context() == {}
    assert kinds(worker.say("view_profile")) == ["no_profile"]
    with deps.db.read() as session:
        assert session.scalars(select(Person.name)).all() == ["王秀英"]  # kept for staff, not shown
        assert session.scalar(text("select count(*) from messages where direction = 'inbound'")) == 3


def test_what_was_not_understood_but_says_not_me_locks_too(worker: Speaker) -> None:
    assert kinds(worker.say("not_understood", "打错了")) == ["profile_locked"]
    assert kinds(worker.say("out_of_scope", "这个号换人了")) == ["profile_locked"]


def test_the_message_being_answered_keeps_its_words_for_staff(worker: Speaker, deps: Deps) -> None:
    worker.say("delete_profile", "把我删了")
    worker.answer("1")
    with deps.db.read() as session:
        bodies = session.scalars(select(Message.body).where(Message.direction == "inbound").order_by(Message.id)).all()
    assert bodies == ["(已删除)", "1"]


def test_in_a_call_a_place_is_found_behind_a_misheard_word_and_an_unknown_one_is_not_told_as_changed(
    worker: Speaker, deps: Deps
) -> None:
    """DESIGN §3.2: only a committed fact is told as done."""
    with deps.db.write() as session:
        session.scalars(select(Person)).one().village_code = None
    answers = worker.say("update_profile", "现在组兴泉社区", channel="voice", location="组兴泉社区")
    assert kinds(answers) == ["profile_updated"]
    with deps.db.read() as session:
        assert session.scalars(select(Person.village_code)).one() == "500114121002"
    answers = worker.say("update_profile", "现在住莫名其妙坝", channel="voice", location="莫名其妙坝")
    assert kinds(answers) == ["profile_what"]
    with deps.db.read() as session:
        assert session.scalars(select(Person.village_code)).one() == "500114121002"


def test_a_village_chosen_by_key_is_changed_for_whoever_is_registered(person, worker: Speaker, deps: Deps) -> None:  # type: ignore[no-untyped-def]
    with deps.db.write() as session:
        session.scalars(select(Person)).one().village_code = None
    chosen = {"village": "500114121002"}
    assert kinds(worker.say("move_village", channel="voice", params=chosen)) == ["profile_updated"]
    with deps.db.read() as session:
        assert session.scalars(select(Person.village_code)).one() == "500114121002"
    assert kinds(person("+8610000555009").say("move_village", channel="voice", params=chosen)) == ["no_profile"]


def test_how_far_somebody_would_go_and_how_she_gets_about_is_kept_and_can_be_undone(
    worker: Speaker, deps: Deps
) -> None:
    def kept() -> tuple[str | None, float | None]:
        with deps.db.read() as session:
            row = session.scalars(select(Worker)).one()
            return row.travel, row.within_km

    answers = worker.say("update_profile", "附近的，骑摩托二十分钟以内", proximity="near")
    assert kinds(answers) == ["profile_updated"] and render(answers, "中塘零工")
    assert kept() == ("motorbike", 10.0)
    worker.answer("undo")
    assert kept() == (None, None)
