"""Which employers the rows of a file mean, and what they would change (L03, E02).

The surest way to know one again comes first: name and number; the number, where nobody has told whose it is; the name in its
place. Only an organisation is known by its name: there is more than one 张老板 in a village. What stands elsewhere is nobody's
to learn from a file: a row means an entry of one's own, or leaves one that posts here as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.domain.access import may_see
from backend.domain.employers import is_public_name, is_stand_in
from backend.domain.ledgers import Problem
from backend.services import employer_ledger
from backend.services.merge_entries import employer_version
from backend.services.planned_rows import Plan, Planned, in_parts
from backend.services.staff_login import Member
from backend.services.staff_openings import judges
from backend.store.models import Employer
from backend.store.queries.employers import listed

_Rows = Sequence[tuple[int, dict[str, Any]]]
_FEWEST = 2  # characters of a new name, as in the form
_SHARED = Problem("联系电话", "", "这个号码还有别的单位在用，请对一对是不是同一个", notice=True)
_TWO = Problem("整行", "", "名称对上一个单位，电话对上另一个，分不清要改哪一个")


def plan(session: Session, member: Member, rows: _Rows) -> Plan:
    """`rows`: (number in the file, facts by column). `member`: who brings the file."""
    return _Planner(session, member, rows).plan()


class _Planner:
    def __init__(self, session: Session, member: Member, rows: _Rows) -> None:
        self.member, self.rows = member, rows
        self.found = Plan()
        self.bad: set[int] = set()
        self.meets: dict[int, Employer] = {}
        self.row_of: dict[int, dict[str, Any]] = {}
        self.on_phone: dict[str, list[Employer]] = defaultdict(list)
        self.called: dict[str, list[Employer]] = defaultdict(list)
        # What the rows before have put into the library, so to say.
        self.phones_given: set[str] = set()
        self.names_given: set[tuple[str, str | None]] = set()
        others = []
        for employer in _like(session, rows):
            self.called[employer_ledger.name_of(employer)].append(employer)
            if employer.phone:
                self.on_phone[employer.phone].append(employer)
            if not self._judged(employer):
                others.append(employer.id)
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

    def _judged(self, employer: Employer) -> bool:
        return judges(self.member, employer)

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
            free = self._free(fitting, number)
            own = [one for one in free if self._judged(one)]
            may_stay = own or [one for one in free if one.id in self.post_here]
            same = [one for one in may_stay if not employer_ledger.changes(one, facts)]
            if same:
                self._met(number, facts, same[0])
        for number, facts in self.rows:
            own = [one for one in self._free(fitting, number) if self._judged(one)]
            if len(own) == 1:
                self._met(number, facts, own[0])
            elif own:
                told = Problem(
                    "用工单位",
                    facts["employer"],
                    "库里有几个单位都像这一个，分不清是哪一个，请先在“用工方”页上并成一条",
                )
                self._refuse(number, told)

    def _free(self, fitting: dict[int, list[Employer]], number: int) -> list[Employer]:
        return [] if number in self.meets else [one for one in fitting.get(number, ()) if one.id not in self.row_of]

    def _met(self, number: int, facts: dict[str, Any], employer: Employer) -> None:
        self.meets[number], self.row_of[employer.id] = employer, facts

    def _just_so(self, facts: dict[str, Any]) -> list[Employer]:
        phone, place = facts.get("phone"), facts.get("region_code")
        return [
            one for one in self.called[facts["employer"]]
            if one.phone == phone and (phone is not None or one.region_code == place)
        ]  # fmt: skip

    def _on_the_number(self, facts: dict[str, Any]) -> list[Employer]:
        """Whoever has told no name yet. Another name on a number is another firm of the same boss."""
        return [one for one in self._own_on(facts) if is_stand_in(one.name)]

    def _of_the_place(self, facts: dict[str, Any]) -> list[Employer]:
        return [
            one for one in self._namesakes(facts)
            if one.region_code == facts.get("region_code") and self._is_known_by_its_name(one, facts)
        ]  # fmt: skip

    def _without_number(self, facts: dict[str, Any]) -> list[Employer]:
        """As a posting without a number knows its employer; or the row says no more than a name."""
        if facts.get("phone"):
            return []
        return [
            one for one in self._namesakes(facts)
            if (one.phone is None or "region_code" not in facts) and not _is_a_person(one, facts)
        ]  # fmt: skip

    @staticmethod
    def _is_known_by_its_name(one: Employer, facts: dict[str, Any]) -> bool:
        """An organisation is; of a kind that tells nothing, where no number of another could be lost."""
        kind = "enterprise" if one.phone is None else one.kind
        return not _is_a_person(one, facts) and is_public_name(one.name, kind, verified=False)

    def _namesakes(self, facts: dict[str, Any]) -> list[Employer]:
        return [one for one in self.called[facts["employer"]] if self._judged(one)]

    def _own_on(self, facts: dict[str, Any]) -> list[Employer]:
        return [one for one in self.on_phone.get(facts.get("phone") or "", ()) if self._judged(one)]

    def _named_once(self) -> None:
        """Two rows of one name and number are one employer, unless the library has two of these as well."""
        rows_of: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for number, facts in self.rows:
            rows_of[facts["employer"], facts.get("phone") or facts.get("region_code")].append(number)
        for (name, _), numbers in rows_of.items():
            if len(numbers) == 1 or all(number in self.meets for number in numbers):
                continue
            for number in numbers:
                other = next(each for each in numbers if each != number)
                told = Problem("用工单位", name, f"和第{other}行是同一个单位（名称、电话都一样），留一行")
                self._refuse(number, told)

    # -- what it would do ----------------------------------------------------------------------------------------
    def _row(self, number: int, facts: dict[str, Any]) -> None:
        known = self.meets.get(number)
        changed = employer_ledger.changes(known, facts) if known else []
        if known and not changed:
            self._planned(number, "same", facts, known)
            return
        if "region_code" in facts and not may_see(self.member.region_code, facts["region_code"]):
            self._refuse(number, Problem("地方", "", "您的辖区里没有这个地方，请写村（社区）的全名"))
            return
        is_new = known is None or "phone" in changed
        if is_new and self.on_phone.get(facts.get("phone") or "") and not self._own_on(facts):
            # The same words whether the name is his or not: a file is no way to ask whose number it is.
            self._refuse(number, Problem("联系电话", "", "这个号码登记在别的地方，请区县窗口来登记，或者换一个号码"))
        elif (known is None or "employer" in changed) and len(facts["employer"]) < _FEWEST:
            self._refuse(number, Problem("用工单位", facts["employer"], f"太短了，最少{_FEWEST}个字"))
        elif known is None:
            self._added(number, facts)
        else:
            self._changed(number, facts, known, changed)

    def _added(self, number: int, facts: dict[str, Any]) -> None:
        if not facts.get("phone"):
            self._refuse(number, Problem("联系电话", "", "这个单位是第一次登记，要填电话"))
            return
        if "region_code" not in facts:
            self._refuse(number, Problem("地方", "", "这一格要填"))
            return
        place = facts["region_code"]
        if self._own_on(facts) or facts["phone"] in self.phones_given:
            self._tell(number, _SHARED)
        elif (facts["employer"], place) in self.names_given or any(
            one.region_code == place for one in self._namesakes(facts)
        ):
            told = Problem("用工单位", "", "这里有同名的用工方，登记的是别的号码，请对一对是不是换了号码", notice=True)
            self._tell(number, told)
        self._planned(number, "add", facts, None)

    def _changed(self, number: int, facts: dict[str, Any], known: Employer, changed: list[str]) -> None:
        if "employer" in changed:
            if known.verified_at is not None:
                self._refuse(number, Problem("用工单位", "", "这个号码的单位核实过，名称不能用表改"))
                return
            places = (facts.get("region_code"), known.region_code)
            if any("region_code" not in facts or one.region_code in places for one in self._namesakes(facts)):
                self._refuse(number, _TWO)
                return
            self._tell(number, Problem("用工单位", "", "这个号码登记的是别的名称，存了就换成表里的", notice=True))
        if "phone" in changed:
            if any(self._keeps_its_number(one) for one in self._own_on(facts)):
                self._refuse(number, _TWO)
                return
            if facts["phone"] in self.phones_given:
                self._tell(number, _SHARED)
            if known.phone:
                told = Problem("联系电话", "", "这个单位登记的是别的号码，存了就换成表里的", notice=True)
                self._tell(number, told)
        self._planned(number, "change", facts, known)

    def _keeps_its_number(self, one: Employer) -> bool:
        """Unless a row of this file gives it another."""
        return bool(self.row_of.get(one.id, {}).get("phone", one.phone) == one.phone)

    def _planned(self, number: int, action: str, facts: dict[str, Any], known: Employer | None) -> None:
        if action != "same":
            stands = (employer_ledger.line(known) if known else {}) | facts
            self.phones_given.add(stands.get("phone") or "")
            self.names_given.add((stands["employer"], stands["region_code"]))
        seen = employer_version(known) if known else None
        self.found.rows.append(Planned(number, action, facts, known.id if known else None, seen))


def _is_a_person(one: Employer, facts: dict[str, Any]) -> bool:
    return "person" in (one.kind, facts.get("employer_kind"))


def _like(session: Session, rows: _Rows) -> list[Employer]:
    """Every employer with a name or number of these rows, the oldest first."""
    found: dict[int, Employer] = {}
    names = {facts["employer"] for _, facts in rows}
    closed_up = func.replace(func.replace(Employer.name, " ", ""), "\u3000", "")
    for column, values in (
        (Employer.phone, {facts["phone"] for _, facts in rows if facts.get("phone")}),
        (Employer.name, names),
        (closed_up, {name.replace(" ", "") for name in names if " " in name}),  # 凯盛  公司 with two
    ):
        for some in in_parts(sorted(values)):
            found |= {one.id: one for one in session.scalars(select(Employer).where(column.in_(some)))}
    return [found[number] for number in sorted(found)]


def _posting_here(session: Session, region: str, ids: list[int]) -> set[int]:
    """Which of these employers of other regions stand in the ledger of `region`, and in the file drawn out of it."""
    found: set[int] = set()
    for some in in_parts(ids):
        found |= {one.id for one in session.scalars(listed(region).where(Employer.id.in_(some)))}
    return found
