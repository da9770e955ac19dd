"""The tenant rule: own region and all below (DESIGN §3.9, T6)."""

from __future__ import annotations

import pytest

from backend.domain import access

COUNTY, TOWN, VILLAGE = "500114", "500114121", "500114121202"


@pytest.mark.parametrize(
    ("staff_region", "seen", "hidden"),
    [
        (VILLAGE, [VILLAGE], [TOWN, COUNTY, "500114121203", "500114122202", "520526"]),
        (TOWN, [TOWN, VILLAGE], [COUNTY, "500114122", "500114122202", "52"]),
        (COUNTY, [COUNTY, TOWN, VILLAGE], ["5001", "50", "500115", "500113999999", "520526101001"]),
        ("5001", ["5001", COUNTY, VILLAGE], ["50", "5002", "500230", "52"]),
        ("52", ["52", "520526"], ["50", "53", VILLAGE]),
        ("500119", ["500119101"], ["500120101", "500118101"]),
    ],
)
def test_staff_see_their_region_and_all_below_and_nothing_else(staff_region, seen, hidden):
    assert [code for code in seen if not access.may_see(staff_region, code)] == []
    assert [code for code in hidden if access.may_see(staff_region, code)] == []


def test_what_has_no_region_is_seen_by_nobody():
    assert not access.may_see("50", None)
    assert not access.may_see("50", "")


@pytest.mark.parametrize("region", ["", "5", "%", "500114%", "５００１１４", "5001141212021", "-1", "abc"])
def test_a_member_of_staff_without_an_official_code_is_refused_rather_than_shown_everything(region):
    with pytest.raises(ValueError, match="division code"):
        access.may_see(region, VILLAGE)


def test_the_three_local_roles_act_and_the_two_above_only_look():
    for role in ("village", "town", "county"):
        assert access.may(role, "reply")
        assert access.may(role, "review_opening")
        assert access.may(role, "reveal")
    for role in ("city", "province", "root", ""):
        assert not any(access.may(role, verb) for verb in ("reply", "take_case", "reveal", "review_opening", "correct"))


def test_a_file_brings_what_its_bringer_may_write_by_hand_and_no_other_ledger():
    assert [
        [role for role in access.VERBS if access.may_take_in(role, ledger)]
        for ledger in ("workers", "openings", "employers", "stations", "households")
    ] == [
        ["village", "town", "county"],
        ["village", "town", "county"],
        ["village", "town", "county"],
        ["town", "county"],
        [],
    ]
