"""In calls of ours words the recogniser is unsure of decline, note and move nothing (V11, issue 4 item 8)."""

from __future__ import annotations

import pytest

from ivr.call_flow import advance
from ivr.steps import Placed, Speech, Started, State
from tests.support.calls import WORLD, Walk, opening


@pytest.mark.parametrize("at", ["placed_offer", "placed_reminder", "placed_follow_up", "paid"])
@pytest.mark.parametrize("choice", ["yes", "no"])
def test_v11_an_answer_the_recogniser_is_unsure_of_asks_for_the_key(at: str, choice: str) -> None:
    started = Started(None, Placed("follow_up", opening(), 71))
    state, _ = advance(State(), started, WORLD)
    state.at = at
    call = Walk(WORLD)
    call.state = state
    call(Speech("不去" if choice == "no" else "去", choice=choice, confidence=0.5))
    assert "怕听错了" in call.text
    assert call.done == []
    assert call.state.at == at
