"""Who among the staff may see and do what, per village, town, county (DESIGN §3.9, T6). The only copy of the rule.

A division code is the prefix of every code below it, so "own region and all below" is one prefix. Queries turn the same
prefix into a range (`reach`) through `store/queries/scope.py`; single objects are judged by `may_see`.
"""

from __future__ import annotations

# The county that runs the line: whoever is not known to live elsewhere is looked after there.
HOME_REGION = "500114"

# What each role may do besides looking. City and province supervise: they read, they do not act in a county's name.
# An operator runs the line for a county under contract (L20): it talks with people and posts work, and neither reads nor
# writes who is in need. An auditor reads what staff did, nothing of it in the clear.
_ACTS = frozenset(
    {
        "reply",
        "take_case",
        "reveal",
        "review_opening",
        "correct",
        "edit_place",
        "record_prompt",
        "forward",
        "confirm_entry",
        "post_opening",
        "send_offers",
        "set_screen",
    }
)
# The ledgers of the workers and what is done for one of them by name (W01, H01–H05, L03).
_LEDGERS = frozenset(
    {
        "edit_worker",
        "record_visit",
        "verify_hardship",
        "edit_household",
        "record_talk",
        "import_ledger",
        "merge_entries",
        "register_at_window",
        "export_ledger",
    }
)
# To read the ledgers of those in need, by name or masked: whoever looks after them or watches over those who do.
_NEED = frozenset({"see_need"})
# Public-welfare posts are the town's and the county's to give (H11).
# So is it to say that an employer was looked at and is what it says (P04).
_TOWN = frozenset({"edit_station", "give_post", "verify_employer", "manage_teams"})
_COUNTY = frozenset({"set_weights", "train_model", "add_station"})
# Accounts of one's own region and below, of a level below one's own.
_PEOPLE = frozenset({"manage_staff", "read_audit"})
VERBS: dict[str, frozenset[str]] = {
    "village": _ACTS | _LEDGERS | _NEED,
    "town": _ACTS | _LEDGERS | _NEED | _TOWN | _PEOPLE,
    "county": _ACTS | _LEDGERS | _NEED | _TOWN | _COUNTY | _PEOPLE,
    "city": _NEED | {"read_audit"},
    "province": _NEED | {"read_audit"},
    "operator": _ACTS - {"confirm_entry", "edit_place"},
    "auditor": _NEED | {"read_audit"},
}


def reach(staff_region: str) -> tuple[str, str]:
    """Return `(first, end)`: every code c seen from `staff_region` has first ≤ c < end, as text.

    >>> reach("500114")
    ('500114', '500115')

    Raises `ValueError` for anything but an official code of 2 to 12 digits: an empty region would see the whole country.
    """
    if not (staff_region.isascii() and staff_region.isdigit() and 2 <= len(staff_region) <= 12):
        raise ValueError("a member of staff needs an official division code")
    return staff_region, str(int(staff_region) + 1).zfill(len(staff_region))


def may_see(staff_region: str, object_region: str | None) -> bool:
    """Whether something in `object_region` is seen from `staff_region`. What has no region is seen by nobody."""
    first, end = reach(staff_region)
    return object_region is not None and first <= object_region < end


def may(role: str, verb: str) -> bool:
    """Whether `role` may do `verb`; an unknown role may do nothing."""
    return verb in VERBS.get(role, frozenset())


# Whoever may not write into a ledger by hand does not with a file either.
_BY_HAND = {
    "workers": "edit_worker",
    "openings": "post_opening",
    "employers": "post_opening",
    "stations": "edit_station",
}


def may_take_in(role: str, ledger: str) -> bool:
    """Whether `role` may bring a file of `ledger`, a ledger that is taken in at all."""
    return ledger in _BY_HAND and may(role, "import_ledger") and may(role, _BY_HAND[ledger])


def may_reveal(role: str, field: str) -> bool:
    """Whether `role` may have `field` shown in the clear; who is in need is for those alone who judge it (H01)."""
    return may(role, "reveal") and (field != "hardship" or may(role, "verify_hardship"))
