"""Two texts sent as one thought: what says nothing by itself is understood with the one behind it (M07)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.services.converse import converse
from backend.services.deps import Deps
from backend.store.models import Message, OutboxRow
from tests.integration.services.conftest import Talk, kinds

FIRST, SECOND = "那个啥子呢", "摘果子的有没得"


@pytest.fixture
def halves(talk: Callable[..., Talk], make: Callable[[], Any]) -> Talk:
    with make() as f:
        f.make_opening(title="摘脆红李")
    return (
        talk()
        .read(FIRST, "nlu_fallback", 0.2)
        .read(SECOND, "search_jobs", 0.9, job_type="摘果子")
        .read(f"{FIRST},{SECOND}", "search_jobs", 0.9, job_type="摘果子")
    )


def stored(deps: Deps, message_id: int) -> Message:
    with deps.db.read() as session:
        return session.get_one(Message, message_id)


def test_one_answer_closes_both_when_the_second_is_already_there(halves: Talk, deps: Deps) -> None:
    """M07."""
    first, second = halves.arrives(FIRST), halves.arrives(SECOND)
    converse(deps, first, deadline_s=5)
    assert kinds(converse(deps, second, deadline_s=5)) == ["job_offers"]
    assert (stored(deps, first).status, stored(deps, first).handled_by) == ("answered", "together")
    assert stored(deps, second).normalized_text == f"{FIRST},{SECOND}"
    with deps.db.read() as session:
        [sent] = session.scalars(select(OutboxRow)).all()
        assert session.get_one(Message, sent.message_id).in_reply_to == second


def test_nothing_waits_for_a_second_text(halves: Talk) -> None:
    assert kinds(halves.say(FIRST)) == ["not_understood"]
    assert kinds(halves.say(SECOND)) == ["job_offers"]


def test_a_text_understood_by_itself_is_answered_by_itself(halves: Talk, deps: Deps) -> None:
    first, second = halves.arrives(SECOND), halves.arrives(FIRST)
    assert kinds(converse(deps, first, deadline_s=5)) == ["job_offers"]
    assert kinds(converse(deps, second, deadline_s=5)) == ["not_understood"]


@pytest.mark.parametrize("alone", ["1", "退订", "要得", "有人把我打了"])
def test_a_short_answer_an_opt_out_and_a_cry_for_help_are_never_mixed_with_other_words(
    halves: Talk, deps: Deps, alone: str
) -> None:
    halves.read(alone, "affirm", 0.9)
    first, second = halves.arrives(FIRST), halves.arrives(alone)
    assert kinds(converse(deps, first, deadline_s=5)) == ["not_understood"]
    assert stored(deps, second).words_before is None


def test_a_turn_that_is_repeated_after_a_crash_joins_them_once(halves: Talk, deps: Deps) -> None:
    """F3: the worker died after the first text was read and before its turn was closed."""
    first, second = halves.arrives(FIRST), halves.arrives(SECOND)
    converse(deps, first, deadline_s=5)
    with deps.db.write() as session:
        session.get_one(Message, first).status = "received"
    converse(deps, first, deadline_s=5)
    assert kinds(converse(deps, second, deadline_s=5)) == ["job_offers"]
    assert stored(deps, second).words_before == FIRST
