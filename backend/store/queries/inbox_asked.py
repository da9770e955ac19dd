"""What a list of the inbox is asked for and what a line of it holds (the list: inbox.py, search: inbox_search.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select

from backend.domain.inbox import BITS
from backend.domain.marked import Secrets
from backend.domain.search_words import Query
from backend.store.models import InboxEntry, InboxFloor, InboxRead, Message

PAGE = 30
WINDOW = 2000  # entries looked through for one page
COLUMNS = (InboxEntry.conversation_id, InboxEntry.last_at, InboxEntry.flags, InboxEntry.last_in)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """What a list is asked for. `area`: the code of a place; `shows`: marks that all have to be there; `hands`: marks
    `staff:3`, `team:2`, one of which has to be; `unread_by`: only what this member of staff has not read."""

    area: str
    shows: frozenset[str] = frozenset()
    hands: tuple[str, ...] = ()
    unread_by: int | None = None
    last4: str = ""
    words: tuple[str, ...] = ()
    sees: frozenset[str] = frozenset()  # hidden words of these kinds may be searched for (review_transcript.findable)
    after: str = ""

    @classmethod
    def of(cls, area: str, *, search: Query | None = None, **more: Any) -> Asked:
        return cls(area, words=search.words if search else (), **more)


@dataclass
class Row:
    """One line of the list. `heard`: what the person said last; `excerpt`: the turn that holds the words searched for."""

    id: int
    last_at: datetime
    flags: int
    last_in: int | None
    number: str = ""
    region_code: str | None = None
    handset_id: int = 0
    person_id: int | None = None
    taken_by: int | None = None
    taken_by_name: str | None = None
    unread: bool = False
    last: Message | None = None
    heard: Message | None = None
    intent: str | None = None
    excerpt: Message | None = None
    secrets: Secrets = field(default_factory=Secrets)

    def has(self, mark: str) -> bool:
        return bool(self.flags & BITS[mark])

    @property
    def cursor(self) -> str:
        return f"{(self.last_at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"


@dataclass(frozen=True)
class Page:
    """`next`: the cursor of the following page, "" at the end; `further`: not all up to here has been looked through."""

    rows: list[Row]
    next: str = ""
    further: bool = False


def moment_of(cursor: str) -> tuple[datetime, int] | None:
    """The moment and the conversation of a `Row.cursor`; None for what is none."""
    moment, _, number = cursor.partition("-")
    if not (moment.isascii() and moment.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(moment) > 17 or len(number) > 9:
        return None
    return _EPOCH + timedelta(microseconds=int(moment)), int(number)


def read_by(staff_id: int, conversation_id: Any) -> Any:
    """What to join `InboxRead` on, for `seen_by` of the same member of staff."""
    return and_(InboxRead.staff_id == staff_id, InboxRead.conversation_id == conversation_id)


def seen_by(staff_id: int) -> Any:
    """The last turn of the joined conversation that `staff_id` has read; 0 for none."""
    floor = select(InboxFloor.seen_id).where(InboxFloor.staff_id == staff_id).scalar_subquery()
    return func.coalesce(InboxRead.seen_id, floor, 0)


def only_unread(query: Any, conversation_id: Any, last_in: Any, staff_id: int) -> Any:
    return query.outerjoin(InboxRead, read_by(staff_id, conversation_id)).where(last_in > seen_by(staff_id))
