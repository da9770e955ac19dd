"""The console part of `make bench`: a province with a million turns and 200,000 workers, every page read by a county.

Each page is fetched through the real application and PostgreSQL; beside it runs its main query by hand, in the same run.
For the pages that list or find, the main query is what a person would write on the tables themselves (`BY_HAND`); for the
others it is the costliest statement the page itself sends. Held to: all statements of a page take at most five times its main
query, and the page at most 1.3 times what it takes with a tenth of the rows in the same places. How long the page takes as a
whole, Python and templates with it, is printed beside both. Pages are found in the URL map; what an address needs comes from
`ONE_OF`.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from backend import migrations
from backend import settings as settings_module
from backend.app import create_app
from backend.services.deps import Deps
from backend.services.regions import RegionBook
from backend.services.staff_login import hash_password
from backend.sms.render import render
from backend.store.models import Staff
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier, FakeEngine
from tests.support.postgres import PostgresServer
from tests.support.province import Province, Size, fill_postgres
from tests.support.talks import fill_talks

VILLAGES, TURNS, WORKERS, OPENINGS = 3_400, 1_000_000, 200_000, 20_000
COUNTY = "520101"
PASSWORD = "winter-plum-5528"
ROUNDS, WARM_UP = 7, 2
TIMES_AT_MOST, GROWTH_AT_MOST = 5.0, 1.3
# Growth is told only where it is more than what two runs of one page differ by.
NOISE_MS = 3.0
_RANGE = "region_code >= '520101' AND region_code < '520102'"

# A record of the county for every name an address holds.
ONE_OF = {
    "conversation_id": f"SELECT max(id) FROM conversations WHERE {_RANGE}",
    "message_id": f"SELECT max(m.id) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.{_RANGE.replace('AND ', 'AND c.')} AND m.direction = 'inbound'",
    "case_id": f"SELECT max(id) FROM cases WHERE {_RANGE}",
    "opening_id": f"SELECT max(id) FROM openings WHERE {_RANGE} AND status = 'published'",
    "employer_id": f"SELECT max(employer_id) FROM openings WHERE {_RANGE}",
    "worker_id": "SELECT max(w.id) FROM workers w JOIN persons p ON p.id = w.person_id WHERE p.village_code >= '520101' AND p.village_code < '520102'",
    "household_id": "SELECT max(household_id) FROM persons WHERE village_code >= '520101' AND village_code < '520102'",
}
_TALK = """
    SELECT c.id, c.last_at, h.number, s.name,
           (SELECT m.body FROM messages m WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT 1)
    FROM conversations c JOIN handsets h ON h.id = c.handset_id LEFT JOIN staff s ON s.id = c.taken_by
    WHERE c.region_code >= '520101' AND c.region_code < '520102' {more}
    ORDER BY c.last_at DESC, c.id DESC LIMIT 31
