"""Say that two who look alike in the ledgers are two people, and take it back (W15).

It holds until what is compared of the two is changed on either card: then they may be listed anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.errors import Conflict, Forbidden
from backend.services import audit, find_duplicates
from backend.services.merge_entries import seen_worker, versions_of
from backend.services.staff_login import Member
from backend.store.models import Worker
from backend.store.queries import duplicates

if TYPE_CHECKING:
    from backend.services.deps import Deps


def say_distinct(deps: Deps, member: Member, one_id: int, other_id: int, versions: tuple[str, ...]) -> str:
    """Note that the two are not one; they are listed no more. Returns the code of the town in whose list they stood.

    `versions`: `versions_of` both as they were compared. Raises `NotFound` unless both are of the region; `Forbidden`;
    `Conflict(reason="changed")`.
    """
    now = deps.clock()
    with deps.db.write() as session:
        one, other = _both(session, member, one_id, other_id)
        if not duplicates.distinct(session, [one_id, other_id]):  # a colleague, or the same press, was quicker
            if versions_of(session, one, other) != versions:
                raise Conflict("changed meanwhile", reason="changed")
            duplicates.say_distinct(session, one_id, other_id, _town(one), by=member.id, at=now)
            audit.write(session, now, member.actor, "said_distinct", one, other=other_id)
            audit.write(session, now, member.actor, "said_distinct", other, other=one_id)
        return _town(one)


def take_back(deps: Deps, member: Member, one_id: int, other_id: int) -> str:
    """Forget it, whoever said it and when: where the two are alike they are listed again at once. Returns and raises as above."""
    now = deps.clock()
    with deps.db.write() as session:
        one, other = _both(session, member, one_id, other_id)
        if duplicates.take_back_distinct(session, one_id, other_id):
            find_duplicates.compare_again(session, one.person.village_code)
            audit.write(session, now, member.actor, "took_back_distinct", one, other=other_id)
            audit.write(session, now, member.actor, "took_back_distinct", other, other=one_id)
        town = _town(one)
    if town:
        find_duplicates.compare(deps, town)
    return town


def _both(session: Session, member: Member, one_id: int, other_id: int) -> tuple[Worker, Worker]:
    rows = {number: seen_worker(session, member, number, lock=True) for number in sorted((one_id, other_id))}
    if not may(member.role, "merge_entries"):
        raise Forbidden("this role only looks")
    return rows[one_id], rows[other_id]


def _town(worker: Worker) -> str:
    return (worker.person.village_code or "")[:9]
