"""Entries of which nobody has spoken for too long, and those set aside for it, as staff list them (P01, P07)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, literal_column, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from backend.domain.freshness import BETWEEN_ASKINGS, CURRENT_FOR, MOST_ASKINGS, SHANGHAI, STALE_AFTER
from backend.store.models import Opening, Person, Worker
from backend.store.queries import keyset, stretches
from backend.store.queries.freshness import HIRING_SAID, engaged, gone_stale
from backend.store.queries.keyset import Key
from backend.store.queries.scope import walked, within
from backend.store.queries.stretches import Run

PAGE = 30
TABS = ("workers", "openings", "set_aside")


_ID = keyset.number
# By the last word: what it is lies in one of two columns, each with an index of its own.
_CONFIRMED = (Key(Worker.confirmed_at, "confirmed_at", keyset.moment), Key(Worker.id, "id", _ID))
_WRITTEN = (Key(Worker.updated_at, "updated_at", keyset.moment), Key(Worker.id, "id", _ID))
_HIRING_CONFIRMED = (Key(Opening.confirmed_at, "confirmed_at", keyset.moment), Key(Opening.id, "id", _ID))
_HIRING_WRITTEN = (Key(Opening.updated_at, "updated_at", keyset.moment), Key(Opening.id, "id", _ID))


def workers(session: Session, region: str, now: datetime, after: str = "") -> tuple[list[Worker], str]:
    """Active workers gone stale, the longest silent first; and where the next page begins, "" on the last."""
    silent, active = now - STALE_AFTER, _people(session, region).where(Worker.status == "active")
    active = active.where(~engaged(now.astimezone(SHANGHAI).date()))
    # Whoever was asked in vain has spoken later than all who are silent so long: behind them, in an order of their own.
    lately = active.where(_asked_in_vain(), Worker.asked_current_at <= now - BETWEEN_ASKINGS)
    found, following = stretches.page(
        session,
        (
            _by_last_word(active, Worker.confirmed_at <= silent, Worker.updated_at <= silent),
            _by_last_word(lately, Worker.confirmed_at > silent, Worker.updated_at > silent),
        ),
        after,
        PAGE,
    )
    return [row for _, row in found], following


def set_aside(session: Session, region: str, after: str = "") -> tuple[list[Worker], str]:
    """Workers offered nothing any more because they had not answered for sixty days."""
    query = _people(session, region).where(Worker.status == "paused", _asked_in_vain())
    runs = _by_last_word(query, Worker.confirmed_at.is_not(None), true())
    found, following = stretches.page(session, (runs,), after, PAGE)
    return [row for _, row in found], following


def openings(session: Session, region: str, now: datetime, after: str = "") -> tuple[list[Opening], str]:
    """Published openings with places free that nobody has confirmed for a week, the oldest first."""
    silent = now - CURRENT_FOR
    query = (
        select(Opening)
        .options(joinedload(Opening.employer))
        .where(*_free_openings(now), within(walked(session, Opening.region_code, region), region))
    )
    runs = (
        Run(query.where(Opening.confirmed_at <= silent), _HIRING_CONFIRMED),
        Run(query.where(Opening.confirmed_at.is_(None), Opening.updated_at <= silent), _HIRING_WRITTEN),
    )
    found, following = stretches.page(session, (runs,), after, PAGE)
    return [row for _, row in found], following


def counts(session: Session, region: str, now: datetime) -> dict[str, int]:
    """Tab → how many there are, each counted to a hundred."""
    people = select(Worker.id).join(Worker.person)
    return keyset.each_at_most(
        session,
        {
            "workers": people.where(*silent_workers(region, now)),
            "openings": select(Opening.id).where(*silent_openings(region, now)),
            "set_aside": people.where(*_set_aside(region)),
        },
    )


def worker(session: Session, region: str, worker_id: int) -> Worker | None:
    return session.scalar(
        select(Worker)
        .join(Worker.person)
        .options(contains_eager(Worker.person))
        .where(Worker.id == worker_id, Worker.status != "erased", within(Person.village_code, region))
        .with_for_update(of=Worker)
    )


def opening(session: Session, region: str, opening_id: int) -> Opening | None:
    return session.scalar(
        select(Opening).where(Opening.id == opening_id, within(Opening.region_code, region)).with_for_update(of=Opening)
    )


def silent_workers(region: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Worker.status == "active",
        gone_stale(now),
        ~engaged(now.astimezone(SHANGHAI).date()),
        within(Person.village_code, region),
    )


def _set_aside(region: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Worker.status == "paused",
        Worker.asked_in_vain >= MOST_ASKINGS,
        within(Person.village_code, region),
    )


def silent_openings(region: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_free_openings(now), now - CURRENT_FOR >= HIRING_SAID, within(Opening.region_code, region))


def _free_openings(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Opening.status == "published",
        Opening.filled < Opening.headcount,
        Opening.ends_on >= now.astimezone(SHANGHAI).date(),
    )


def _people(session: Session, region: str) -> Select[Worker]:
    return (
        select(Worker)
        .join(Worker.person)
        .options(contains_eager(Worker.person))
        .where(within(walked(session, Person.village_code, region), region))
    )


def _asked_in_vain() -> ColumnElement[bool]:
    # Written out, so that either database sees that its index of these few holds them all.
    return Worker.asked_in_vain >= literal_column(str(MOST_ASKINGS))


def _by_last_word(
    query: Select[Worker], confirmed: ColumnElement[bool], written: ColumnElement[bool]
) -> tuple[Run, Run]:
    """`confirmed`: of whom has spoken since she was entered; `written`: of whom has not."""
    return (
        Run(query.where(confirmed), _CONFIRMED),
        Run(query.where(Worker.confirmed_at.is_(None), written), _WRITTEN),
    )
