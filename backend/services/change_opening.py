"""Change an opening that is in the library: by its employer's words, by staff, by a ledger file, by the API (E01, C2, P04).

Whatever the way, the same follows: what is new is reviewed, more people are asked, whoever was asked about what it was is
asked anew, and whoever has a place hears where to go.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import review
from backend.domain.answers import make
from backend.domain.calling import takes_texts
from backend.domain.terms import worse
from backend.errors import Conflict
from backend.services import answer_offer, asked_anew, audit, instant_hire, outbox, staff_task
from backend.services.deps import Deps
from backend.services.opening_columns import COLUMNS, check, to_columns
from backend.services.post_opening import flags_of, locked, posting_of
from backend.services.regions import RegionBook
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Offer, Opening
from backend.store.queries.offers import binds

# What binds those who hold a place: it changes only by calling the opening off and posting anew (C2).
BINDING = frozenset({"job_type", "region_code", "starts_on", "ends_on", "hours_from", "hours_to"})
# What they have to know besides, and can do: another door in the same village, gloves to be brought.
TOLD = frozenset({"place", "requirements"})


def change_opening(
    session: Session, deps: Deps, now: datetime, opening_id: int, facts: dict[str, Any], *, actor: str
) -> Opening:
    """Change facts of an opening; keys as in `post_opening`, None clears what may be empty. Raises `Invalid`, `Conflict`.

    What the change adds is reviewed again: something a person has to decide stops the opening there and then, and those who
    have a place keep it (P04).

    Conflict(reason=): `places_taken` (fewer places than are taken, other days, or less pay than somebody counts on);
    `closed` (rejected, expired or withdrawn).
    """
    opening, regions = locked(session, opening_id), deps.regions
    if opening.status in ("rejected", "expired", "withdrawn"):
        raise Conflict(f"this opening is {opening.status}", reason="closed")
    columns = to_columns(facts)
    changed = {name: value for name, value in columns.items() if getattr(opening, name) != value}
    before = {name: getattr(opening, name) for name in COLUMNS}
    merged = before | changed
    check(merged, regions, now.astimezone(TIMEZONE).date(), new=False)
    bound = merged["headcount"] < opening.filled or BINDING & changed.keys() or worse(before, merged)
    if opening.filled and bound:
        raise Conflict("places in this opening are taken; call it off and post it anew", reason="places_taken")
    # Who has enough and says a number again hires on; saving a form with the number it had does not.
    counted = opening.closed_at is None or "headcount" in changed or columns.keys() == {"headcount"}
    more = opening.filled < merged["headcount"] and counted
    if not changed and not (more and opening.closed_at):
        return opening
    seen = _seen(session, regions, opening)
    for name, value in changed.items():
        setattr(opening, name, value)
    if more and opening.closed_at is not None:
        opening.closed_at = None
        asked_anew.put_back(session, opening)
    if opening.status == "filled" and more:
        opening.status = "published"
    elif opening.status == "published" and opening.filled >= opening.headcount:
        opening.status = "filled"
    if "headcount" in changed:
        answer_offer.back_on_the_list(session, opening, now)
    opening.updated_at = now
    opening.review_flags = flags_of(session, regions, opening)
    audit.write(session, now, actor, "edited", opening, fields=sorted(changed))
    _back_to_review(session, now, opening, _seen(session, regions, opening) - seen, actor)
    if opening.status == "in_review" or (BINDING | TOLD) & changed.keys() or worse(before, merged):
        asked_anew.let_go(session, opening)
    if TOLD & changed.keys():
        _tell_holders(session, deps, now, opening)
    instant_hire.rearm(session, opening, now)
    session.flush()
    return opening


def _seen(session: Session, regions: RegionBook, opening: Opening) -> set[tuple[str, Any]]:
    """What the review's rules see, with the words, or the pay where it is a matter of figures."""
    figures = (opening.pay_min_fen, opening.pay_max_fen, opening.pay_unit)
    found = review.findings(posting_of(session, regions, opening))
    return {(one.flag, one.words or (figures if one.flag.startswith("pay_") else ())) for one in found}


def _back_to_review(session: Session, now: datetime, opening: Opening, new: set[tuple[str, Any]], actor: str) -> None:
    """What was decided before covered something else; what has to be decided first goes out no further (P04, P05)."""
    if opening.status not in ("published", "filled") or not new:
        return
    opening.reviewed_at = opening.reviewed_by = None
    if review.blocks(flag for flag, _ in new):
        opening.status, opening.published_at, opening.next_wave_at = "in_review", None, None
        audit.write(session, now, actor, "back_to_review", opening, flags=list(opening.review_flags))


def _tell_holders(session: Session, deps: Deps, now: datetime, opening: Opening) -> None:
    """Where to go or what to bring is another; whom no text reaches is told by staff."""
    today, by_phone = now.astimezone(TIMEZONE).date(), []
    for offer in session.scalars(select(Offer).where(Offer.opening_id == opening.id, binds(today)).order_by(Offer.id)):
        handset = answer_offer.handset_of(session, offer.worker)
        if handset is None or not takes_texts(handset.number):
            by_phone.append(offer.id)
            continue
        told = make("job_changed", opening=opening_view(opening, deps.regions), code=offer.code)
        outbox.enqueue(session, deps, now=now, handset=handset, kind="initiated", answers=[told])
    if by_phone:
        staff_task.about_opening(
            session, deps, now=now, kind="callback", opening=opening, offer_ids=by_phone,
            summary=f"{opening.title}的地方或者要求改了。有{len(by_phone)}个人收不到短信，请打电话告诉",
        )  # fmt: skip
