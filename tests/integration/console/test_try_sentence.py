"""The box to try a sentence: what the line would understand, nothing stored, nobody answered."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from backend.console.try_sentence import marked
from backend.dialogue.base import Parsed
from backend.domain.prepare import prepare
from backend.services.understand import before_repair
from backend.store.models import Message
from tests.integration.console.conftest import words


def test_it_shows_intent_confidence_and_the_tidied_text(browse, engine, database, outgoing):
    engine.understands["有没得摘果子的活"] = Parsed("search_jobs", 0.87)
    seen = words(browse("zhen").submit("/console/try", text="有没得摘果子的活", channel="sms"))
    assert "找活" in seen
    assert "search_jobs" in seen
    assert "0.87" in seen
    assert "有没得摘果子的活" in seen
    with database.write() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0
    assert outgoing() == []


def test_it_shows_the_text_as_typed_cleaned_and_put_right_and_the_values_in_it(browse, engine):
    """Issue 3, item 8: normalised text, repair, intent with confidence and the next likeliest, entities with values."""
    said = "明天有没得泥工的活"
    spans = [
        {"entity": "date", "start": 0, "end": 2, "text": "明天"},
        {"entity": "job_type", "start": 5, "end": 7, "text": "泥工"},
    ]
    engine.understands[said] = Parsed(
        "search_jobs", 0.71, spans, [("search_jobs", 0.71), ("ask_policy", 0.2), ("greet", 0.01)]
    )
    answer = browse("zhen").submit("/console/try", text="  明天有沒得尼工的活 ", channel="sms")
    seen = words(answer)
    assert "写的" in seen
    assert "<del>尼工</del><ins>泥工</ins>" in answer.text
    assert "第二像: 问政策" in seen
    assert "ask_policy 0.20" in seen
    main = answer.text[answer.text.index('class="told"') :]
    assert main.index("<mark>明天") < main.index("<mark>泥工")
    assert "日子 2026-06-11" in seen
    assert "拿不准" not in seen


def test_it_says_when_the_line_would_ask(browse, engine):
    engine.understands["那个事情"] = Parsed("search_jobs", 0.31, [], [("search_jobs", 0.31), ("ask_policy", 0.3)])
    assert "拿不准，热线会问" in words(browse("zhen").submit("/console/try", text="那个事情", channel="sms"))


@pytest.mark.parametrize("text", ["尼工的活明天日接", "我找尼工,你工也要得,日接", "明天"])
def test_the_text_before_the_slips_were_put_right_is_got_back(text):
    prepared = prepare(text)
    assert before_repair(prepared) == text


def test_overlapping_values_are_marked_piece_by_piece():
    pieces = marked("明早六点", [(0, 2, ("date", "x")), (1, 4, ("clock", "06:00"))])
    assert [(piece.text, [kind for kind, _ in piece.notes]) for piece in pieces] == [
        ("明", ["date"]), ("早", ["date", "clock"]), ("六点", ["clock"]),
    ]  # fmt: skip
    assert marked("", []) == []


def test_with_the_engine_away_or_any_odd_text_there_is_still_a_page(browse, engine):
    engine.away = True
    browser = browse("zhen")
    for text in ("你好", " ", "/confirm_job{}", "\0\u202e", "字" * 30_000, "😀", "<b>"):
        answer = browser.submit("/console/try", text=text, channel="voice")
        assert answer.status_code == 200
        assert "<b>/" not in answer.text
        assert "><b><" not in answer.text
