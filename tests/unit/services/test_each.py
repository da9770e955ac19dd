"""One tick over the rows that are due (F7)."""

from __future__ import annotations

from itertools import count

from backend.services.each import LONGEST_S, each


def test_a_row_that_fails_holds_up_no_other_and_is_put_off() -> None:
    put_off: list[int] = []

    def work(id_: int) -> int:
        return 10 // (id_ - 2)

    assert each("rows", [1, 2, 3, 4], work, failed=put_off.append) == -10 + 10 + 5
    assert put_off == [2]


def test_it_ends_when_so_many_are_done_and_counts_none_that_was_not() -> None:
    seen: list[int] = []

    def work(id_: int) -> bool:
        seen.append(id_)
        return id_ % 2 == 0

    assert each("rows", range(100), work, most=2) == 2
    assert seen == [0, 1, 2]


def test_a_long_tick_leaves_the_rest_to_the_next_one() -> None:
    """Else the few threads of the scheduler would all be at work on the slowest, and nobody be reminded."""
    times = count(0, 25)
    done: list[int] = []
    each("rows", range(10), lambda id_: done.append(id_) or 1, steady=lambda: float(next(times)))
    assert done == [0, 1] and LONGEST_S < 75
