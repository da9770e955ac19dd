"""How patient the network is with one webhook URL, and how it counts parts."""

import pytest

from backend.phone_network.line import Overrides, overrides
from backend.phone_network.segments import segments


@pytest.mark.parametrize(("fragment", "expected"), [
    ("", Overrides()),
    ("rc=5&rp=all&ct=2000&rt=12000", Overrides(2.0, 12.0, 15.0, 5, frozenset({"all"}))),
    ("rc=9&ct=1&rt=99999&tt=99999", Overrides(0.1, 15.0, 15.0, 5)),
    ("rc=0", Overrides(retries=0)),
    ("rp=4xx,5xx", Overrides(policy=frozenset({"4xx", "5xx"}))),
    ("rc=many&rp=often&ct=", Overrides()),
])  # fmt: skip
def test_a_webhook_url_may_change_the_limits_within_bounds(fragment: str, expected: Overrides) -> None:
    assert overrides(fragment) == expected


@pytest.mark.parametrize(("text", "count"), [
    ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("字" * 70, 1), ("字" * 71, 2),
    ("字" * 134, 2), ("字" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("字" + "a" * 69, 1),
])  # fmt: skip
def test_parts_are_counted_as_a_carrier_bills_them(text: str, count: int) -> None:
    assert segments(text) == count
