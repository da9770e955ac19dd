"""没得活做 is no 有活做: an answer in words to a question of ours pauses or calls off nothing that it does not say (P01)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backend.domain import freshness
from backend.services import still_hiring, still_looking
from backend.services.deps import Deps
from backend.store.models import Opening, Worker
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER
from tests.support.placed import says
from tests.support.signing import SignedClient


@pytest.mark.parametrize("words", ["没有活做", "没得有活做", "有活做吗", "哪有活做", "有事做没", "没上班了"])
def test_whoever_has_no_work_is_not_paused(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, signed: SignedClient, words: str
) -> None:
    worker_id = silent()
    still_looking.ask_workers(deps)
    assert "先不给你找活" not in says(signed, deps, words)
    assert entry(worker_id).status == "active"


@pytest.mark.parametrize("words", ["还没找到人", "人不够了", "够了吗", "招到了几个", "要啊不要停"])
def test_whoever_has_found_nobody_goes_on_hiring(
    make: Callable[[], Any], clock: SettableClock, deps: Deps, signed: SignedClient, words: str
) -> None:
    with make() as f:
        first = f.today + timedelta(days=30)
        opening_id = f.make_opening(employer=f.make_employer(phone=NUMBER), starts_on=first, ends_on=first).id
    clock.set(freshness.asks_at(opening_id, clock()) + timedelta(minutes=1))
    assert still_hiring.ask_employers(deps) == 1
    says(signed, deps, words)
    with deps.db.read() as session:
        assert session.get_one(Opening, opening_id).status == "published"
