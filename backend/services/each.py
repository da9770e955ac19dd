"""Rows that are due, one after the other: what goes wrong with one holds up no other (F7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from backend.store.session import in_turn

log = structlog.get_logger()


def each(what: str, ids: Iterable[int], work: Callable[[int], int], *, most: int | None = None) -> int:
    """Add up what `work`, one transaction, returns for each of `ids`, until it is `most`; `what` names it in the log.

    One that fails is left as it is and due again at the next tick, when the others come before or after it all the same.
    """
    done = 0
    for id_ in ids:
        if most is not None and done >= most:
            break
        try:
            done += in_turn(lambda id_=id_: work(id_))  # type: ignore[misc]
        except Exception:
            log.exception("due_row_failed", what=what, row_id=id_)
    return done
