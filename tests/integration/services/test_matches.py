"""The neighbourhood a ranking is made of: whom it reaches, and who is not lost (W03 W04 H03 P08 P09)."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.domain.openings import OpeningFacts
from backend.domain.weights import DEFAULT_WEIGHTS
from backend.services import matches
from backend.services.regions import RegionBook
from backend.services.worker_facts import facts_of
from backend.store.models import Forwarding, Hardship, Household, MatchingWeights, Outcome, WorkerTrade
from backend.store.queries import candidates
from backend.store.worker_trades import refresh_priority
from tests.support.factories import Factories

HOME, NEIGHBOUR, FAR = "500114121002", "500114121001", "500114105001"
NEXT_COUNTY = "500115101001"  # the same city
ELSEWHERE = "520526101001"


@pytest.fixture
def f(database, clock):
    """Factories inside one open unit of work, so that a test may look in between."""
    with database.write() as session:
        made = Factories(session, clock())
        for code in (HOME, NEIGHBOUR, FAR, NEXT_COUNTY, ELSEWHERE):
            made.make_region(code)
        yield made


@pytest.fixture
def regions(database, f):
    book = RegionBook(database)
    book.load(f.session)
    return book


def openings_of(f, regions, worker=None, **more):
    found = matches.openings_for(f.session, regions, f.today, worker=worker, **more)
    return [match.opening.id for match in found]


def workers_of(f, regions, opening, **more):
    return [match.worker.id for match in matches.workers_for(f.session, regions, f.now, opening, **more)]


def test_the_columns_of_an_opening_stand_in_the_order_of_its_facts():
    fields = [field.name for field in dataclasses.fields(OpeningFacts)]
    assert [column.key for column in candidates._OPENING_COLUMNS[:20]] == fields[:20]
    assert fields[20] == "skill"


def test_a_county_sees_its_own_openings_and_those_opened_to_its_city(f, regions):
    own = f.make_opening(region=FAR)
    shared = f.make_opening(region=NEXT_COUNTY, visible_to="5001")
    f.make_opening(region=NEXT_COUNTY)
    f.make_opening(region=ELSEWHERE, visible_to="52")
    asker = f.make_worker(village=HOME, job_types=["A04"])
    assert set(openings_of(f, regions, asker)) == {own.id, shared.id}
    assert set(openings_of(f, regions, near=HOME)) == {own.id, shared.id}


def test_an_opening_reaches_the_workers_of_its_county_unless_it_is_opened_wider(f, regions):
    own, other, far = (f.make_worker(village=code, job_types=["A04"]).id for code in (FAR, NEXT_COUNTY, ELSEWHERE))
    opening = f.make_opening(region=HOME)
    assert workers_of(f, regions, opening) == [own]
    opening.visible_to = "5001"
    assert set(workers_of(f, regions, opening)) == {own, other}
    opening.visible_to = "500114121"  # or narrower: the town alone
    assert workers_of(f, regions, opening) == []
    assert far not in workers_of(f, regions, opening)


def test_a_forwarded_opening_is_found_where_it_was_put_and_reaches_the_people_there(f, regions):
    opening = f.make_opening(region=HOME)
    there = f.make_worker(village=ELSEWHERE, job_types=["A04"])
    assert openings_of(f, regions, there) == [] and workers_of(f, regions, opening) == []
    f.session.add(Forwarding(opening_id=opening.id, to_region="520526101", forwarded_at=f.now))
    f.session.flush()
    assert openings_of(f, regions, there) == [opening.id]
    assert workers_of(f, regions, opening) == [there.id]


def test_who_names_another_county_asks_at_its_market(f, regions):
    there = f.make_opening(region=NEXT_COUNTY)
    asker = f.make_worker(village=HOME, job_types=["A04"])
    assert openings_of(f, regions, asker, filters={"region": "500115"}) == [there.id]
    assert openings_of(f, regions, asker, filters={"proximity": "away"}) == []


def test_filters_keep_their_reach(f, regions):
    wanted = {"job_types": ["A04"], "from": f.today, "to": f.today + timedelta(days=3)}
    near = f.make_opening(region=NEIGHBOUR)
    f.make_opening(region=NEXT_COUNTY)
    f.make_opening(region=HOME, starts_on=f.today + timedelta(days=9), ends_on=f.today + timedelta(days=9))
    assert openings_of(f, regions, near=HOME, filters=wanted) == [near.id]


def test_the_nearest_are_chosen_where_there_are_too_many(f, regions, monkeypatch):
    monkeypatch.setattr(candidates, "SAME_TRADE", 3)
    far = [f.make_worker(village=FAR, job_types=["A04"]).id for _ in range(5)]
    near = [f.make_worker(village=HOME, job_types=["A04"]).id for _ in range(3)]
    opening = f.make_opening(region=HOME)
    found = candidates.worker_ids(f.session, opening_id=opening.id, places=[HOME, FAR], trade="A04", kindred=(), limits=(3, 3, 0))  # fmt: skip
    assert sorted(found) == near and not set(found) & set(far)


def test_somebody_with_a_verified_priority_is_not_lost_behind_nearer_people(f, regions):
    near = [f.make_worker(village=HOME, job_types=["A04"]).id for _ in range(6)]
    helped, claims = (f.make_worker(village=FAR, job_types=["A04"]) for _ in range(2))
    f.session.add(Hardship(worker_id=helped.id, code="G03", claimed_at=f.now, verified_at=f.now))
    f.session.add(Hardship(worker_id=claims.id, code="G03", claimed_at=f.now))
    opening = f.make_opening(region=HOME)
    f.session.flush()
    found = candidates.worker_ids(f.session, opening_id=opening.id, places=[HOME, NEIGHBOUR, FAR], trade="A04", kindred=(), limits=(3, 3, 2))  # fmt: skip
    assert helped.id in found and claims.id not in found
    assert len(set(found) & set(near)) == 3


def test_people_who_named_no_trade_are_asked_where_too_few_did(f, regions):
    open_to_all = f.make_worker(village=HOME)
    assert workers_of(f, regions, f.make_opening(region=HOME)) == [open_to_all.id]


def test_more_are_looked_for_where_more_are_wanted(f, regions, monkeypatch):
    monkeypatch.setattr(candidates, "SAME_TRADE", 2)
    monkeypatch.setattr(candidates, "KINDRED", 0)
    monkeypatch.setattr(candidates, "PRIORITY", 0)
    for _ in range(12):
        f.make_worker(village=HOME, job_types=["A04"])
    assert len(workers_of(f, regions, f.make_opening(region=HOME), limit=10)) == 10


def test_a_missed_job_counts_when_staff_said_so_or_both_sides_did(f):
    def missed(*sides):
        worker = f.make_worker(job_types=["A04"])
        offer = f.make_offer(f.make_opening(starts_on=f.today - timedelta(days=5), ends_on=f.today), worker, "no_show")
        for side in sides:
            f._add(Outcome(offer_id=offer.id, side=side, outcome="no_show", at=f.now))
        return worker.id

    said = {missed(*sides): sides for sides in ((), ("employer",), ("worker", "employer"), ("staff",))}
    counted = {said[one.id] for one in facts_of(f.session, list(said), f.today) if one.no_shows}
    assert counted == {("worker", "employer"), ("staff",)}


def test_facts_hold_what_is_taken_verified_and_earned_at_home(f):
    household = f._add(Household(village_code=HOME, created_at=f.now))
    idle, busy, alone = (f.make_worker(job_types=["A04"]) for _ in range(3))
    for worker in (idle, busy):
        worker.person.household_id = household.id
    opening = f.make_opening(hours_from="08:00", hours_to="12:00")
    f.make_offer(opening, busy, "accepted")
    for code, verified in (("G04", f.now), ("G03", None), ("G07", f.now)):
        f.session.add(Hardship(worker_id=alone.id, code=code, claimed_at=f.now, verified_at=verified))
    alone.unavailable = [["2026-12-01", "2026-12-03"]]
    f.session.flush()
    facts = {one.id: one for one in facts_of(f.session, [idle.id, busy.id, alone.id], f.today)}
    [taken] = facts[busy.id].taken
    assert (taken.starts_on, taken.hours_from, taken.hours_to) == (opening.starts_on, "08:00", "12:00")
    assert not facts[idle.id].household_without_earner  # busy earns for both
    assert facts[alone.id].household_without_earner and facts[alone.id].verified_labels == {"G04", "G07"}
    assert facts[alone.id].unavailable[0][0].isoformat() == "2026-12-01"


def test_work_elsewhere_that_staff_know_of_is_an_income_too(f):
    """H02: one rule of a household for the ranking, the night's marks and the console."""
    household = f._add(Household(village_code=HOME, created_at=f.now))
    idle, away = (f.make_worker(job_types=["A04"]) for _ in range(2))
    away.employment_status = "self_employed"
    for worker in (away, idle):
        worker.person.household_id = household.id
    f.session.flush()
    [facts] = facts_of(f.session, [idle.id], f.today)
    assert not facts.household_without_earner
    marks = select(WorkerTrade.priority).where(WorkerTrade.worker_id == idle.id)
    assert f.session.scalars(marks).all() == [False]
    refresh_priority(f.session, 1, idle.id + 2, waiting_before=f.now - timedelta(days=60), earning_since=f.today)
    assert f.session.scalars(marks).all() == [False]


def test_a_countys_weights_decide_its_own_ranking_only(f, regions):
    near = f.make_worker(village=HOME, job_types=["A05"])
    far = f.make_worker(village=FAR, job_types=["A04"])
    opening = f.make_opening(region=HOME)
    assert workers_of(f, regions, opening) == [far.id, near.id]
    changed = DEFAULT_WEIGHTS.to_json() | {"trade": 22.0, "kindred": 21.0, "distance": 40.0}
    f._add(MatchingWeights(county_code="500114", weights=changed, reason="试", changed_at=f.now))
    assert workers_of(f, regions, opening) == [near.id, far.id]


def test_an_entry_that_is_only_begun_has_no_lists_yet(f):
    worker = f.make_worker()
    worker.job_types = worker.day_parts = worker.benefits = None
    worker.unavailable = None
    f.session.flush()
    [facts] = facts_of(f.session, [worker.id], f.today)
    assert (facts.job_types, facts.day_parts, facts.benefits, facts.unavailable) == ((), frozenset(), frozenset(), ())
