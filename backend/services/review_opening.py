"""Look at a posting before it goes out: publish, reject with a reason, or put its facts right first (P04–P07)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session, selectinload

from backend.domain.access import may, may_see
from backend.domain.answers import Answer, make
from backend.domain.masking import mask_names, mask_numbers
from backend.domain.review import GROUNDS
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.answer_offer import tell_employer
from backend.services.as_written import as_written
from backend.services.opening_columns import COLUMNS, check, to_columns
from backend.services.post_opening import end_offers, flags_of, locked
from backend.services.regions import RegionBook
from backend.services.staff_login import Member
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Opening
from backend.store.queries.employers import workers_of
from backend.store.queries.scope import within

if TYPE_CHECKING:
    from backend.services.deps import Deps

DECISIONS = {"publish": "published", "reject": "rejected"}
LONGEST_REASON = 500
NOTHING_TO_WATCH = "看过，没有要留心的地方"


def review_opening(
    session: Session,
    deps: Deps,
    opening_id: int,
    decision: str,
    reason: str,
    *,
    ground: str = "",
    actor: str,
    staff_id: int | None,
) -> Opening:
    """Publish or reject an opening that is in review, in the caller's transaction; the result, who and why are kept (P04).

    `ground`: a code of `review.GROUNDS`, told to the employer in its fixed words; `reason`: the reviewer's own, which nobody
    is named in when they are told. An employer who posted by text or call hears the decision by text, as was promised
    when the posting came in.

    Raises `NotFound`; `Invalid` for an unknown decision or a rejection without a reason; `Conflict` with reason
    `not_in_review` (somebody was quicker) or `days_gone` (its last day has passed, publishing would help nobody).
    """
    now, reason = deps.clock(), as_written(reason, LONGEST_REASON, "reason")
    kept = _kept(decision, ground, reason)
    opening = session.scalar(select(Opening).options(selectinload(Opening.employer)).where(Opening.id == opening_id))
    if opening is None:
        raise NotFound("no such opening")
    values: dict[str, Any] = {
        "status": DECISIONS[decision],
        "reviewed_by": staff_id,
        "reviewed_at": now,
        "review_reason": kept,
        "updated_at": now,
    }
    if decision == "publish":
        if opening.ends_on < now.astimezone(TIMEZONE).date():
            raise Conflict("the last day of this opening has passed", reason="days_gone")
        # One that came back to review after people had taken places may be full.
        values["status"] = case((Opening.filled >= Opening.headcount, "filled"), else_="published")
        values["published_at"] = now
        values["next_wave_at"] = now  # instant hire takes it from here (E03)
    # One guarded UPDATE: of two reviewers exactly one decides.
    moved = session.scalar(
        update(Opening)
        .where(Opening.id == opening_id, Opening.status == "in_review")
        .values(**values)
        .returning(Opening.id)
    )
    if moved is None:
        raise Conflict("this opening is not in review", reason="not_in_review", status=opening.status)
    session.refresh(opening)
    held, ended = opening.filled, []
    if decision == "reject":
        ended = end_offers(session, deps, now, opening, called_off_by="station")
    _written(
        session, now, actor, DECISIONS[decision], opening, **({"offers": [one.id for one in ended]} if ended else {})
    )
    if opening.source_message_id is not None:
        view = opening_view(opening, deps.regions)
        published = decision == "publish"
        told = (
            make("posting_published", opening=view, undo=False)
            if published
            else _sent_back(session, deps, opening, ground, reason, was_out=bool(ended), held=held)
        )
        tell_employer(session, deps, now=now, opening=opening, answer=told)
    return opening


def look_again(
    session: Session,
    deps: Deps,
    opening_id: int,
    decision: str,
    reason: str,
    *,
    ground: str = "",
    actor: str,
    staff_id: int | None,
) -> Opening:
    """Decide on an opening that is out: `publish` confirms it, `reject` takes it down, in the caller's transaction.

    What a verified employer posted is reviewed after it went out (P04); what turns out to shut people out or to be false is
    taken down whenever that is seen (P05, P06: 及时). Those who hold a place or an offer are told, and so is the employer.

    Raises `NotFound`; `Invalid`; `Conflict` with reason `not_out` (not published any more) or `reviewed` (confirmed already).
    """
    now, reason = deps.clock(), as_written(reason, LONGEST_REASON, "reason")
    values: dict[str, Any] = {
        "reviewed_by": staff_id, "reviewed_at": now, "review_reason": _kept(decision, ground, reason), "updated_at": now,
    }  # fmt: skip
    guard = [Opening.id == opening_id, Opening.status.in_(("published", "filled"))]
    if decision == "publish":
        guard.append(Opening.reviewed_at.is_(None))
    else:
        values |= {"status": "rejected", "next_wave_at": None}
    moved = session.scalar(update(Opening).where(*guard).values(**values).returning(Opening.id))
    opening = session.scalar(select(Opening).options(selectinload(Opening.employer)).where(Opening.id == opening_id))
    if opening is None:
        raise NotFound("no such opening")
    session.refresh(opening)
    if moved is None:
        out = opening.status in ("published", "filled")
        raise Conflict("nothing to decide", reason="reviewed" if out else "not_out", status=opening.status)
    if decision == "publish":
        _written(session, now, actor, "confirmed_after_review", opening)
        return opening
    held = opening.filled
    ended = end_offers(session, deps, now, opening, called_off_by="station")
    _written(session, now, actor, "taken_down", opening, offers=[offer.id for offer in ended])
    told = _sent_back(session, deps, opening, ground, reason, was_out=True, held=held)
    tell_employer(session, deps, now=now, opening=opening, answer=told)
    session.flush()
    return opening


def _kept(decision: str, ground: str, reason: str) -> str | None:
    """The reason as it stays with the opening: the ground in its fixed words, then the reviewer's own. Raises `Invalid`."""
    if decision not in DECISIONS:
        raise Invalid("unknown decision", {"decision": "publish or reject"})
    if ground and ground not in GROUNDS:
        raise Invalid("unknown ground", {"ground": "one of " + ", ".join(GROUNDS)})
    said = [GROUNDS[ground][0]] if ground and decision == "reject" else []
    kept = "。".join([*said, *([reason] if reason else [])])
    if decision == "reject" and not kept:
        raise Invalid("a rejection needs a reason", {"reason": "a rejection needs a reason"})
    return kept or None


