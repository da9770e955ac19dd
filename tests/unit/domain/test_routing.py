"""Which team a matter goes to: the nearest level first, its own topic before everything else."""

from __future__ import annotations

import pytest

from backend.domain.case_rules import RULES
from backend.domain.routing import TOPICS, TeamSeen, codes_above, nearest_team, topic_of

VILLAGE, TOWN, COUNTY = "500114121002", "500114121", "500114"
COUNTY_WAGES = TeamSeen(1, COUNTY, ("wages",))
COUNTY_REST = TeamSeen(2, COUNTY, ("other", "jobs"))
TOWN_JOBS = TeamSeen(3, TOWN, ("jobs",))
OTHER_TOWN = TeamSeen(4, "500114122", ("wages", "other"))
TEAMS = (COUNTY_WAGES, COUNTY_REST, TOWN_JOBS, OTHER_TOWN)


@pytest.mark.parametrize(
    ("region", "topic", "team"),
    [
        (VILLAGE, "jobs", 3),  # the town's before the county's
        (VILLAGE, "wages", 1),  # no team of the town answers for it: the county's
        (VILLAGE, "policy", 2),  # nobody answers for it by name: whoever has everything else
        ("500114122201", "jobs", 2),  # a team of another topic nearby does not take it from the county's own
        (COUNTY, "jobs", 2),
        ("520526101001", "wages", None),  # another county's teams do not reach there
    ],
)
def test_a_matter_goes_to_the_nearest_team_of_its_topic(region, topic, team):
    assert nearest_team(TEAMS, region, topic) == team


def test_of_two_teams_of_one_level_the_older_has_it_in_any_order():
    two = (TeamSeen(9, TOWN, ("jobs",)), TeamSeen(5, TOWN, ("jobs",)))
    assert nearest_team(two, VILLAGE, "jobs") == nearest_team(two[::-1], VILLAGE, "jobs") == 5


def test_without_teams_nobody_is_named():
    assert nearest_team((), VILLAGE, "jobs") is None


def test_a_village_is_never_reached_by_a_code_that_only_begins_alike():
    """A code is a prefix only at a level of its own: 50011412 is no division."""
    assert nearest_team([TeamSeen(1, "5001141", ("other",))], VILLAGE, "other") is None
    assert codes_above(VILLAGE) == [VILLAGE, TOWN, COUNTY, "5001", "50"]


@pytest.mark.parametrize(
    ("kind", "intents", "topic"),
    [
        ("wage_arrears", ["search_jobs"], "wages"),
        ("injury", [], "wages"),
        ("policy", [], "policy"),
        ("write_name", [], "registration"),
        ("ask_employer", [], "employers"),
        ("handoff", [None, "search_jobs", "report_problem"], "jobs"),  # the newest thing talked about decides
        ("handoff", ["talk_to_human", "affirm"], "other"),
        (None, ["post_job"], "employers"),
        (None, [], "other"),
    ],
)
def test_the_case_tells_the_topic_and_a_wish_for_a_person_what_was_talked_about(kind, intents, topic):
    assert topic_of(kind, intents) == topic


def test_every_kind_of_case_has_a_topic():
    assert all(topic_of(kind) in TOPICS for kind in RULES)
