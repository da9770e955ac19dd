"""Names that staff write down count at once, in every process, for live messages and `/understand` alike (vocabulary §4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.dialogue.base import Parsed
from backend.errors import Forbidden, Invalid, NotFound
from backend.services import edit_places
from backend.services.deps import Deps
from backend.services.regions import RegionBook
from backend.services.staff_login import Member
from backend.services.understand import prepare, understand
from backend.store.models import AuditEvent, Region
from tests.integration.services.conftest import Talk
from tests.support.fakes import FakeEngine

TOWN, VILLAGE, FAR = "500114121", "500114121002", "520526101001"


@pytest.fixture
def staff(town: None, make: Callable[[], Any], deps: Deps) -> Member:
    """A member of staff of 中塘镇; 双石村 is beside 兴泉社区, another village far away."""
    with make() as f:
        f.make_region("500114121204", "双石村")
        f.make_region(FAR)
        row = f.make_staff("town", TOWN)
        member = Member(row.id, row.login, row.name, "town", TOWN, "zh")
    deps.regions.reload()
    return member


def other_process(deps: Deps) -> Deps:
    """A second process: the same database, a place book of its own that has been read already."""
    book = RegionBook(deps.db)
    book.place_names()
    return Deps(**{**deps.__dict__, "regions": book})


def test_a_name_added_in_one_process_is_understood_at_once_in_another(
    staff: Member, deps: Deps, engine: FakeEngine
) -> None:
    worker = other_process(deps)
    text = "枫香坪那边有活没得"
    engine.understands[text] = Parsed("search_jobs", 0.9)
    assert understand(worker, text, "sms").entities == []
    edit_places.add_name(deps, staff, VILLAGE, "枫香坪")
    assert [(e.entity, e.value) for e in understand(worker, text, "sms").entities] == [("location", "枫香坪")]
    assert prepare(worker, "枫乡坪那边有活没得", "voice").text == text
    assert worker.regions.find("枫香坪", TOWN)[0].code == VILLAGE


def test_a_name_taken_away_is_forgotten_at_once(staff: Member, deps: Deps, engine: FakeEngine) -> None:
    text = "枫香坪那边有活没得"
    engine.understands[text] = Parsed("search_jobs", 0.9)
    edit_places.add_name(deps, staff, VILLAGE, "枫香坪")
    worker = other_process(deps)
    assert understand(worker, text, "sms").entities
    edit_places.remove_name(deps, staff, VILLAGE, "枫香坪")
    assert understand(worker, text, "sms").entities == []
    assert worker.regions.find("枫香坪", TOWN) == []


def test_a_live_message_finds_the_village_by_its_old_name(
    staff: Member, deps: Deps, talk: Callable[..., Talk], make: Callable[[], Any]
) -> None:
    with make() as f:
        f.make_opening(title="采茶", job_type="A01", region=VILLAGE)
        f.make_opening(title="搬砖", job_type="B01", region="500114121204")
    edit_places.add_name(deps, staff, VILLAGE, "枫香坪")
    [answer] = talk().read("枫香坪那边有活没得", "search_jobs").say("枫香坪那边有活没得")
    assert answer["filters"]["region"] == VILLAGE
    assert [opening["title"] for opening in answer["openings"]] == ["采茶"]


def test_every_change_is_written_down_with_who_made_it(staff: Member, deps: Deps) -> None:
    edit_places.add_name(deps, staff, VILLAGE, "枫香坪")
    edit_places.add_name(deps, staff, VILLAGE, "枫香坪")
    edit_places.remove_name(deps, staff, VILLAGE, "枫香坪")
    with deps.db.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "regions").order_by(AuditEvent.id))
        assert [(e.verb, e.actor, e.object_id) for e in events] == [
            ("place_name_added", staff.actor, VILLAGE), ("place_name_removed", staff.actor, VILLAGE),
        ]  # fmt: skip


def test_places_elsewhere_do_not_exist_for_her_and_who_only_looks_changes_nothing(staff: Member, deps: Deps) -> None:
    with pytest.raises(NotFound):
        edit_places.add_name(deps, staff, FAR, "枫香坪")
    city = Member(1, "shi", "市里", "city", "5001", "zh")
    with pytest.raises(Forbidden):
        edit_places.add_name(deps, city, VILLAGE, "枫香坪")
    with pytest.raises(Invalid):
        edit_places.add_name(deps, staff, VILLAGE, "http://x")
    with deps.db.read() as session:
        assert session.get_one(Region, VILLAGE).aliases == []


def test_market_days_count_at_once_for_days_as_said(staff: Member, deps: Deps, engine: FakeEngine) -> None:
    engine.understands["赶场天有空"] = Parsed("set_availability", 0.9)
    worker = other_process(deps)
    assert understand(worker, "赶场天有空", "sms", region=VILLAGE).entities == []
    edit_places.set_market_days(deps, staff, TOWN, "solar", [2, 5, 8])
    assert understand(worker, "赶场天有空", "sms", region=VILLAGE).entities[0].value == "2026-06-12"
    edit_places.set_market_days(deps, staff, TOWN, "solar", [])
    assert understand(worker, "赶场天有空", "sms", region=VILLAGE).entities == []
    with pytest.raises(Invalid):
        edit_places.set_market_days(deps, staff, VILLAGE, "solar", [2])
    with pytest.raises(Invalid):
        edit_places.set_market_days(deps, staff, TOWN, "mayan", [2])


def test_a_way_in_km_decides_where_both_ends_are_known(
    staff: Member, deps: Deps, talk: Callable[..., Talk], make: Callable[[], Any]
) -> None:
    """离我近点, 十里路: by the way where villages have a point, else by village and town."""
    with make() as f:
        f.make_worker("王秀英", number="+8610000555035", village=VILLAGE)
        f.make_opening(title="近处", region="500114121204")
        f.make_opening(title="远处", region="500114121205")
        f.make_opening(title="本村", region=VILLAGE)
    deps.regions.reload()
    seeker = talk("+8610000555035")
    for words in ("离我近点的活", "走得到的活", "十里路以内的活", "骑摩托二十分钟的活"):
        span = {"proximity": words.removesuffix("的活")} if words[0] in "离走" else {}
        seeker.read(words, "search_jobs", 0.95, **span)

    def titles(words: str) -> set[str]:
        return {opening["title"] for opening in seeker.say(words)[0]["openings"]}

    assert titles("离我近点的活") == {"近处", "远处", "本村"}  # all of one town, as far as anybody knows
    assert titles("走得到的活") == {"本村"}
    county = Member(1, "xian", "县里", "county", "500114", "zh")
    edit_places.set_point(deps, county, VILLAGE, 29.50, 108.70)
    edit_places.set_point(deps, county, "500114121204", 29.52, 108.70)  # 2.2 km
    edit_places.set_point(deps, county, "500114121205", 29.65, 108.70)  # 16.7 km
    assert titles("离我近点的活") == {"近处", "本村"}
    assert titles("走得到的活") == {"近处", "本村"}
    assert titles("十里路以内的活") == {"近处", "本村"}
    edit_places.set_point(deps, county, "500114121204", 29.57, 108.70)  # 7.8 km
    assert titles("十里路以内的活") == {"本村"}
    assert titles("骑摩托二十分钟的活") == {"近处", "本村"}


def test_a_point_outside_the_country_or_half_a_point_is_refused(staff: Member, deps: Deps) -> None:
    for point in ((108.7, 29.5), (29.5, None), (float("nan"), 108.0)):
        with pytest.raises(Invalid):
            edit_places.set_point(deps, staff, VILLAGE, *point)