def _sent_back(
    session: Session, deps: Deps, opening: Opening, ground: str, reason: str, *, was_out: bool, held: int
) -> Answer:
    """What the employer is told. A text may be read by anybody and is never taken back: it names nobody (M08)."""
    names = [name for name in workers_of(session, opening.id) if name]
    told = {
        "opening": opening_view(opening, deps.regions),
        "ground": ground or None,
        "words": mask_numbers(mask_names(reason, names, by=lambda name: "有人")),
    }
    return make("posting_taken_down", **told, coming=held) if was_out else make("posting_rejected", **told)


def submit_again(
    session: Session, now: datetime, regions: RegionBook, opening_id: int, facts: dict[str, Any], *, actor: str
) -> Opening:
    """Put an opening that was sent back into review once more, with what the employer changed; keys as in `post_opening`.

    Raises `Conflict` with reason `closed` unless it was sent back; `Invalid` where the facts do not hold.
    """
    opening = locked(session, opening_id)
    if opening.status != "rejected":
        raise Conflict(f"this opening is {opening.status}", reason="closed")
    columns = to_columns(facts)
    changed = sorted(name for name, value in columns.items() if getattr(opening, name) != value)
    today = now.astimezone(TIMEZONE).date()
    check({name: getattr(opening, name) for name in COLUMNS} | columns, regions, today, new=True)
    for name in changed:
        setattr(opening, name, columns[name])
    # What was decided before stays in the history; the decision is open again.
    opening.status, opening.updated_at = "in_review", now
    opening.reviewed_by = opening.reviewed_at = opening.review_reason = opening.published_at = None
    opening.review_flags = flags_of(session, regions, opening)
    session.flush()
    audit.write(session, now, actor, "submitted_again", opening, fields=changed, flags=list(opening.review_flags))
    return opening


def _written(session: Session, now: datetime, actor: str, verb: str, opening: Opening, **facts: Any) -> None:
    """The decision with its reason: the opening's own columns keep only the last one."""
    audit.write(
        session,
        now,
        actor,
        verb,
        opening,
        flags=list(opening.review_flags or []),
        reason=audit.plain(opening.review_reason, opening.employer.name, *workers_of(session, opening.id)),
        **facts,
    )


