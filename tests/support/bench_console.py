"""The console part of `make bench`: a province with a million turns and 200,000 workers, its pages read by a county and others.

Each page is fetched through the real application and PostgreSQL; beside it runs its main query by hand, in the same run. For
the pages that list, find or count, the main query is what a person would write on the tables themselves (`by_hand`); for the
others it is the costliest statement the page itself sends. Held to: all statements of a page take at most five times its main
query, and the page at most 1.3 times what it takes with a tenth of the rows in the same places. A list of which the tenth has
less than one page shows more with all of it: it may take longer by as much as it has more to show. Turns come every two minutes
in both, so a day holds as much in the tenth; figures of longer stretches are held to their main query's growth instead.

What is read, by whom, stands in `bench_pages`.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from backend import migrations
from backend import settings as settings_module
from backend.app import create_app
from backend.services import count_figures, count_ledgers, find_duplicates
from backend.services.deps import Deps
from backend.services.regions import RegionBook
from backend.services.staff_login import hash_password
from backend.sms.render import render
from backend.store.models import DuplicatePair, Staff
from backend.store.queries import duplicates
from backend.store.session import Database
from tests.support.bench_pages import COUNTY, FIGURES, FILTERS, NO_PAGE, OF_COUNTY, ONE_OF, READERS, TRADES, WIDE, Page
from tests.support.clock import SettableClock
from tests.support.console_rows import fill_console
from tests.support.fakes import FakeCarrier, FakeEngine
from tests.support.postgres import PostgresServer
from tests.support.province import NOW, Province, Size, fill_postgres
from tests.support.talks import fill_talks

VILLAGES, TURNS, WORKERS, OPENINGS = 3_400, 1_000_000, 200_000, 20_000
PASSWORD = "winter-plum-5528"
ROUNDS, WARM_UP = 7, 2
LONG_ENOUGH_MS = 4_000  # a page that has taken this long in all, once warm, is not asked again
TIMES_AT_MOST, GROWTH_AT_MOST = 5.0, 1.3
LONGEST_PAGE = 400_000  # bytes: a list that is never cut off would be let off by what it shows
# Neither is told of what two runs of one page differ by.
NOISE_MS = 3.0


@dataclass
class Took:
    """Milliseconds of each round; `statements`: text → (its times, its values)."""

    page: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)
    statements: dict[str, tuple[list[float], Any]] = field(default_factory=dict)
    count: int = 0
    shown: int = 0  # bytes of the page
    status: int = 0

    @property
    def main(self) -> tuple[str, Any] | None:
        """The page's own costliest statement that reads, with its values."""
        reads = [each for each in self.statements if each.lstrip().upper().startswith(("SELECT", "WITH"))]
        if not reads:
            return None
        costliest = max(reads, key=lambda each: _least(self.statements[each][0]))
        return costliest, self.statements[costliest][1]


