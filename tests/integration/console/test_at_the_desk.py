"""Whoever hands something over sees which colleagues are there now, in words, and finds them first (DESIGN §3.12)."""

from __future__ import annotations

import re

import pytest

from backend.store.models import Case, StaffSession, Team, TeamMember
from tests.integration.console.conftest import TOWN, VILLAGE, words

LATELY, TOO_LONG_AGO = 4, 6  # minutes


@pytest.fixture
def talk(make, staff):
    with make() as f:
        conversation = f.make_conversation(f.make_handset("+8610000001234"), region_code=VILLAGE)
        f.make_message("我要找人", conversation=conversation, status="answered", intent="talk_to_human")
        return conversation.id


@pytest.fixture
def team(make, staff):
    """A team of the town with the town's officer, those of two villages and, who never came in, a fourth in it; its id."""
    with make() as f:
        never = f.make_staff("village", VILLAGE, login="wei", name="未进来", password_hash="!").id
        made = Team(name="中塘帮办组", region_code=TOWN, topics=["other"], version=1, created_at=f.now)
        f.session.add(made)
        f.session.flush()
        f.session.add_all(
            TeamMember(team_id=made.id, staff_id=id_) for id_ in (staff["cun"], staff["zhen"], staff["cun2"], never)
        )
        return made.id


def choices(page, of):
    """What can be chosen in the list of the page, of `of`: staff or team."""
    return re.findall(rf'<option value="{of}:\d+"[^>]*>([^<]+)</option>', page.text)


def test_who_is_there_stands_first_and_everybody_carries_it_in_words(browse, talk, clock):
    browse("zhen")
    clock.advance(minutes=TOO_LONG_AGO)
    browse("xian")
    clock.advance(minutes=LATELY)
    page = browse("cun").visit(f"/console/conversations/{talk}")
    assert choices(page, "staff") == [
        "黔江窗口（黔江区） · 现在在", "田镇干（中塘镇） · 今天 10:00来过",
    ]  # fmt: skip


def test_only_those_who_may_be_handed_it_are_named(browse, talk):
    for login in ("cun2", "weining"):
        browse(login)
    found = choices(browse("cun").visit(f"/console/conversations/{talk}"), "staff")
    assert not any(name in " ".join(found) for name in ("石村官", "威宁窗口", "冉村官"))


def test_who_has_left_and_who_stopped_half_way_in_are_not_there(browse, talk, staff, make, clock):
    town = browse("zhen")
    assert town.submit("/console/logout").status_code == 303
    with make() as f:
        f.session.add(
            StaffSession(token_hash="t", staff_id=staff["xian"], created_at=clock(), last_seen_at=clock(), csrf_secret="c",
                         half_way=True)
        )  # fmt: skip
    found = choices(browse("cun").visit(f"/console/conversations/{talk}"), "staff")
    assert [line.rpartition(" · ")[2] for line in found] == ["现在不在"] * 2


def test_seen_just_before_midnight_is_there_and_yesterday_says_nothing(browse, talk, clock):
    browse("xian")
    browse("zhen")
    clock.advance(hours=13, minutes=58)  # from ten in the morning to 23:58
    browse("xian")
    clock.advance(minutes=3)
    found = choices(browse("cun").visit(f"/console/conversations/{talk}"), "staff")
    assert found[:2] == ["黔江窗口（黔江区） · 现在在", "田镇干（中塘镇） · 现在不在"]


def test_a_team_says_how_many_of_it_are_there_besides_oneself(browse, talk, team, clock):
    page = browse("cun").visit(f"/console/conversations/{talk}")
    assert [line.endswith("）") for line in choices(page, "team")] == [True], "nobody but the reader is there"
    browse("cun2")
    browse("zhen")
    [line] = choices(browse("cun").visit(f"/console/conversations/{talk}"), "team")
    assert line.endswith(" · 现在有1人在")


def test_passing_on_a_case_shows_it_too(browse, talk, team, make):
    with make() as f:
        case = Case(kind="policy", priority=3, summary="问低保", details={}, region_code=VILLAGE, opened_at=f.now,
                    due_at=f.now)  # fmt: skip
        f.session.add(case)
        f.session.flush()
        case_id = case.id
    browse("zhen")
    page = browse("cun").visit(f"/console/cases/{case_id}")
    assert choices(page, "staff")[0] == "田镇干（中塘镇） · 现在在"
    assert choices(page, "team")[0].endswith("现在有1人在")


def test_the_teams_page_names_those_there_first(browse, team, clock):
    browse("cun")
    clock.advance(minutes=TOO_LONG_AGO)
    page = browse("zhen").visit("/console/teams")
    assert "田镇干（现在在）、冉村官（今天 10:00来过）、未进来、石村官（现在不在）" in words(page)
    town = browse("zhen")
    town.submit("/console/language", language="en")
    assert "田镇干（there now）" in words(town.visit("/console/teams"))
