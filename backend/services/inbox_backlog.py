"""What was said before there was an inbox is taken in page by page, the newest first, beside the running service."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from backend.store import inbox

if TYPE_CHECKING:
    from backend.services.deps import Deps

# Of a tick. On SQLite calls wait for whoever writes, so each page is small and a pause lets others go first.
PAGE, PAGES, BREATH_S = 10, 100, 0.05


def take_in(deps: Deps, pause: Callable[[float], None] = time.sleep) -> int:
    """Return how many conversations were taken in; 0 once all are."""
    done = 0
    for _ in range(PAGES):
        with deps.db.write() as session:
            found = inbox.take_in_backlog(session, PAGE)
        done += found
        if found < PAGE:
            break
        pause(BREATH_S)
    return done
