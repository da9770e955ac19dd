"""Which employers the rows of a file mean, and what they would change (L03, E02).

The surest way to know one again comes first: name and number, then the number alone, then the name in its place. Only an
organisation is known by its name: there is more than one 张老板 in a village.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may_see
from backend.domain.employers import is_public_name
from backend.domain.ledgers import Problem
from backend.services import employer_ledger
from backend.services.merge_entries import employer_version
from backend.services.planned_rows import Plan, Planned, in_parts
from backend.services.staff_login import Member
from backend.services.staff_openings import judges
from backend.store.models import Employer
from backend.store.queries.employers import listed

_Rows = Sequence[tuple[int, dict[str, Any]]]


def plan(session: Session, member: Member, rows: _Rows) -> Plan:
    """`rows`: (number in the file, facts by column). `member`: who brings the file."""
    return _Planner(session, member, rows).plan()


class _Planner:
    def __init__(self, session: Session, member: Member, rows: _Rows) -> None:
        self.member, self.rows = member, rows
        self.found = Plan()
        self.bad: set[int] = set()
        self.meets: dict[int, Employer] = {}
        self.taken: set[int] = set()
        self.on_phone: dict[str, list[Employer]] = defaultdict(list)
        self.called: dict[str, list[Employer]] = defaultdict(list)
        for employer in _like(session, rows):
            self.called[employer.name].append(employer)
            if employer.phone:
                self.on_phone[employer.phone].append(employer)
        others = [one.id for each in self.called.values() for one in each if not judges(member, one)]
        self.post_here = _posting_here(session, member.region_code, others)

    def plan(self) -> Plan:
        self._meet(self._just_so)
        self._named_once()
        for way in (self._on_the_number, self._of_the_place, self._without_number):
            self._meet(way)
        for number, facts in self.rows:
            if number not in self.bad:
                self._row(number, facts)
        return self.found

    def _tell(self, number: int, problem: Problem) -> None:
        self.found.problems.append((number, problem))

    def _refuse(self, number: int, problem: Problem) -> None:
        self.bad.add(number)
        self._tell(number, problem)

    # -- whom a row means ----------------------------------------------------------------------------------------
    def _meet(self, way: Callable[[dict[str, Any]], list[Employer]]) -> None:
        """Each employer is met by one row; of several rows that fit, by one that would change nothing."""
        fitting = {number: way(facts) for number, facts in self.rows if number not in self.bad}
        for number, facts in self.rows:
            same = [one for one in self._free(fitting, number) if not employer_ledger.changes(one, facts)]
            if same:
                self._met(number, same[0])
        for number, facts in self.rows:
            free = self._free(fitting, number)
            if len(free) == 1:
                self._met(number, free[0])
            elif free:
                told = Problem(
                    "用工单位",
                    facts["employer"],
                    "库里有几个单位都像这一个，分不清是哪一个，请先在“用工方”页上并成一条",
                )
                self._refuse(number, told)

    def _free(self, fitting: dict[int, list[Employer]], number: int) -> list[Employer]:
        return [] if number in self.meets else [one for one in fitting.get(number, ()) if one.id not in self.taken]

    def _met(self, number: int, employer: Employer) -> None:
        self.meets[number] = employer
        self.taken.add(employer.id)

    def _just_so(self, facts: dict[str, Any]) -> list[Employer]:
        phone, place = facts.get("phone"), facts.get("region_code")
        return [
            one for one in self.called[facts["employer"]]
            if one.phone == phone and (phone is not None or one.region_code == place)
        ]  # fmt: skip

    def _on_the_number(self, facts: dict[str, Any]) -> list[Employer]:
        return [one for one in self.on_phone.get(facts.get("phone") or "", []) if judges(self.member, one)]

    def _of_the_place(self, facts: dict[str, Any]) -> list[Employer]:
        if not is_public_name(facts["employer"], "enterprise", verified=False):
            return []
        return [one for one in self._own(facts) if one.region_code == facts.get("region_code")]

    def _without_number(self, facts: dict[str, Any]) -> list[Employer]:
        """As a posting without a number knows its employer; or the row says no more than a name."""
        if facts.get("phone"):
            return []
        return [one for one in self._own(facts) if one.phone is None or "region_code" not in facts]

    def _own(self, facts: dict[str, Any]) -> list[Employer]:
        return [one for one in self.called[facts["employer"]] if judges(self.member, one)]

    def _named_once(self) -> None:
        """Two rows of one name and number are one employer, unless the library has two of these as well."""
        first: dict[tuple[Any, ...], int] = {}
        for number, facts in self.rows:
            name, phone = facts["employer"], facts.get("phone")
            key = (name, phone or facts.get("region_code"))
            if key in first and number not in self.meets:
                told = Problem("用工单位", name, f"和第{first[key]}行是同一个单位（名称、电话都一样），留一行")
                self._refuse(number, told)
            first.setdefault(key, number)

    # -- what it would do ----------------------------------------------------------------------------------------
    def _row(self, number: int, facts: dict[str, Any]) -> None:
        known = self.meets.get(number)
        changed = employer_ledger.changes(known, facts) if known else []
        if known and not changed and (judges(self.member, known) or known.id in self.post_here):
            self._planned(number, "same", facts, known)
            return
        neighbours = self.on_phone.get(facts.get("phone") or "", [])
        if (known and not judges(self.member, known)) or (
            known is None and neighbours and not any(judges(self.member, one) for one in neighbours)
        ):
            # The same words whether the name is his or not: a file is no way to ask whose number it is.
            self._refuse(number, Problem("联系电话", "", "这个号码登记在别的地方，请区县窗口来登记，或者换一个号码"))
            return
        if "region_code" in facts and not may_see(self.member.region_code, facts["region_code"]):
            self._refuse(number, Problem("地方", "", "您的辖区里没有这个地方，请写村（社区）的全名"))
        elif known is None:
            self._added(number, facts, bool(neighbours))
        else:
            self._changed(number, facts, known, changed)

    def _added(self, number: int, facts: dict[str, Any], shares: bool) -> None:
        if not facts.get("phone"):
            self._refuse(number, Problem("联系电话", "", "这个单位是第一次登记，要填电话"))
            return
        if "region_code" not in facts:
            self._refuse(number, Problem("地方", "", "这一格要填"))
            return
        if shares:
            self._tell(number, Problem("联系电话", "", "这个号码还有别的单位在用，请对一对是不是同一个", notice=True))
        elif any(one.region_code == facts["region_code"] for one in self._own(facts)):
            told = Problem("用工单位", "", "这里有同名的用工方，登记的是别的号码，请对一对是不是换了号码", notice=True)
            self._tell(number, told)
        self._planned(number, "add", facts, None)

    def _changed(self, number: int, facts: dict[str, Any], known: Employer, changed: list[str]) -> None:
        if "employer" in changed:
            if known.verified_at is not None:
                self._refuse(number, Problem("用工单位", "", "这个号码的单位核实过，名称不能用表改"))
                return
            if self._of_the_place(facts):
                self._refuse(number, Problem("整行", "", "名称对上一个单位，电话对上另一个，分不清要改哪一个"))
                return
            self._tell(number, Problem("用工单位", "", "这个号码登记的是别的名称，存了就换成表里的", notice=True))
        if "phone" in changed and known.phone:
            self._tell(number, Problem("联系电话", "", "这个单位登记的是别的号码，存了就换成表里的", notice=True))
        self._planned(number, "change", facts, known)

    def _planned(self, number: int, action: str, facts: dict[str, Any], known: Employer | None) -> None:
        seen = employer_version(known) if known else None
        self.found.rows.append(Planned(number, action, facts, known.id if known else None, seen))


def _like(session: Session, rows: _Rows) -> list[Employer]:
    """Every employer with a name or number of these rows, the oldest first."""
    found: dict[int, Employer] = {}
    for column, key in ((Employer.phone, "phone"), (Employer.name, "employer")):
        for some in in_parts(sorted({facts[key] for _, facts in rows if facts.get(key)})):
            found |= {one.id: one for one in session.scalars(select(Employer).where(column.in_(some)))}
    return [found[number] for number in sorted(found)]


def _posting_here(session: Session, region: str, ids: list[int]) -> set[int]:
    """Which of these employers of other regions stand in the ledger of `region`, and in the file drawn out of it."""
    found: set[int] = set()
    for some in in_parts(ids):
        found |= {one.id for one in session.scalars(listed(region).where(Employer.id.in_(some)))}
    return found
