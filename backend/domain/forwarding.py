"""To whom an opening may be put before, and how far its market then reaches (P08, P09); by division codes alone.

Staff pass work on sideways and up by one level: a village within its town, a town within its county, a county within its
city. Down within one's own region is always possible. Whoever has an opening of elsewhere before them passes it on down
alone: how far it goes and how urgent it is stays its own region's to say.
"""

from __future__ import annotations

from backend.domain.access import may_see

LENGTHS = (2, 4, 6, 9, 12)  # digits of province, city, county, town, village
COUNTY = 6


def parent(code: str) -> str | None:
    """The division above: 500114121 → 500114; a province has none. Raises `ValueError` for a code of no level."""
    at = LENGTHS.index(len(code))
    return code[: LENGTHS[at - 1]] if at else None


def may_forward(staff_region: str, opening_region: str, to_region: str) -> bool:
    """Whether staff of `staff_region` may put an opening of `opening_region` before `to_region`."""
    if len(to_region) not in LENGTHS or to_region == opening_region:
        return False
    if not may_see(staff_region, opening_region):
        return to_region != staff_region and may_see(staff_region, to_region)
    return may_see(parent(staff_region) or staff_region, to_region)


def common_ancestor(one: str, other: str) -> str | None:
    """The smallest division both lie in; None across provinces.

    >>> common_ancestor("500114121002", "500101")
    '5001'
    """
    shared = (n for n in reversed(LENGTHS) if n <= min(len(one), len(other)) and one[:n] == other[:n])
    return next((one[:n] for n in shared), None)


def reach_after(opening_region: str, visible_to: str | None, to_region: str) -> str | None:
    """How far the market reaches once the opening is put before `to_region`: a code, or None for its own county (P09)."""
    county = opening_region[:COUNTY]
    if may_see(visible_to or county, to_region):
        return visible_to
    return common_ancestor(visible_to or county, to_region) or visible_to
