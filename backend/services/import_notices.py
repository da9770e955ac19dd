"""What a ledger's rows should make staff look twice at, though nothing keeps them out (L03, T15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.ledgers import Problem
from backend.store.models import Handset, HandsetOwner, Person, Worker

_AT_ONCE = 500  # values in one IN (…)


def notices(session: Session, rows: Sequence[tuple[int, dict[str, Any]]]) -> list[tuple[int, Problem]]:
    """Rows whose number belonged to somebody who had herself erased, and rows that look like somebody on another number.

    `rows`: (number in the file, facts) of workers that are to be added.
    """
    erased = _erased_numbers(session, {facts["phone"] for _, facts in rows})
    known = _by_name(session, {facts["name"] for _, facts in rows})
    found = []
    for number, facts in rows:
        if facts["phone"] in erased:
            # Only she can say that she wants to be in the library again.
            words = "这个号码的人要求删除过，请问过本人同意再存"
            found.append((number, Problem("联系电话", "", words, notice=True)))
        year = facts.get("birth_year")
        if any(
            (village == facts["village"] and None in (year, born)) or (village, born) == (facts["village"], year)
            for village, born in known.get(facts["name"], ())
        ):
            words = "村里有同名的人，登记的是别的号码，请对一对是不是换了号码"
            found.append((number, Problem("姓名", "", words, notice=True)))
    return found


def _erased_numbers(session: Session, phones: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in _parts(phones):
        found |= set(
            session.scalars(
                select(Handset.number)
                .join(HandsetOwner, HandsetOwner.handset_id == Handset.id)
                .join(Person, Person.id == HandsetOwner.person_id)
                .where(Handset.number.in_(some), Person.erased_at.is_not(None))
            )
        )
    return found


def _by_name(session: Session, names: Iterable[str]) -> dict[str, list[tuple[str | None, int | None]]]:
    """Name → village and year of birth of everybody in the library who has it."""
    found: dict[str, list[tuple[str | None, int | None]]] = {}
    for some in _parts(names):
        for name, village, born in session.execute(
            select(Person.name, Person.village_code, Person.birth_year)
            .join(Worker, Worker.person_id == Person.id)
            .where(Person.name.in_(some), Person.erased_at.is_(None), Worker.status != "erased")
        ):
            if name is not None:
                found.setdefault(name, []).append((village, born))
    return found


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
