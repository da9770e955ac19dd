"""Twenty calls at once against the running service: each hears what it asked for, with the engine stopped too (V22)."""

from __future__ import annotations

import pytest

from tests.support import bench_voice
from tests.support.stack import Stack
from tests.support.waiting import wait_for


def engine_is_back(stack: Stack) -> bool:
    return not stack.http.get("/readyz").json()["degraded"]


@pytest.mark.parametrize("engine", ["up", "stopped"])
@pytest.mark.parametrize("how", [bench_voice.by_keys, bench_voice.by_speech], ids=["keys", "speech"])
def test_twenty_callers_at_once_each_get_their_own_answer(stack: Stack, how: bench_voice.Deed, engine: str) -> None:
    """V22: nobody is cut off, apologised to or told another's answer. How fast they are is for `make bench`."""
    bench_voice.at_once(stack, how, callers=2)
    if engine == "up":
        times = bench_voice.at_once(stack, how, bench_voice.LISTENS_S)
    else:
        with bench_voice.engine_stopped(stack):
            times = bench_voice.at_once(stack, how, bench_voice.LISTENS_S)
        wait_for(lambda: engine_is_back(stack), 60, "the engine is seen again")
    assert times.wrong == []
