"""200 races for the last place over real HTTP, on each database; `make races` runs 10,000 (C1, DESIGN §3.7)."""

from __future__ import annotations

from pathlib import Path

from tests.support.races import run


def test_of_two_who_take_the_last_place_at_the_same_instant_one_gets_it_200_times(
    database_url: str, tmp_path: Path
) -> None:
    result = run(database_url, 200, tmp_path)
    assert (result.races, result.overbooked, result.odd) == (200, 0, 0)
