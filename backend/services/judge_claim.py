"""Claims of hardship, the oldest first: found true or not, by what evidence, and taken back within a day (H01, vocabulary §4.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from backend.domain.access import may
from backend.domain.private_numbers import without_private_numbers
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.edit_worker import FOUND_TRUE, TAKEN_BACK
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Hardship
from backend.store.queries import ledgers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.services.deps import Deps

LONGEST = 300
KEPT_FOR = timedelta(days=1)


def judge(deps: Deps, member: Member, claim_id: int, verified: bool, reason: str, evidence: str) -> None:
    """Say that a claim is so, or is not. `reason`: a code; `evidence`: what was looked at, in words, always needed.

    Raises `NotFound`, `Forbidden`, `Invalid`; `Conflict(reason="judged")` when somebody was quicker.
    """
    evidence = evidence.strip()
    wrong = {}
    if reason not in (FOUND_TRUE if verified else TAKEN_BACK):
        wrong["reason"] = "needed"
    if not evidence or len(evidence) > LONGEST:
        wrong["evidence"] = "needed, not too long"
    with deps.db.write() as session:
        claim = _mine(session, member, claim_id)
        if wrong:
            raise Invalid("some facts do not hold", wrong)
        if claim.verified_at or claim.rejected_at:
            raise Conflict("judged already", reason="judged")
        now = deps.clock()
        claim.evidence = without_private_numbers(evidence)
        if verified:
            claim.verified_at, claim.verified_by = now, member.id
        else:
            claim.rejected_at, claim.rejected_by, claim.rejected_for = now, member.id, reason
        verb = "hardship_verified" if verified else "hardship_rejected"
        audit.write(session, now, member.actor, verb, claim.worker, hardship_id=claim.id, reason=reason)


def undo(deps: Deps, member: Member, claim_id: int) -> None:
    """Put a claim back into the queue; for whoever judged it, within a day. Raises `Conflict(reason="too_late")`."""
    with deps.db.write() as session:
        claim = _mine(session, member, claim_id)
        at = claim.verified_at or claim.rejected_at
        if at is None:
            return
        if member.id not in (claim.verified_by, claim.rejected_by) or at < deps.clock() - KEPT_FOR:
            raise Conflict("too late", reason="too_late")
        claim.verified_at = claim.verified_by = claim.rejected_at = claim.rejected_by = claim.rejected_for = None
        claim.evidence = None
        audit.write(session, deps.clock(), member.actor, "hardship_reopened", claim.worker, hardship_id=claim.id)


def _mine(session: Session, member: Member, claim_id: int) -> Hardship:
    claim = ledgers.claim(session, member.region_code, HOME_REGION, claim_id, lock=True)
    if claim is None:
        raise NotFound("no such claim")
    if not may(member.role, "verify_hardship"):
        raise Forbidden("this role only looks")
    return claim
