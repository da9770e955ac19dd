"""What was said before there was an inbox is taken in page by page, the newest first, beside the running service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.store import inbox

if TYPE_CHECKING:
    from backend.services.deps import Deps

PAGE, PAGES = 100, 20  # of a tick; each page is a transaction of its own, so that nobody waits long


def take_in(deps: Deps) -> int:
    """Return how many conversations were taken in; 0 once all are."""
    done = 0
    for _ in range(PAGES):
        with deps.db.write() as session:
            found = inbox.take_in_backlog(session, PAGE)
        done += found
        if found < PAGE:
            break
    return done