class Console:
    """A filled database behind the application, with somebody of each of `READERS` logged in."""

    def __init__(self, url: str, size: Size, turns: int) -> None:
        migrations.upgrade(url)
        province = Province(size)
        fill_postgres(url, province)
        fill_talks(url, province, turns)
        fill_console(url)
        self.open(url)
        self._let_in()
        # What a running line keeps counted in the background.
        count_figures.count_standing(self.deps)
        count_ledgers.count_everywhere(self.deps)
        while find_duplicates.compare_one(self.deps):
            pass
        self._judge()

    def _judge(self) -> None:
        """Of every tenth pair somebody has said that they are two."""
        with self.database.write() as session:
            by = session.scalars(select(Staff.id).where(Staff.login == "bench-county")).one()
            for pair in session.scalars(select(DuplicatePair).where(DuplicatePair.position % 10 == 0)).all():
                duplicates.say_distinct(session, pair.first_id, pair.second_id, pair.town_code, by=by, at=self.clock())

    def open(self, url: str) -> None:
        """The application over a database that is filled already."""
        self.took: dict[Page, Took] = {}
        self.database = Database(url)
        self.clock = SettableClock(NOW.replace(tzinfo=UTC))
        self._folder = tempfile.TemporaryDirectory()
        settings = settings_module.load(
            {"DATA_DIR": self._folder.name, "DATABASE_URL": url, "PORT": "8000", "PUBLIC_BASE_URL": "http://line.test",
             "TWILIO_PHONE_NUMBER": "+8610000012333"}
        )  # fmt: skip
        self.deps = Deps(
            db=self.database, settings=settings, engine=FakeEngine(),
            carrier=FakeCarrier(auth_token=settings.twilio_auth_token), regions=RegionBook(self.database),
            render_sms=render, clock=self.clock,
        )  # fmt: skip
        self.app: Flask = create_app(deps=self.deps)

    def _let_in(self) -> None:
        hashed = hash_password(PASSWORD)
        with self.database.write() as session:
            for role, region in READERS.items():
                session.add(Staff(login=f"bench-{role}", password_hash=hashed, name=role, role=role, region_code=region,
                                  phone=None, created_at=self.clock()))  # fmt: skip
            session.flush()
            for table in ("ledger_acts", "ledger_imports"):
                session.execute(
                    text(
                        f"UPDATE {table} SET staff_id = {OF_COUNTY} WHERE staff_id = (SELECT id FROM staff WHERE login = 'at-{COUNTY}')"
                    )
                )
        self.log_in()

    def log_in(self) -> None:
        self._clients = {role: self._logged_in(role) for role in READERS}

    def _logged_in(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console/login").text)
        assert token
        entered = client.post(
            "/console/login", data={"csrf_token": token[1], "login": f"bench-{role}", "password": PASSWORD}
        )
        assert entered.status_code == 303, entered.text[:300]
        return client

    def close(self) -> None:
        self.database.close()
        self._folder.cleanup()

    def pages(self) -> tuple[list[Page], list[str]]:
        """Every page there is to read, with a record of the county; and the addresses no record could be found for."""
        left: list[str] = []
        found = [Page(address, address) for address in (*FILTERS, *FIGURES, *TRADES)]
        with self.database.read() as session:
            ids = {name: session.execute(text(query)).scalar() for name, query in ONE_OF.items()}
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            where = rule.endpoint.split(".")[0]
            if where not in ("console", "screen") or "GET" not in (rule.methods or ()) or NO_PAGE.search(str(rule)):
                continue
            address = re.sub(r"<(?:[^:<>]*:)?(\w+)>", lambda match: str(ids.get(match[1]) or "?"), str(rule))
            if "?" in address:
                left.append(str(rule))
            elif address not in [page.address for page in found]:
                found.append(Page(str(rule), address))
        found += [Page(address, address, role) for role in READERS if role != "county" for address in WIDE]
        return found, left

    def measure(self, page: Page) -> None:
        took = self.took.setdefault(page, Took())
        if len(took.page) > WARM_UP and sum(took.page) > LONG_ENOUGH_MS:
            return
        self.clock.advance(seconds=1)
        with _listening(self.database) as heard:
            began = time.perf_counter()
            answer = self._clients[page.reader].get(page.address)
            took.page.append((time.perf_counter() - began) * 1000)
        took.status, took.shown = answer.status_code, len(answer.data)
        took.database.append(sum(each[0] for each in heard))
        took.count = len(heard)
        for ms, statement, values in heard:
            took.statements.setdefault(statement, ([], values))[0].append(ms)
        if len(took.page) > WARM_UP:
            self._by_hand(page, took)

    def _by_hand(self, page: Page, took: Took) -> None:
        query, values = (page.by_hand.replace("%", "%%"), None) if page.by_hand else (took.main or ("", None))
        if not query:
            return
        with self.database.read() as session:
            connection = session.connection()
            began = time.perf_counter()
            connection.exec_driver_sql(query, values).all()
            took.by_hand.append((time.perf_counter() - began) * 1000)


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
    return min(times[WARM_UP:] or times, default=0.0)


def measure(small: Console, large: Console, only: str = "", tell: Callable[[str], None] = print) -> bool:
    """Read every page of both in turn and tell of each; whether all held."""
    pages, left = large.pages()
    of_small = {(page.name, page.reader): page for page in small.pages()[0]}
    pairs = [
        (page, of_small[page.name, page.reader])
        for page in pages
        if only in str(page) and (page.name, page.reader) in of_small
    ]
    for _ in range(ROUNDS + WARM_UP):
        for page, other in pairs:
            # In turn, so that whatever else the machine does falls on both alike.
            small.measure(other)
            large.measure(page)
    tell(
        f"  {'reader   page':62} {'main ms':>8} {'page ms':>8} {'ratio':>6} {'db ms':>7} {'db/main':>7} {'stmts':>5} {'growth':>6} {'shown':>5}"
    )
    held = True
    for page, other in pairs:
        one, tenth = large.took[page], small.took[other]
        if page.reader != "county" and one.status == 403:
            continue
        line, wrong = _verdict(page, one, tenth)
        held = held and not wrong
        tell(f"  {page!s:62} {line} {' '.join(wrong)}")
        if wrong and one.main:
            tell(f"      its costliest statement ({_least(one.statements[one.main[0]][0]):.1f} ms): "
                 f"{' '.join(one.main[0].split())[:1500]}")  # fmt: skip
    for rule in left:
        tell(f"  not measured, no record of the county for it: {rule}")
    return held and not left


def _verdict(page: Page, one: Took, tenth: Took) -> tuple[str, list[str]]:
    """Its figures as they are told, and what is wrong with them."""
    ms, database, main = _least(one.page), _least(one.database), _least(one.by_hand) or 1e-9
    growth, before = ms / _least(tenth.page), _least(tenth.page)
    more = max(1.0, one.shown / (tenth.shown or 1)) if page.is_list else 1.0
    allowed = GROWTH_AT_MOST * max(more, main / (_least(tenth.by_hand) or main) if page.of_a_stretch else 1.0)
    wrong = []
    if growth > allowed and ms - before > NOISE_MS:
        wrong.append("GROWS")
    if database > TIMES_AT_MOST * main + NOISE_MS:
        wrong.append("OVER 5x")
    if one.status not in (200, 302, 303, 304):
        wrong.append(f"status {one.status}")
    if one.shown > LONGEST_PAGE:
        wrong.append("LONG")
    line = f"{main:8.2f} {ms:8.1f} {ms / main:6.1f} {database:7.1f} {database / main:7.1f} {one.count:5} {growth:6.2f} {more:5.2f}"
    return line + ("  hand" if page.by_hand else "  own"), wrong


def main(only: str = "", scale: float = 1.0) -> int:
    server = PostgresServer(shared_buffers="1GB", random_page_cost="1.1", jit="off")
    try:
        began = time.monotonic()
        turns, workers, openings = (int(scale * each) for each in (TURNS, WORKERS, OPENINGS))
        tenth = Console(server.url(server.create()), Size(VILLAGES, workers // 10, openings // 10), turns // 10)
        large = Console(server.url(server.create()), Size(VILLAGES, workers, openings), turns)
        print(f"  PostgreSQL, {turns:,} turns, {workers:,} workers, {VILLAGES:,} villages, and a tenth of it: "
              f"filled in {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
        held = measure(tenth, large, only)
        for console in (tenth, large):
            console.close()
        print(f"  all in {time.monotonic() - began:.0f} s", flush=True)
        return 0 if held else 1
    finally:
        server.stop()
