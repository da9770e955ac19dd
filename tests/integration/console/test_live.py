"""What is new reaches every open page: who waits for a person, how much is unread (DESIGN §3.8, L22)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from backend.services.staff_login import IDLE
from backend.settings import ROOT
from backend.store.models import Case
from tests.integration.console.conftest import FAR_VILLAGE, VILLAGE

NEWS = "/console/inbox/news"


@pytest.fixture
def asks(make):
    """`asks(region=…)`: somebody asks for a person; returns the case's id."""
    numbers = iter(range(1, 100))

    def made(region=VILLAGE, minutes=30, kind="handoff"):
        with make() as f:
            f.make_region(region)
            handset = f.make_handset(f"+861000888{next(numbers):04}")
            conversation = f.make_conversation(handset, region_code=region)
            f.make_message("找个人来说", conversation=conversation, status="answered")
            return f._add(Case(kind=kind, conversation_id=conversation.id, handset_id=handset.id, region_code=region,
                               opened_at=f.now, due_at=f.now + timedelta(minutes=minutes), details={},
                               priority=1)).id  # fmt: skip

    return made


def test_whoever_asks_for_a_person_is_in_the_news_with_the_promised_time_and_no_full_number(browse, asks, clock):
    browser = browse("cun")
    assert browser.visit(NEWS).json["waiting"] == []
    first = asks()
    clock.advance(minutes=1)
    asks(minutes=10)
    news = browser.visit(NEWS).json
    assert next(one["id"] for one in news["waiting"]) == first
    assert len(news["waiting"]) == 2
    assert "答应" in news["waiting"][0]["promise"]
    assert "前回" in news["waiting"][0]["promise"]
    assert news["waiting"][0]["who"] == "100****0001"
    assert "+861000888" not in str(news)
    assert news["unread"] == 2


def test_news_is_of_ones_own_region(browse, asks):
    asks(region=FAR_VILLAGE)
    assert browse("cun").visit(NEWS).json["waiting"] == []
    assert browse("cun").visit(NEWS).json["unread"] == 0
    assert len(browse("weining").visit(NEWS).json["waiting"]) == 1


def test_nothing_new_is_said_in_no_words(browse, asks):
    browser = browse("cun")
    stamp = browser.visit(NEWS).json["stamp"]
    assert browser.visit(f"{NEWS}?since={stamp}").status_code == 304
    assert browser.visit(NEWS, headers={"If-None-Match": f'"{stamp}"'}).status_code == 304
    asks()
    assert browser.visit(f"{NEWS}?since={stamp}").status_code == 200


def test_asking_for_news_costs_two_reads_of_the_inbox_and_writes_nothing(browse, asks, database):
    asks()
    browser = browse("cun")
    statements = []

    def note(_, __, statement, *rest):
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    browser.visit(NEWS)
    event.remove(database.engine, "before_cursor_execute", note)
    assert not [one for one in statements if one.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert len([one for one in statements if "inbox_entries" in one]) == 1
    assert len(statements) <= 5


@pytest.mark.parametrize("address", [NEWS, "/console/training/state"])
def test_a_page_that_asks_by_itself_keeps_no_session_alive_and_is_told_when_it_is_over(browse, clock, address):
    browser = browse("cun")
    for _ in range(4):
        clock.advance(seconds=IDLE.total_seconds() / 3)
        last = browser.visit(address)
    assert last.status_code == 401
    assert last.json == {"error": "session_over"}
    assert browse().visit(address).status_code == 401


def test_whatever_a_script_asks_without_a_press_says_so_that_no_session_lives_on_by_it() -> None:
    """T9. What it posts somebody has typed or pressed; the wall's screen has no session."""
    scripts = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "backend/console/static").glob("*.js")}
    asked = [(name, call) for name, script in scripts.items() for call in re.findall(r"\bfetch\(.*", script)
             if name != "screen.js" and not re.search(r"""method: ["']POST["']""", call)]  # fmt: skip
    assert {name for name, _ in asked} >= {"inbox.js", "live.js", "training.js"}
    for name, call in asked:
        options = re.search(r"const BY_ITSELF = .*", scripts[name]) if "BY_ITSELF)" in call else None
        assert re.search(r"""["']X-By-Itself["']: ["']1["']""", options[0] if options else call), (name, call)
    for name, script in scripts.items():
        assert not re.search(r"XMLHttpRequest|EventSource|sendBeacon", script), name