def review(deps: Deps, member: Member, opening_id: int, decision: str, reason: str, *, ground: str = "") -> Opening:
    """The same for a member of staff, within their region, committed. Raises `NotFound`, `Forbidden` too."""
    if not may(member.role, "review_opening"):
        raise Forbidden("this role only looks")
    with deps.db.write() as session:
        reason = _why(mine(session, member, opening_id), decision, reason)
        return review_opening(
            session, deps, opening_id, decision, reason, ground=ground, actor=member.actor, staff_id=member.id
        )


def review_after(
    deps: Deps, member: Member, opening_id: int, decision: str, reason: str, *, ground: str = ""
) -> Opening:
    """`look_again` by a member of staff, within their region and rights."""
    if not may(member.role, "review_opening"):
        raise Forbidden("this role only looks")
    with deps.db.write() as session:
        reason = _why(mine(session, member, opening_id), decision, reason)
        return look_again(
            session, deps, opening_id, decision, reason, ground=ground, actor=member.actor, staff_id=member.id
        )


def _why(opening: Opening, decision: str, reason: str) -> str:
    """Every decision of staff has its reason (P04); where something was to be watched, they say how it was checked."""
    if decision != "publish" or reason.strip():
        return reason
    if opening.review_flags:
        raise Invalid("what was to be watched has to be answered", {"reason": "say how it was checked"})
    return NOTHING_TO_WATCH


def edit(deps: Deps, member: Member, opening_id: int, version: str, facts: dict[str, Any]) -> Opening:
    """Put the facts of an opening in review right; `version` is `updated_at` (ISO) as the editor saw it.

    Raises `Conflict` with reason `changed` when somebody else saved meanwhile (C5) or `not_in_review`; `Invalid`.
    """
    unknown = set(facts) - set(COLUMNS)
    if unknown:
        raise Invalid("these cannot be changed here", dict.fromkeys(sorted(unknown), "cannot be changed here"))
    if not may(member.role, "review_opening"):
        raise Forbidden("this role only looks")
    if "region_code" in facts and not may_see(member.region_code, facts["region_code"]):
        raise Invalid("outside your region", {"region_code": "outside your region"})
    now = deps.clock()
    with deps.db.write() as session:
        opening = mine(session, member, opening_id, lock=True)
        if opening.status != "in_review":
            raise Conflict("this opening is not in review", reason="not_in_review", status=opening.status)
        if opening.updated_at.isoformat() != version:
            raise Conflict("somebody else has saved this opening meanwhile", reason="changed")
        changed = sorted(name for name, value in facts.items() if getattr(opening, name) != value)
        for name in changed:
            setattr(opening, name, facts[name])
        _check(opening)
        today = now.astimezone(TIMEZONE).date()
        check({name: getattr(opening, name) for name in COLUMNS}, deps.regions, today, new=True)
        opening.updated_at = now
        if changed:
            opening.review_flags = flags_of(session, deps.regions, opening)
            audit.write(session, now, member.actor, "edited", opening, fields=changed)
        return opening


def _check(opening: Opening) -> None:
    problems = {}
    if not opening.title.strip():
        problems["title"] = "say what the work is"
    if opening.headcount < max(1, opening.filled):
        problems["headcount"] = "at least one place, and not fewer than are taken"
    if opening.ends_on < opening.starts_on:
        problems["ends_on"] = "the last day cannot be before the first"
    if (
        opening.pay_min_fen is not None
        and opening.pay_max_fen is not None
        and opening.pay_max_fen < opening.pay_min_fen
    ):
        problems["pay_max"] = "the upper wage cannot be below the lower"
    if problems:
        raise Invalid("some facts do not hold", problems)


def mine(session: Session, member: Member, opening_id: int, *, lock: bool = False) -> Opening:
    """The opening, if it is of the region of `member`. Raises `NotFound`."""
    query = (
        select(Opening)
        .options(selectinload(Opening.employer))
        .where(Opening.id == opening_id, within(Opening.region_code, member.region_code))
    )
    opening = session.scalar(query.with_for_update(of=Opening) if lock else query)
    if opening is None:
        raise NotFound("no such opening")  # the same answer for one that is elsewhere (T6)
    return opening
