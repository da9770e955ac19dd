"""Claims of hardship, the oldest first: found true or not, by what evidence, and taken back within a day (H01, vocabulary §4.7)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.domain.access import may
from backend.domain.private_numbers import without_private_numbers
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Hardship
from backend.store.queries import ledgers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.services.deps import Deps

LONGEST = 300
# On what a label was found true, and why one was not or was taken back; codes, so that the trail holds no personal words.
FOUND_TRUE = ("papers_seen", "on_the_list", "visited")
TAKEN_BACK = ("mistaken", "no_longer", "not_on_the_list")


def judge(deps: Deps, member: Member, claim_id: int, verified: bool, reason: str, evidence: str) -> None:
    """Say that a claim is so, or is not. `reason`: a code; `evidence`: what was looked at, in words, always needed.

    Raises `NotFound`, `Forbidden`, `Invalid`; `Conflict(reason="judged")` when somebody was quicker.
    """
    wrong = _wrong(verified, reason, evidence)
    with deps.db.write() as session:
        claim = _mine(session, member, claim_id)
        if wrong:
            raise Invalid("some facts do not hold", wrong)
        if claim.verified_at or claim.rejected_at:
            raise Conflict("judged already", reason="judged")
        _settle(session, member, deps.clock(), claim, verified, reason, evidence)


def judge_of_card(
    deps: Deps, member: Member, worker_id: int, code: str, verified: bool, reason: str, evidence: str
) -> None:
    """The same for a label on a card, also one that was judged otherwise before; judged the same way it stays as it is."""
    wrong = _wrong(verified, reason, evidence)
    with deps.db.write() as session:
        if not may(member.role, "verify_hardship"):
            raise Forbidden("this role only looks")
        claim_id = session.scalar(select(Hardship.id).where(Hardship.worker_id == worker_id, Hardship.code == code))
        claim = _mine(session, member, claim_id or 0)
        if wrong:
            raise Invalid("some facts do not hold", wrong)
        if (claim.verified_at is not None) != verified:
            _settle(session, member, deps.clock(), claim, verified, reason, evidence)


def _wrong(verified: bool, reason: str, evidence: str) -> dict[str, str]:
    wrong = {}
    if reason not in (FOUND_TRUE if verified else TAKEN_BACK):
        wrong["reason"] = "needed"
    if not evidence.strip() or len(evidence.strip()) > LONGEST:
        wrong["evidence"] = "needed, not too long"
    return wrong


def _settle(
    session: Session, member: Member, now: datetime, claim: Hardship, verified: bool, reason: str, evidence: str
) -> None:
    verb = "hardship_verified" if verified else "hardship_unverified" if claim.verified_at else "hardship_rejected"
    claim.evidence = without_private_numbers(evidence.strip())
    # What is not so has been looked at: it does not wait in the queue again.
    claim.verified_at, claim.verified_by = (now, member.id) if verified else (None, None)
    claim.rejected_at, claim.rejected_by, claim.rejected_for = (
        (None, None, None) if verified else (now, member.id, reason)
    )
    audit.write(session, now, member.actor, verb, claim.worker, hardship_id=claim.id, reason=reason)


def undo(deps: Deps, member: Member, claim_id: int) -> None:
    """Put a claim back into the queue; for whoever judged it, within a day. Raises `Conflict(reason="too_late")`."""
    with deps.db.write() as session:
        claim = _mine(session, member, claim_id)
        at = claim.verified_at or claim.rejected_at
        if at is None:
            return
        if member.id not in (claim.verified_by, claim.rejected_by) or at < deps.clock() - TAKE_BACK_WITHIN:
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
