"""One conversation across SMS and calls: read, revealed for a reason, taken over, answered, handed back (L22, DESIGN §3.12)."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.services.review_transcript import REVEALS_PER_HOUR
from backend.store.models import Conversation, HandsetOwner, Message
from tests.integration.console.conftest import OTHER_VILLAGE, VILLAGE, bare, words

NAME, NUMBER = "罗桂芳", "+8610000001234"


@pytest.fixture
def talk(make):
    """A worker who texted and then called; returns the conversation's id."""
    with make() as f:
        f.make_region(VILLAGE)
        worker = f.make_worker(NAME, number=NUMBER)
        owner = f.session.scalar(select(HandsetOwner).where(HandsetOwner.person_id == worker.person_id))
        conversation = f._add(
            Conversation(
                handset_id=owner.handset_id,
                person_id=worker.person_id,
                region_code=VILLAGE,
                started_at=f.now,
                last_at=f.now,
                context={},
            )
        )
        turns = [
            {"body": f"我是{NAME} 电话13800001234 吃低保", "intent": "register_worker", "confidence": 0.91, "handled_by": "rasa",
             "status": "answered",
             "entities": [{"entity": "person_name", "text": NAME, "value": NAME},
                          {"entity": "phone_number", "text": "13800001234", "value": "13800001234"},
                          {"entity": "hardship", "text": "吃低保", "value": "G03"},
                          {"entity": "pay", "text": "一天一百五", "value": "150/day"}]},
            {"body": f"【黔江零工】{NAME}，登记好了。", "direction": "outbound", "status": "delivered",
             "gloss": "You are registered.", "answer": {"answers": [{"kind": "registered", "facts": {"name": NAME}}]}},
            {"body": "2", "channel": "voice", "handled_by": "keypad", "status": "answered"},
            {"body": "有三个活。", "channel": "voice", "direction": "outbound", "status": "sent"},
        ]  # fmt: skip
        for number, turn in enumerate(turns):
            f.make_message(conversation=conversation, created_at=f.now + timedelta(minutes=number), **turn)
        return conversation.id


def test_sms_and_call_turns_stand_in_one_line_with_intent_and_confidence(browse, talk):
    page = browse("cun").visit(f"/console/conversations/{talk}")
    seen = words(page)
    assert seen.index("登记好了") < seen.index("有三个活")
    assert "登记" in seen
    assert "0.91" in seen
    assert "1**元/天" in seen
    assert "短信" in seen
    assert "电话" in seen
    assert "按键" in seen
    assert "<kbd>2</kbd>" in page.text


def test_names_numbers_and_hardship_are_hidden_until_revealed(browse, talk):
    browser = browse("cun")
    for path in ("/console/conversations", f"/console/conversations/{talk}"):
        page = bare(browser.visit(path).text)
        assert NAME not in page
        assert "13800001234" not in page
        assert "10000001234" not in page
        assert "G03" not in page
    assert "100****1234" in page
    assert "罗**" in page
    assert "138****1234" in page


def test_a_reveal_needs_a_reason_shows_one_field_is_written_down_and_passes(browse, talk, audited, clock):
    browser = browse("cun")
    reveal = f"/console/conversations/{talk}/reveal"
    assert browser.submit(reveal, field="phone", reason="").status_code == 422
    assert browser.submit(reveal, field="phone", reason="call_back").status_code == 303
    page = browser.visit(f"/console/conversations/{talk}").text
    assert NUMBER in page
    assert "13800001234" in page
    assert NAME not in page
    event = audited("revealed")[0]
    assert (event.object_kind, event.object_id, event.facts["field"], event.facts["reason"]) == (
        "conversations", str(talk), "phone", "call_back")  # fmt: skip
    assert NUMBER not in str(event.facts)
    assert NUMBER not in browse("zhen").visit(f"/console/conversations/{talk}").text  # only for who asked
    clock.advance(minutes=11)
    assert NUMBER not in browser.visit(f"/console/conversations/{talk}").text


