"""Openings passed on: who may, what it changes, who sees what, and that nothing else comes along (P08, P09, E10, T6)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.errors import Conflict, Forbidden, Invalid, NotFound, TooLong
from backend.services import forward_opening
from backend.services.deps import Deps
from backend.services.matches import openings_for, workers_for
from backend.services.staff_login import Member
from backend.store.models import AuditEvent, Forwarding, Opening, Worker
from backend.store.queries import forwardings
from tests.support.clock import SettableClock
from tests.support.placed import count

Make = Callable[[], Any]
VILLAGE, OTHER, TOWN, TOWN2, COUNTY, COUNTY2, CITY = (
    "500114121002", "500114121003", "500114121", "500114122", "500114", "500101", "5001",
)  # fmt: skip


@pytest.fixture
def member(make: Make, deps: Deps) -> Callable[..., Member]:
    def made(role: str, region: str) -> Member:
        with make() as f:
            row = f.make_staff(role, region)
            deps.regions.reload()
            return Member(
                id=row.id, login=row.login, name=row.name, role=role, region_code=region, language="zh", csrf_secret="x"
            )

    return made


@pytest.fixture
def opening_id(make: Make, deps: Deps) -> int:
    with make() as f:
        f.make_region(COUNTY2, "万州区")
        f.make_region("500101001001", "高笋塘")
        made: int = f.make_opening(headcount=4).id
    deps.regions.reload()
    return made


@pytest.fixture
def opening(deps: Deps, opening_id: int) -> Callable[[], Opening]:
    def read() -> Opening:
        with deps.db.read() as session:
            return session.get_one(Opening, opening_id)

    return read


def test_p08_the_village_passes_work_on_and_the_next_wave_looks_at_once(
    member: Callable[..., Member], opening_id: int, opening: Callable[[], Opening], deps: Deps, clock: SettableClock,
    database: Any,
) -> None:  # fmt: skip
    village = member("village", VILLAGE)
    assert forward_opening.forward(deps, village, opening_id, [OTHER, TOWN], "急") == [OTHER, TOWN]
    assert forward_opening.forward(deps, village, opening_id, [OTHER]) == []  # once is enough
    assert opening().visible_to is None and opening().next_wave_at == clock()
    assert count(database, Forwarding) == 2
    assert count(database, AuditEvent, AuditEvent.verb == "forwarded") == 1


def test_what_is_out_of_reach_is_refused_whole(
    member: Callable[..., Member], opening_id: int, deps: Deps, database: Any
) -> None:
    village, county = member("village", VILLAGE), member("county", "520526")
    with pytest.raises(Invalid):
        forward_opening.forward(deps, village, opening_id, [OTHER, COUNTY2])
    with pytest.raises(Invalid):
        forward_opening.forward(deps, village, opening_id, ["500114121999"])
    with pytest.raises(NotFound):
        forward_opening.forward(deps, county, opening_id, ["5205"])
    with pytest.raises(Forbidden):
        forward_opening.forward(deps, member("city", CITY), opening_id, [COUNTY2])
    assert count(database, Forwarding) == 0


def test_only_what_takes_people_is_passed_on(
    member: Callable[..., Member], opening_id: int, deps: Deps, make: Make
) -> None:
    with make() as f:
        f.session.get_one(Opening, opening_id).status = "in_review"
    with pytest.raises(Conflict):
        forward_opening.forward(deps, member("town", TOWN), opening_id, [OTHER])


def test_stopped_waves_stay_stopped(
    member: Callable[..., Member], opening_id: int, opening: Callable[[], Opening], deps: Deps, make: Make
) -> None:
    with make() as f:
        f.session.get_one(Opening, opening_id).waves_stopped_at = f.now
    forward_opening.forward(deps, member("town", TOWN), opening_id, [OTHER])
    assert opening().next_wave_at is None


def test_e10_one_act_makes_it_urgent_and_puts_it_before_every_village_of_the_town(
    member: Callable[..., Member], opening_id: int, opening: Callable[[], Opening], deps: Deps, database: Any,
    make: Make, clock: SettableClock,
) -> None:  # fmt: skip
    with make() as f:
        f.make_region("500114121001", "双石村")
    deps.regions.reload()
    assert forward_opening.to_villages(deps, member("town", TOWN), opening_id) == ["500114121001", OTHER]
    assert opening().urgent and opening().next_wave_at == clock()
    assert forward_opening.to_villages(deps, member("town", TOWN), opening_id) == []


def test_p09_opened_to_the_city_the_other_county_finds_it_and_is_found(
    member: Callable[..., Member], opening_id: int, opening: Callable[[], Opening], deps: Deps, make: Make,
    clock: SettableClock,
) -> None:  # fmt: skip
    with make() as f:
        worker_id = f.make_worker("何大田", village="500101001001", job_types=["A04"], waiting_since=f.now).id
    today = clock().date()

    def found() -> tuple[list[int], list[int]]:
        with deps.db.read() as session:
            worker = session.get_one(Worker, worker_id)
            jobs = openings_for(session, deps.regions, today, worker=worker)
            people = workers_for(session, deps.regions, clock(), session.get_one(Opening, opening_id))
            return [job.opening.id for job in jobs], [one.worker.id for one in people]

    assert found() == ([], [])
    forward_opening.forward(deps, member("county", COUNTY), opening_id, [CITY])
    assert opening().visible_to == CITY
    assert found() == ([opening_id], [worker_id])


def test_the_receiving_place_sees_it_unseen_first_and_the_first_look_is_kept(
    member: Callable[..., Member], opening_id: int, deps: Deps, clock: SettableClock
) -> None:
    forward_opening.forward(deps, member("county", COUNTY), opening_id, [COUNTY2])
    there, above = member("county", COUNTY2), member("town", "500101001")
    with deps.db.write() as session:
        assert forwardings.unseen(session, COUNTY2) == 1
        [listed], _ = forwardings.received(session, COUNTY2)
        forward_opening.look_at(session, deps, above, listed.forwarding)
        assert listed.forwarding.seen_at is None  # not theirs to have seen
        forward_opening.look_at(session, deps, there, listed.forwarding)
    first = clock()
    clock.advance(hours=1)
    with deps.db.write() as session:
        listed_again = forwardings.one(session, COUNTY2, listed.forwarding.id)
        assert listed_again is not None
        forward_opening.look_at(session, deps, there, listed_again.forwarding)
        assert (listed_again.forwarding.seen_by, listed_again.forwarding.seen_at) == (there.id, first)
        assert forwardings.unseen(session, COUNTY2) == 0
        assert forwardings.one(session, "520526", listed.forwarding.id) is None  # T6
        assert forwardings.received(session, TOWN2)[0] == []


def test_who_has_received_it_may_pass_it_on_within_their_own_reach(
    member: Callable[..., Member], opening_id: int, deps: Deps
) -> None:
    forward_opening.forward(deps, member("county", COUNTY), opening_id, [COUNTY2])
    there = member("county", COUNTY2)
    assert forward_opening.forward(deps, there, opening_id, ["500101001"]) == ["500101001"]
    for away in ("520526", CITY, COUNTY):
        with pytest.raises(Invalid):
            forward_opening.forward(deps, there, opening_id, [away])


def test_how_urgent_it_is_and_how_far_it_goes_stays_its_own_regions_to_say(
    member: Callable[..., Member], opening_id: int, opening: Callable[[], Opening], deps: Deps, make: Make
) -> None:
    """T6: what was put before one is there to be read."""
    with make() as f:
        f._add(Forwarding(opening_id=opening_id, to_region=COUNTY2, forwarded_at=f.now))
    there = member("county", COUNTY2)
    with pytest.raises(Forbidden):
        forward_opening.to_villages(deps, there, opening_id)
    assert forward_opening.forward(deps, there, opening_id, ["500101001"]) == ["500101001"]
    assert (opening().urgent, opening().visible_to) == (False, None)


def test_two_clicks_at_the_same_moment_pass_it_on_once(
    member: Callable[..., Member], opening_id: int, deps: Deps, database: Any
) -> None:
    town = member("town", TOWN)
    barrier, done = threading.Barrier(3), []

    def click() -> None:
        barrier.wait()
        done.append(len(forward_opening.forward(deps, town, opening_id, [OTHER])))

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [0, 0, 1] and count(database, Forwarding) == 1


def test_a_note_is_kept_whole_or_the_opening_is_not_passed_on(
    member: Callable[..., Member], opening_id: int, deps: Deps, database: Any
) -> None:
    with pytest.raises(TooLong):
        forward_opening.forward(deps, member("town", TOWN), opening_id, [OTHER], "急" * 1000)
    assert count(database, Forwarding) == 0
    whole = "急" * forward_opening.LONGEST_NOTE
    forward_opening.forward(deps, member("town", TOWN), opening_id, [OTHER], whole)
    with deps.db.read() as session:
        assert session.scalars(select(Forwarding.note)).one() == whole
