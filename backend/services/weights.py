"""The ranking's weights of a county: read, change, take back; every change is a row with who, when and why (W03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.weights import DEFAULT_WEIGHTS, Weights, problems
from backend.errors import Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.staff_login import Member
from backend.store.models import MatchingWeights

if TYPE_CHECKING:
    from backend.services.deps import Deps

HISTORY = 30
LONGEST_REASON = 300


def weights_for(session: Session, county: str) -> Weights:
    """The weights in force in a county: its newest row, else the defaults."""
    row = session.connection().execute(_NEWEST, {"county": county}).first()
    return DEFAULT_WEIGHTS if row is None else Weights.from_json(row[0])


_NEWEST = (
    select(MatchingWeights.weights)
    .where(MatchingWeights.county_code == bindparam("county"))
    .order_by(MatchingWeights.id.desc())
    .limit(1)
)


def history(session: Session, county: str) -> Sequence[MatchingWeights]:
    """The last changes of a county, the newest first."""
    return session.scalars(
        select(MatchingWeights)
        .where(MatchingWeights.county_code == county)
        .order_by(MatchingWeights.id.desc())
        .limit(HISTORY)
    ).all()


def set_weights(deps: Deps, member: Member, weights: Mapping[str, float], reason: str) -> MatchingWeights | None:
    """Put weights in force in the county of `member`, from the next ranking on; None when they already are.

    Raises `Forbidden` unless a county's staff; `Invalid` with what `problems` finds, or `reason: missing`.
    """
    wanted = Weights.from_json(weights)
    why = reason.strip()
    wrong = dict(problems(wanted))
    if not why or len(why) > LONGEST_REASON:
        wrong["reason"] = "missing"
    _check(member)
    if wrong:
        raise Invalid("not within the limits", wrong)
    with deps.db.write() as session:
        before = weights_for(session, member.region_code)
        if before == wanted:
            return None
        row = MatchingWeights(
            county_code=member.region_code,
            weights=wanted.to_json(),
            reason=why,
            changed_by=member.id,
            changed_at=deps.clock(),
        )
        session.add(row)
        session.flush()
        old, new = before.to_json(), wanted.to_json()
        changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
        audit.write(session, deps.clock(), member.actor, "weights_set", row, county=member.region_code, changed=changed)
        return row


def restore(deps: Deps, member: Member, row_id: int | None, reason: str) -> MatchingWeights | None:
    """Put back the weights of an earlier row of one's own county, or the defaults (None): itself a change with a reason."""
    _check(member)
    if row_id is None:
        return set_weights(deps, member, DEFAULT_WEIGHTS.to_json(), reason)
    with deps.db.read() as session:
        row = session.get(MatchingWeights, row_id)
        if row is None or not may_see(member.region_code, row.county_code):
            raise NotFound("no such weights")
        stored = dict(row.weights)
    return set_weights(deps, member, stored, reason)


def _check(member: Member) -> None:
    if not may(member.role, "set_weights"):
        raise Forbidden("only a county's staff set its weights")