def test_what_was_said_of_money_is_hidden_until_revealed(browse, talk):
    browser = browse("cun")
    assert "150元" not in browser.visit(f"/console/conversations/{talk}").text
    browser.submit(f"/console/conversations/{talk}/reveal", field="amount", reason="handle_case")
    assert "150元/天" in words(browser.visit(f"/console/conversations/{talk}"))


def test_the_thirty_first_reveal_of_an_hour_is_refused(browse, talk, clock):
    browser = browse("cun")
    codes = [
        browser.submit(f"/console/conversations/{talk}/reveal", field="name", reason="check_record").status_code
        for _ in range(REVEALS_PER_HOUR + 1)
    ]
    assert codes == [303] * REVEALS_PER_HOUR + [429]
    clock.advance(minutes=14)
    assert browser.visit("/console/").status_code == 200


def test_every_reading_is_written_down_without_personal_values(browse, talk, audited, staff):
    browser = browse("cun")
    browser.visit("/console/conversations")
    browser.visit("/console/conversations?number=1234")
    browser.visit(f"/console/conversations/{talk}")
    events = [*audited("listed_conversations"), *audited("searched_conversations"), *audited("read")]
    assert [e.verb for e in events] == ["listed_conversations", "searched_conversations", "read"]
    assert {e.actor for e in events} == {f"staff:{staff['cun']}"}
    assert not any(NAME in str(e.facts) or "1234" in str(e.facts) for e in events)


def test_a_search_by_the_last_four_digits_finds_only_that_number(browse, talk, make):
    with make() as f:
        f.make_message(conversation=f.make_conversation(f.make_handset("+8610000005678"), region_code=VILLAGE))
    page = words(browse("cun").visit("/console/conversations?number=1234"))
    assert "100****1234" in page
    assert "100****5678" not in page
    assert "后四位数字" in words(browse("cun").visit("/console/conversations?number=12"))


def test_the_list_goes_on_over_pages_without_losing_or_repeating_any(browse, make):
    with make() as f:
        f.make_region(VILLAGE)
        for number in range(65):
            handset = f.make_handset(f"+861000009{number:04}")
            f.make_message(
                conversation=f.make_conversation(
                    handset, region_code=VILLAGE, last_at=f.now - timedelta(minutes=number)
                )
            )
    browser, path, seen = browse("cun"), "/console/conversations", []
    while path:
        page = browser.visit(path)
        seen += re.findall(r"talk-(\d+)", page.text)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = html.unescape(following[1]) if following else ""
    assert len(seen) == 65
    assert len(set(seen)) == 65


def test_a_strangers_conversation_is_seen_by_the_home_county_rather_than_by_nobody(browse, make):
    with make() as f:
        f.make_message(conversation=f.make_conversation(f.make_handset("+8610000005678")))
    assert "100****5678" in words(browse("xian").visit("/console/conversations"))
    assert "100****5678" not in words(browse("cun").visit("/console/conversations"))
    assert "100****5678" not in words(browse("weining").visit("/console/conversations"))


def test_taking_over_silences_the_bot_and_tells_the_person_once(browse, talk, outgoing, audited, database, staff):
    browser = browse("cun")
    for _ in range(2):
        assert browser.submit(f"/console/conversations/{talk}/take").status_code == 303
    assert len(outgoing()) == 1
    assert outgoing()[0].to_number == NUMBER
    assert outgoing()[0].kind == "reply"
    with database.write() as session:
        assert session.get(Conversation, talk).taken_by == staff["cun"]
    assert len(audited("took_over")) == 1
    assert "您在回话" in words(browser.visit(f"/console/conversations/{talk}"))