"""
# What somebody would write who has only the tables of what happened.
BY_HAND = {
    "/console/conversations": _TALK.format(more=""),
    "/console/conversations?show=low": _TALK.format(
        more="AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.confidence < 0.4)"
    ),
    "/console/conversations?show=dispute&show=elder": _TALK.format(
        more="AND EXISTS (SELECT 1 FROM cases k WHERE k.conversation_id = c.id AND k.status = 'open' AND k.kind = 'wage_arrears') "
        "AND EXISTS (SELECT 1 FROM persons p WHERE p.id = c.person_id AND p.birth_year < 1961)"
    ),
    "/console/conversations?number=1234": _TALK.format(more="AND h.number LIKE '%1234'"),
    "/console/conversations?q=工钱": _TALK.format(
        more="AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.body LIKE '%工钱%')"
    ),
    "/console/conversations?q=双河 补贴&show=review": _TALK.format(
        more="AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.body LIKE '%双河%') "
        "AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.body LIKE '%补贴%')"
    ),
    "/console/inbox/news": _TALK.format(more="AND c.last_at > now() - interval '1 day'"),
}
# Streams, files and the ways in and out are no pages.
_NO_PAGE = re.compile(
    r"static|language|logout|login|recording|\.csv|\.xlsx|\.pdf|\.svg|\.png|export|<path:|/phone|/voice"
)


@dataclass
class Took:
    page: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    statements: int = 0
    main: tuple[float, str, Any] = (0.0, "", None)
    by_hand: list[float] = field(default_factory=list)
    status: int = 0


class Console:
    """A filled database behind the application, with the county's member of staff logged in."""

    def __init__(self, server: PostgresServer, turns: int, workers: int, openings: int, villages: int) -> None:
        url = server.url(server.create())
        migrations.upgrade(url)
        province = Province(Size(villages, workers, openings))
        fill_postgres(url, province)
        self.talks = fill_talks(url, province, turns)
        self.database = Database(url)
        self.clock = SettableClock()
        with self.database.write() as session:
            session.add(Staff(login="bench", password_hash=hash_password(PASSWORD), name="县里", role="county",
                              region_code=COUNTY, phone=None, created_at=self.clock()))  # fmt: skip
        self._folder = tempfile.TemporaryDirectory()
        settings = settings_module.load(
            {"DATA_DIR": self._folder.name, "DATABASE_URL": url, "PORT": "8000", "PUBLIC_BASE_URL": "http://line.test",
             "TWILIO_PHONE_NUMBER": "+8610000012333"}
        )  # fmt: skip
        deps = Deps(
            db=self.database, settings=settings, engine=FakeEngine(),
            carrier=FakeCarrier(auth_token=settings.twilio_auth_token), regions=RegionBook(self.database),
            render_sms=render, clock=self.clock,
        )  # fmt: skip
        self.app: Flask = create_app(deps=deps)
        self.client = self.app.test_client()
        page = self.client.get("/console/login").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        entered = self.client.post(
            "/console/login", data={"csrf_token": token[1], "login": "bench", "password": PASSWORD}
        )
        assert entered.status_code == 303, entered.text[:300]
        self.took: dict[str, Took] = {}

    def close(self) -> None:
        self.database.close()
        self._folder.cleanup()

    def addresses(self) -> tuple[dict[str, str], list[str]]:
        """Every page of the URL map → its address with a record of the county; and those no record could be found for."""
        found, left = {address: address for address in BY_HAND}, []
        with self.database.read() as session:
            ids = {name: session.execute(text(query)).scalar() for name, query in ONE_OF.items()}
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            where = rule.endpoint.split(".")[0]
            if where not in ("console", "screen") or "GET" not in (rule.methods or ()) or _NO_PAGE.search(str(rule)):
                continue
            address = re.sub(r"<(?:[^:<>]*:)?(\w+)>", lambda match: str(ids.get(match[1]) or "?"), str(rule))
            if "?" in address:
                left.append(str(rule))
            elif address not in found:
                found[str(rule)] = address
        return found, left

    def measure(self, page: str, address: str) -> None:
        took = self.took.setdefault(page, Took())
        self.clock.advance(seconds=1)  # nobody reads for longer than a session lasts
        with _listening(self.database) as heard:
            began = time.perf_counter()
            took.status = self.client.get(address).status_code
            took.page.append((time.perf_counter() - began) * 1000)
        took.database.append(sum(each[0] for each in heard))
        took.statements = len(heard)
        reads = [each for each in heard if each[1].lstrip().upper().startswith(("SELECT", "WITH"))]
        if reads and len(took.page) > WARM_UP:
            costliest = max(reads, key=lambda each: each[0])
            took.main = (
                max(took.main, costliest, key=lambda each: each[0]) if took.main[1] == costliest[1] else costliest
            )
        self._by_hand(address, took)

    def _by_hand(self, address: str, took: Took) -> None:
        with self.database.read() as session:
            connection = session.connection()
            began = time.perf_counter()
            if address in BY_HAND:
                connection.exec_driver_sql(BY_HAND[address].replace("%", "%%")).all()
            elif took.main[1]:
                connection.exec_driver_sql(took.main[1], took.main[2]).all()
            took.by_hand.append((time.perf_counter() - began) * 1000)

    def plan(self, address: str) -> str:
        took = self.took[address]
        with self.database.read() as session:
            rows = session.connection().exec_driver_sql(f"EXPLAIN {took.main[1]}", took.main[2])
            return "\n".join(str(row[0]) for row in rows)


