"""Rows that are due, one after the other: what goes wrong with one holds up no other (F7)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import structlog

from backend.store.session import in_turn

log = structlog.get_logger()

# Then the other ticks come first; what is left is due still at the next one.
LONGEST_S = 60.0


def each(
    what: str,
    ids: Iterable[int],
    work: Callable[[int], int],
    *,
    most: int | None = None,
    failed: Callable[[int], object] | None = None,
    steady: Callable[[], float] = time.monotonic,
) -> int:
    """Add up what `work`, one transaction, returns for each of `ids`, until it is `most` or a minute is over.

    `what` names it in the log. One that fails is left as it is and due again at the next tick, when the others come before
    or after it all the same; `failed` puts it off where it would always come first.
    """
    done, until = 0, steady() + LONGEST_S
    for id_ in ids:
        if (most is not None and done >= most) or steady() >= until:
            break
        try:
            done += in_turn(lambda id_=id_: work(id_))  # type: ignore[misc]
        except Exception:
            log.exception("due_row_failed", what=what, row_id=id_)
            if failed is not None:
                failed(id_)
    return done