def test_of_two_who_take_over_the_second_is_told(browse, talk, outgoing):
    browse("cun").submit(f"/console/conversations/{talk}/take")
    late = browse("zhen")
    answer = late.submit(f"/console/conversations/{talk}/take")
    assert answer.status_code == 409
    assert "同事已经接手了" in words(answer)
    assert late.submit(f"/console/conversations/{talk}/reply", text="您好", form_id="x").status_code == 409
    assert len(outgoing()) == 1


def test_a_reply_takes_over_first_and_reaches_the_person_as_text(browse, talk, outgoing, database, staff):
    browser = browse("cun")
    answer = browser.submit(f"/console/conversations/{talk}/reply", text="明天上午九点到村委会来", form_id="one")
    assert answer.status_code == 303
    told, reply = outgoing()
    assert "明天上午九点到村委会来" in reply.body
    assert "明天上午九点" not in told.body
    with database.write() as session:
        assert session.get(Conversation, talk).taken_by == staff["cun"]
        assert session.get(Message, reply.message_id).handled_by == "staff"
    assert "明天上午九点" in words(browser.visit(f"/console/conversations/{talk}"))


def test_the_same_form_sent_twice_sends_one_text(browse, talk, outgoing):
    browser = browse("cun")
    browser.submit(f"/console/conversations/{talk}/take")
    for _ in range(3):
        browser.submit(f"/console/conversations/{talk}/reply", text="您好", form_id="same")
    assert len(outgoing()) == 2  # the notice and one reply
    browser.submit(f"/console/conversations/{talk}/reply", text="您好", form_id="another")
    assert len(outgoing()) == 3


@pytest.mark.parametrize(("text", "sentence"), [("   ", "还没有写内容"), ("字" * 101, "太长了"), ("看 https://a.cn/x", "不能放网址"),
                                                ("上www.job.com", "不能放网址")])  # fmt: skip
def test_a_reply_that_cannot_be_sent_comes_back_with_a_sentence_and_the_words_kept(
    browse, talk, outgoing, text, sentence
):
    answer = browse("cun").submit(f"/console/conversations/{talk}/reply", text=text, form_id="x")
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert text.strip() in answer.text
    assert outgoing() == []


def test_handing_back_lets_the_line_answer_again_and_says_so(browse, talk, outgoing, database, audited):
    browser = browse("cun")
    browser.submit(f"/console/conversations/{talk}/take")
    browser.submit(f"/console/conversations/{talk}/hand-back")
    browser.submit(f"/console/conversations/{talk}/hand-back")
    assert len(outgoing()) == 2
    assert len(audited("handed_back")) == 1
    with database.write() as session:
        assert session.get(Conversation, talk).taken_by is None


def test_who_waits_for_a_person_is_marked_and_counted(browse, talk, make):
    browser = browse("cun")
    assert "等人回话 0" in words(browser.visit("/console/conversations"))
    browser.submit(f"/console/conversations/{talk}/take")
    with make() as f:
        f.make_message("还在不在", conversation=f.session.get(Conversation, talk), status="for_staff")
    assert "等人回话 1" in words(browser.visit("/console/conversations"))
    assert "100****1234" in words(browser.visit("/console/conversations?show=waiting"))
    browser.submit(f"/console/conversations/{talk}/reply", text="在的", form_id="x")
    assert "等人回话 0" in words(browser.visit("/console/conversations"))


def test_signs_without_a_picture_are_shown_as_marks_and_markup_as_text(browse, make):
    with make() as f:
        f.make_region(VILLAGE)
        conversation = f.make_conversation(region_code=VILLAGE)
        f.make_message("给\u202e元001\u200b工钱<script>alert(1)</script>\n第二行\x07", conversation=conversation)
    page = browse("cun").visit(f"/console/conversations/{conversation.id}").text
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert "\x07" not in page
    assert "U+202E" in page
    assert "U+200B" in page
    assert "U+0007" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<bdi>" in page


