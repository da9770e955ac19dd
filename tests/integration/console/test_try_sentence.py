"""The box to try a sentence: what the line would understand, nothing stored, nobody answered."""

from __future__ import annotations

from sqlalchemy import func, select

from backend.dialogue.base import Parsed
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


def test_with_the_engine_away_or_any_odd_text_there_is_still_a_page(browse, engine):
    engine.away = True
    browser = browse("zhen")
    for text in ("你好", " ", "/confirm_job{}", "\0\u202e", "字" * 30_000, "😀", "<b>"):
        answer = browser.submit("/console/try", text=text, channel="voice")
        assert answer.status_code == 200
        assert "<b>/" not in answer.text
        assert "><b><" not in answer.text