@contextmanager
def _listening(database: Database) -> Iterator[list[tuple[float, str, Any]]]:
    heard: list[tuple[float, str, Any]] = []

    def before(connection: Any, _: Any, __: str, ___: Any, ____: Any, _____: bool) -> None:
        connection.info["began"] = time.perf_counter()

    def after(connection: Any, _: Any, statement: str, values: Any, __: Any, ___: bool) -> None:
        heard.append(((time.perf_counter() - connection.info["began"]) * 1000, statement, values))

    event.listen(database.engine, "before_cursor_execute", before)
    event.listen(database.engine, "after_cursor_execute", after)
    try:
        yield heard
    finally:
        event.remove(database.engine, "before_cursor_execute", before)
        event.remove(database.engine, "after_cursor_execute", after)


def _least(times: list[float]) -> float:
    """What it takes when nothing else is in the way: of a few rounds the shortest says that best."""
    return min(times[WARM_UP:] or times)


def measure(small: Console, large: Console, only: str = "", tell: Callable[[str], None] = print) -> bool:
    of_large, left = large.addresses()
    of_small, _ = small.addresses()
    addresses = [page for page in of_large if only in page and page in of_small]
    for _ in range(ROUNDS + WARM_UP):
        for address in addresses:
            # In turn, so that whatever else the machine does falls on both alike.
            small.measure(address, of_small[address])
            large.measure(address, of_large[address])
    tell(f"  {'page':58} {'ms':>7} {'in db':>7} {'stmts':>5} {'main':>7} {'page/main':>9} {'db/main':>8} {'growth':>7}")
    held = True
    for address in addresses:
        one, tenth = large.took[address], small.took[address]
        page, database, main = _least(one.page), _least(one.database), _least(one.by_hand)
        growth = page / _least(tenth.page)
        grows = growth > GROWTH_AT_MOST and page - _least(tenth.page) > NOISE_MS
        slow = database / main > TIMES_AT_MOST if main else False
        wrong = [word for word, there in (("GROWS", grows), ("OVER 5x", slow), (f"status {one.status}", one.status not in (200, 302, 303, 304))) if there]  # fmt: skip
        held = held and not wrong
        hand = "hand" if address in BY_HAND else "own"
        tell(f"  {address:58} {page:7.1f} {database:7.1f} {one.statements:5} {main:7.2f} {page / main if main else 0:9.1f} "
             f"{database / main if main else 0:8.1f} {growth:7.2f}  {hand} {' '.join(wrong)}")  # fmt: skip
        if grows:
            tell(f"      its costliest statement ({one.main[0]:.1f} ms): {' '.join(one.main[1].split())[:1500]}")
    for rule in left:
        tell(f"  not measured, no record of the county for it: {rule}")
    return held


def main(only: str = "", scale: float = 1.0) -> int:
    server = PostgresServer(shared_buffers="1GB", random_page_cost="1.1", jit="off")
    try:
        began = time.monotonic()
        sizes = [int(scale * each) for each in (TURNS, WORKERS, OPENINGS)]
        tenth = Console(server, *(each // 10 for each in sizes), VILLAGES)
        large = Console(server, *sizes, VILLAGES)
        print(f"  PostgreSQL, {sizes[0]:,} turns, {sizes[1]:,} workers, {VILLAGES:,} villages, and a tenth of it: "
              f"filled in {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
        held = measure(tenth, large, only)
        for console in (tenth, large):
            console.close()
        return 0 if held else 1
    finally:
        server.stop()
