"""How many wait and fell silent is kept, and read with the time it was counted at (issue 6: no page grows with the total)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from backend.domain.figures import NOW
from backend.services import figures
from backend.services.count_figures import count_standing
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words

PLACES = (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE, VILLAGE[:9], OTHER_VILLAGE[:9], COUNTY, COUNTY[:4], COUNTY[:2],
          FAR_VILLAGE[:6], FAR_VILLAGE[:4], FAR_VILLAGE[:2], COUNTY + "999")  # fmt: skip


@pytest.fixture
def waiting(make: Any, staff: Any) -> None:
    """In three villages and of no known one: some wait, some have a verified label or two, some fell silent; and openings."""
    from backend.store.models import Hardship

    with make() as f:
        long_ago = f.now - timedelta(days=60)
        for village, times in ((VILLAGE, 3), (OTHER_VILLAGE, 2), (FAR_VILLAGE, 4), (None, 2)):
            for n in range(times):
                one = f.make_worker("王小云", village=village or VILLAGE, waiting_since=long_ago, confirmed_at=long_ago)
                other = f.make_worker(
                    "李大云", village=village or VILLAGE, waiting_since=f.now, confirmed_at=f.now, status="paused" if n else "active"
                )  # fmt: skip
                at_work = f.make_worker("赵云", village=village or VILLAGE, confirmed_at=long_ago)
                f.make_offer(f.make_opening(region=village or VILLAGE), at_work, "accepted")
                for worker in (one, other, at_work):
                    worker.person.village_code = village
                for code, verified in (("G03", True), ("G05", n == 0), ("G10", True)):
                    f._add(
                        Hardship(worker_id=one.id, code=code, claimed_at=f.now, verified_at=f.now if verified else None)
                    )
                f.make_opening(region=village or COUNTY, confirmed_at=f.now - timedelta(days=20))


def asked(deps: Any, place: str) -> dict[str, int]:
    """Counted one by one, as the list is: what is kept has to be the same."""
    from backend.services.regions import HOME_REGION
    from backend.store.queries import figures as queries
    from backend.store.queries.figure_sets import Scope

    now = deps.clock()
    scope = Scope(place, HOME_REGION, now, now, now)
    with deps.db.read() as session:
        found = {name: len(queries.rows(session, scope, name, limit=1000)[0]) for name in sorted(NOW)}
        found |= dict(session.execute(queries.labelled(scope)).all())
    return found


def test_what_is_kept_of_every_place_is_what_its_lists_hold(deps, waiting):
    """Whoever lives nowhere known counts in the county that runs the line, as in its lists; a place of nothing has nothing."""
    from backend.store.queries import figure_counts

    count_standing(deps)
    for place in PLACES:
        with deps.db.read() as session:
            sizes, at = figure_counts.kept(session, place)
        assert at == deps.clock()
        assert sizes == {name: n for name, n in asked(deps, place).items() if n}, place
    assert asked(deps, COUNTY) == {
        "waiting": 10, "waiting_verified": 7, "stale_workers": 5, "stale_openings": 14, "G03": 7, "G05": 3,
    } | {name: asked(deps, COUNTY)[name] for name in ("stale_openings",)}  # fmt: skip


def test_a_number_stays_as_counted_and_says_when_until_it_is_counted_again(browse, deps, clock, make, waiting):
    browser = browse("xian")

    def shown() -> int:
        return int(re.search(r'data-set="waiting" data-size="(\d+)"', browser.visit("/console/figures").text)[1])  # type: ignore[index]

    count_standing(deps)
    before, counted_at = shown(), deps.clock()
    clock.advance(minutes=4)
    with make() as f:
        f.make_worker("新来的", village=VILLAGE, waiting_since=f.now)
    assert shown() == before
    said = words(browser.visit("/console/figures"))
    assert f"今天 {counted_at.astimezone(figures.rules.SHANGHAI):%H:%M}数的" in said
    assert f"一共{before + 1}条" in words(browser.visit("/console/figures/waiting/rows"))
    count_standing(deps)
    assert shown() == before + 1


def test_before_anything_is_counted_the_number_is_counted_when_it_is_looked_at(browse, waiting):
    page = browse("xian").visit("/console/figures").text
    assert re.search(r'data-set="waiting" data-size="10"', page)


def test_who_is_gone_everywhere_is_gone_from_what_is_kept(deps, waiting):
    from sqlalchemy import update

    from backend.store.models import Opening, Worker
    from backend.store.queries import figure_counts

    count_standing(deps)
    with deps.db.write() as session:
        session.execute(update(Worker).values(status="paused"))
        session.execute(update(Opening).where(Opening.region_code >= "51").values(status="closed"))
    count_standing(deps)
    with deps.db.read() as session:
        assert figure_counts.kept(session, FAR_VILLAGE) == ({}, deps.clock())
        assert set(figure_counts.kept(session, COUNTY)[0]) == {"stale_openings"}


def test_a_list_of_what_stands_now_is_counted_no_further_than_it_says(browse, waiting, monkeypatch):
    monkeypatch.setattr(figures, "COUNTED_TO", 5)
    assert "不止5条" in words(browse("xian").visit("/console/figures/waiting/rows"))
    monkeypatch.setattr(figures, "COUNTED_TO", 10)
    assert "一共10条" in words(browse("shi").visit("/console/figures/waiting/rows"))