def test_a_correction_keeps_what_the_line_had_understood(browse, talk, database, audited, staff):
    browser = browse("cun")
    with database.write() as session:
        turn = session.scalar(select(Message).where(Message.intent == "register_worker"))
    assert browser.submit(f"/console/turns/{turn.id}/correct", version="0", intent="nonsense").status_code == 422
    assert browser.submit(f"/console/turns/{turn.id}/correct", version="0", intent="update_profile").status_code == 303
    with database.write() as session:
        kept = session.get(Message, turn.id)
    assert kept.intent == "register_worker"
    assert (kept.corrected["intent"], kept.corrected["by"]) == ("update_profile", staff["cun"])
    facts = audited("corrected")[0].facts
    assert (facts["kind"], facts["was"], facts["intent"]) == ("intent", "register_worker", "update_profile")
    assert "改成：改登记" in words(browser.visit(f"/console/conversations/{talk}"))


def test_an_english_reader_gets_the_gloss_under_the_lines_of_the_machine(browse, talk):
    browser = browse("cun")
    assert "You are registered." not in browser.visit(f"/console/conversations/{talk}").text
    browser.submit("/console/language", language="en")
    page = words(browser.visit(f"/console/conversations/{talk}"))
    assert "You are registered." in page
    assert "Registers" in page
    browser.submit(f"/console/conversations/{talk}/reveal", field="amount", reason="handle_case")
    assert "150 yuan/day" in words(browser.visit(f"/console/conversations/{talk}"))


def test_a_recording_is_streamed_by_us_and_the_listening_is_written_down(browse, make, carrier, audited):
    carrier.recordings["http://carrier.test/Recordings/RE1"] = b"RIFF....WAVEfmt "
    with make() as f:
        f.make_region(VILLAGE)
        conversation = f.make_conversation(region_code=VILLAGE)
        turn = f.make_message(
            "", conversation=conversation, channel="voice", media_url="http://carrier.test/Recordings/RE1"
        )
    browser = browse("cun")
    page = browser.visit(f"/console/conversations/{conversation.id}").text
    assert "carrier.test" not in page
    assert f"/console/turns/{turn.id}/recording" in page
    sound = browser.visit(f"/console/turns/{turn.id}/recording")
    assert sound.data == b"RIFF....WAVEfmt "
    assert sound.mimetype == "audio/wav"
    assert sound.headers["Cache-Control"] == "no-store"
    assert [e.object_id for e in audited("listened")] == [str(turn.id)]
    # Whoever may not reveal what is hidden does not hear it either (T12).
    looks = browse("shi")
    assert "/recording" not in looks.visit(f"/console/conversations/{conversation.id}").text
    assert looks.visit(f"/console/turns/{turn.id}/recording").status_code == 403


def test_a_conversation_that_moved_away_is_no_longer_found(browse, talk, database):
    with database.write() as session:
        session.get(Conversation, talk).region_code = OTHER_VILLAGE
    assert browse("cun").visit(f"/console/conversations/{talk}").status_code == 404
    assert browse("cun2").visit(f"/console/conversations/{talk}").status_code == 200


def test_a_call_shows_keys_silence_how_sure_the_recogniser_was_and_what_was_said(browse, make, talk):
    """V04, V08: the transcript has every prompt heard, key pressed and sentence recognised."""
    with make() as f:
        conversation = f.session.get(Conversation, talk)
        turn = {"conversation": conversation, "channel": "voice", "status": "answered", "handled_by": "keypad"}
        f.make_message("58", keys="58", **turn)
        f.make_message("(没出声)", **turn)
        f.make_message("我要找活", recogniser_confidence=0.42, **turn)
        f.make_message("好,我说慢点。\n摘脆红李,兴泉社区。", prompts=["slower", None], direction="outbound", **turn)
    page = browse("cun").visit(f"/console/conversations/{talk}").text
    assert "<kbd>5</kbd><kbd>8</kbd>" in page
    assert "没出声" in page
    assert "听得准 42%" in page
    assert "<code>slower</code> 好,我说慢点。" in page
