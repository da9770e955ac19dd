"""What a conversation is marked with (domain/inbox.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.inbox import BITS, CallFacts, TurnFacts, areas, flags, has_words, marks


def heard(intent="search_jobs", confidence=0.9, **more):
    return TurnFacts(True, more.pop("channel", "sms"), more.pop("status", "answered"), intent, confidence, **more)


ANSWER = TurnFacts(False, "sms", "delivered")


def test_a_plain_talk_waits_for_nothing_but_a_review():
    assert marks([heard(unreviewed=True), ANSWER]) == {"review", "sms"}
    assert marks([heard(), ANSWER]) == {"sms"}


def test_what_failed_waits_until_staff_have_seen_to_it():
    broken = CallFacts(1, "inbound", "lost", True)
    assert marks([heard(status="failed")]) == {"waiting", "failed", "sms"}
    assert marks([heard(status="failed", settled=True)]) == {"sms"}
    assert "failed" in marks([heard()], calls=[broken])
    assert "failed" not in marks([heard()], calls=[replace(broken, settled=True)])


def test_words_that_are_gone_were_neither_unsure_nor_missed():
    assert marks([heard("nlu_fallback", 0.1, words=False), heard("apply_job", 0.5, words=False)]) == {"sms"}


@pytest.mark.parametrize("body", ["1", " 2。", "１", "*0#", "(来电)", "(已删除)", "", "1 2"])
def test_keys_pressed_by_writing_and_what_stands_for_an_event_are_no_words(body):
    assert not has_words(body)


@pytest.mark.parametrize("body", ["要得", "1号", "一", "ok", "(笑)要得", "工钱?"])
def test_anything_said_is_words(body):
    assert has_words(body)


@pytest.mark.parametrize(
    ("intent", "confidence", "low"),
    [("search_jobs", 0.39, True), ("search_jobs", 0.41, False), ("apply_job", 0.6, True), ("apply_job", 0.7, False),
     ("search_jobs", None, False)],
)  # fmt: skip
def test_a_reading_is_unsure_below_what_the_line_itself_acts_on(intent, confidence, low):
    assert ("low" in marks([heard(intent, confidence)])) is low


def test_once_out_of_scope_is_small_talk_twice_is_a_miss():
    off = heard("out_of_scope")
    assert "fallback" not in marks([off])
    assert "fallback" in marks([off, off])
    assert "fallback" in marks([heard("nlu_fallback", 0.1)])


def test_words_after_a_take_over_wait_until_staff_have_answered():
    assert "waiting" in marks([ANSWER, heard()], taken=True)
    assert "waiting" not in marks([heard(), ANSWER], taken=True)


def test_a_case_that_somebody_has_taken_waits_no_more_but_is_a_dispute_until_it_is_closed():
    assert marks([], [("wage_arrears", "open")]) == {"waiting", "dispute"}
    assert marks([], [("wage_arrears", "taken")]) == {"dispute"}
    assert marks([], [("wage_arrears", "closed")]) == set()
    assert marks([], [("handoff", "open")]) == {"waiting", "person"}


@pytest.mark.parametrize(
    ("call", "turn", "failed"),
    [(CallFacts(1, "inbound", "completed", True), heard(call_id=1), False),
     (CallFacts(1, "inbound", "completed", True), heard(None, None, call_id=1, keys=True), False),
     (CallFacts(1, "inbound", "completed", True), heard("nlu_fallback", 0.1, call_id=1), True),
     (CallFacts(1, "inbound", "in-progress", False), heard("nlu_fallback", 0.1, call_id=1), False),
     (CallFacts(1, "outbound", "completed", True), heard(None, None), False),
     (CallFacts(1, "inbound", "lost", True), heard(call_id=1), True)],
)  # fmt: skip
def test_a_call_failed_when_it_broke_or_helped_nobody(call, turn, failed):
    assert ("failed" in marks([turn], calls=[call])) is failed


def test_flags_hold_every_mark_and_areas_every_level():
    assert flags({"low", "sms"}) == BITS["low"] | BITS["sms"]
    assert len({*BITS.values()}) == len(BITS)
    assert areas("500114121002") == ["50", "5001", "500114", "500114121", "500114121002"]
