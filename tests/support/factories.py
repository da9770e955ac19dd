"""Rows for tests, each with everything it needs and nothing more; give only what the test is about."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.settings import TIMEZONE
from backend.store.models import (
    LEVELS,
    Consent,
    Conversation,
    Employer,
    Handset,
    HandsetOwner,
    Message,
    Offer,
    Opening,
    Person,
    Region,
    Staff,
    Station,
    Worker,
)  # fmt: skip
from tests.support.clock import START

_numbers = itertools.count(1)
# Official codes and names of the demo county, by level.
REGIONS = {
    "50": "重庆市", "5001": "市辖区", "500114": "黔江区", "500114121": "中塘镇", "500114121002": "兴泉社区",
}  # fmt: skip


class Factories:
    """`make_*` add to the session they were given and flush, so that ids are there."""

    def __init__(self, session: Session, now: datetime = START) -> None:
        self.session, self.now = session, now

    @property
    def today(self) -> date:
        return self.now.astimezone(TIMEZONE).date()

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def make_region(self, code: str = "500114121002", name: str | None = None, **more: Any) -> Region:
        """The region and, first, everything above it."""
        if found := self.session.get(Region, code):
            return found
        lengths = (2, 4, 6, 9, 12)
        parent = None
        if len(code) > 2:
            parent = self.make_region(code[: lengths[lengths.index(len(code)) - 1]]).code
        level = LEVELS[lengths.index(len(code))]
        return self._add(Region(code=code, name=name or REGIONS.get(code, f"第{code}区"), level=level, parent_code=parent,
                                aliases=more.pop("aliases", []), **more))  # fmt: skip

    def make_station(self, region_code: str = "500114", **more: Any) -> Station:
        self.make_region(region_code)
        fields = {"slug": f"station-{region_code}", "kind": "market", "name": "黔江区零工市场", "short_name": "黔江零工",
                  "hotline": "+8610000099001"}  # fmt: skip
        return self._add(Station(region_code=region_code, **{**fields, **more}))

    def make_handset(self, number: str | None = None, **more: Any) -> Handset:
        number = number or f"+861000{next(_numbers):07}"
        return self._add(Handset(number=number, first_seen_at=self.now, last_seen_at=self.now, **more))

    def make_person(self, name: str = "王小云", *, village: str = "500114121002", **more: Any) -> Person:
        self.make_region(village)
        return self._add(Person(name=name, village_code=village, created_at=self.now, updated_at=self.now, **more))

    def make_worker(self, name: str = "王小云", *, number: str | None = None, village: str = "500114121002",
                    job_types: list[str] | None = None, **more: Any) -> Worker:  # fmt: skip
        """A registered worker with a handset of her own and her consent."""
        person_fields = {key: more.pop(key) for key in ("gender", "birth_year") if key in more}
        person = self.make_person(name, village=village, **person_fields)
        handset = self.make_handset(number)
        self._add(HandsetOwner(handset_id=handset.id, person_id=person.id, since=self.now))
        self._add(Consent(person_id=person.id, notice_version="test", channel="sms", given_at=self.now))
        return self._add(Worker(person_id=person.id, job_types=job_types or [], unavailable=[], day_parts=[], benefits=[],
                                created_at=self.now, updated_at=self.now, **more))  # fmt: skip

    def make_employer(self, name: str = "兴泉果园", **more: Any) -> Employer:
        fields = {"kind": "grower", "phone": f"+861000{next(_numbers):07}", "created_at": self.now}
        return self._add(Employer(name=name, **{**fields, **more}))

    def make_opening(self, *, employer: Employer | None = None, region: str = "500114121002", **more: Any) -> Opening:
        """A published opening for fruit picking, two places, tomorrow and the day after."""
        self.make_region(region)
        fields = {
            "job_type": "A04", "title": "摘脆红李", "headcount": 2, "starts_on": self.today + timedelta(days=1),
            "ends_on": self.today + timedelta(days=2), "pay_min_fen": 12_000, "pay_max_fen": 12_000, "pay_unit": "day",
            "settlement": "daily", "status": "published", "review_flags": [], "published_at": self.now,
            "collected_at": self.now, "updated_at": self.now,
        }  # fmt: skip
        employer = employer or self.make_employer()
        return self._add(Opening(employer_id=employer.id, region_code=region, **{**fields, **more}))

    def make_offer(self, opening: Opening, worker: Worker, status: str = "offered", **more: Any) -> Offer:
        fields = {"starts_on": opening.starts_on, "ends_on": opening.ends_on, "offered_at": self.now, "code": "11"}
        if status == "accepted":
            opening.filled += 1
        return self._add(Offer(opening_id=opening.id, worker_id=worker.id, status=status, **{**fields, **more}))

    def make_conversation(self, handset: Handset | None = None, **more: Any) -> Conversation:
        handset = handset or self.make_handset()
        fields = {"started_at": self.now, "last_at": self.now, "context": {}}
        return self._add(Conversation(handset_id=handset.id, **{**fields, **more}))

    def make_message(self, body: str = "你好", *, conversation: Conversation | None = None, **more: Any) -> Message:
        """An inbound text that waits for its answer."""
        conversation = conversation or self.make_conversation()
        fields = {"direction": "inbound", "channel": "sms", "status": "received", "created_at": self.now}
        return self._add(Message(conversation_id=conversation.id, handset_id=conversation.handset_id, body=body,
                                 **{**fields, **more}))  # fmt: skip

    def make_staff(self, role: str = "village", region: str = "500114121002", **more: Any) -> Staff:
        self.make_region(region)
        number = next(_numbers)
        fields = {"login": f"staff{number}", "password_hash": "!", "name": "冉建国", "phone": f"+861000{number:07}",
                  "created_at": self.now}  # fmt: skip
        return self._add(Staff(role=role, region_code=region, **{**fields, **more}))
