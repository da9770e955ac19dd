"""The console part of `make bench`: a province with a million turns and 200,000 workers, its pages read by a county and others.

Each page is fetched through the real application and PostgreSQL; beside it runs its main query by hand, in the same run. For
the pages that list, find or count, the main query is what a person would write on the tables themselves (`by_hand`); for the
others it is the costliest statement the page itself sends. Held to: all statements of a page take at most five times its main
query, and the page at most 1.3 times what it takes with a tenth of the rows in the same places. A list of which the tenth has
less than one page shows more with all of it: it may take longer by as much as it has more to show. Turns come every two minutes
in both, so a day holds as much in the tenth; figures of longer stretches are held to their main query's growth instead.

Every page of the URL map is read by a county; those whose cost depends on how wide somebody looks also by a town, a city, the
province and an auditor. What an address needs comes from `ONE_OF`.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from backend import migrations
from backend import settings as settings_module
from backend.app import create_app
from backend.domain.figures import KINDS, SHANGHAI, period
from backend.services import count_figures, count_ledgers, find_duplicates
from backend.services.deps import Deps
from backend.services.figures import chart_steps
from backend.services.regions import RegionBook
from backend.services.staff_login import hash_password
from backend.sms.render import render
from backend.store.models import DuplicatePair, Staff
from backend.store.queries import duplicates
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.console_rows import fill_console
from tests.support.fakes import FakeCarrier, FakeEngine
from tests.support.postgres import PostgresServer
from tests.support.province import NOW, Province, Size, fill_postgres
from tests.support.talks import fill_talks

VILLAGES, TURNS, WORKERS, OPENINGS = 3_400, 1_000_000, 200_000, 20_000
COUNTY = "520101"
PASSWORD = "winter-plum-5528"
ROUNDS, WARM_UP = 7, 2
LONG_ENOUGH_MS = 4_000  # a page that has taken this long in all, once warm, is not asked again
TIMES_AT_MOST, GROWTH_AT_MOST = 5.0, 1.3
LONGEST_PAGE = 400_000  # bytes: a list that is never cut off would be let off by what it shows
# Neither is told of what two runs of one page differ by.
NOISE_MS = 3.0
# role → its division; the county reads every page, the others those of `WIDE`.
READERS = {"county": COUNTY, "town": COUNTY + "100", "auditor": COUNTY, "city": "5201", "province": "52"}

_OURS = "{column} >= '520101' AND {column} < '520102'"
_TALK_OURS, _PERSON_OURS = _OURS.format(column="c.region_code"), _OURS.format(column="p.village_code")
_HERE = _OURS.format(column="region_code")
_OF_COUNTY = "(SELECT id FROM staff WHERE login = 'bench-county')"
# A record of the county for every name an address holds.
ONE_OF = {
    "conversation_id": f"SELECT max(id) FROM conversations WHERE {_HERE}",
    "message_id": f"SELECT max(m.id) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE {_TALK_OURS} AND m.direction = 'inbound'",
    "case_id": f"SELECT max(id) FROM cases WHERE {_HERE}",
    "opening_id": f"SELECT max(id) FROM openings WHERE {_HERE} AND status = 'published'",
    "employer_id": f"SELECT max(id) FROM employers WHERE {_HERE}",
    "worker_id": f"SELECT max(w.id) FROM workers w JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS}",
    "household_id": f"SELECT max(household_id) FROM persons p WHERE {_PERSON_OURS}",
    "claim_id": f"SELECT max(h.id) FROM hardships h JOIN workers w ON w.id = h.worker_id JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS} AND h.verified_at IS NULL",
    "kept_id": f"SELECT min(w.id) FROM workers w JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS}",
    "other_id": f"SELECT max(w.id) FROM workers w JOIN persons p ON p.id = w.person_id WHERE {_PERSON_OURS}",
    "forwarding_id": f"SELECT max(f.id) FROM forwardings f WHERE f.to_region = '{COUNTY}'",
    "talk_id": f"SELECT max(id) FROM talks WHERE {_HERE}",
    "station_id": f"SELECT max(id) FROM stations WHERE {_HERE}",
    "station": f"SELECT max(slug) FROM stations WHERE {_HERE}",
    "staff_id": f"SELECT max(id) FROM staff WHERE {_HERE}",
    "code": f"SELECT max(code) FROM regions WHERE code LIKE '{COUNTY}%' AND level = 'village'",
    "act_id": f"SELECT max(id) FROM ledger_acts WHERE staff_id = {_OF_COUNTY}",
    "import_id": f"SELECT max(id) FROM ledger_imports WHERE staff_id = {_OF_COUNTY}",
    "figure": "SELECT 'turns'",
    "chart": "SELECT 'understood'",
}
# -- what somebody would write who has only the tables of what happened; {region}: the reader's -----------------------------
_TALK = """
    SELECT c.id, c.last_at, h.number, s.name,
           (SELECT m.body FROM messages m WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT 1)
    FROM conversations c JOIN handsets h ON h.id = c.handset_id LEFT JOIN staff s ON s.id = c.taken_by
    WHERE c.region_code >= '{first}' AND c.region_code < '{end}' {more}
    ORDER BY c.last_at DESC, c.id DESC LIMIT 31
"""
_SAID = "AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.{}) "
_FILTERS = {
    "/console/conversations": "",
    "/console/conversations?show=low": _SAID.format("confidence < 0.4"),
    "/console/conversations?show=dispute&show=elder": "AND EXISTS (SELECT 1 FROM cases k WHERE k.conversation_id = c.id "
    "AND k.status = 'open' AND k.kind = 'wage_arrears') "
    "AND EXISTS (SELECT 1 FROM persons p WHERE p.id = c.person_id AND p.birth_year < 1961)",
    "/console/conversations?number=1234": "AND h.number LIKE '%1234'",
    "/console/conversations?q=工钱": _SAID.format("body LIKE '%工钱%'"),
    "/console/conversations?q=双河 补贴&show=review": _SAID.format("body LIKE '%双河%'")
    + _SAID.format("body LIKE '%补贴%'"),
    "/console/inbox/news": "AND c.last_at > now() - interval '1 day'",
}
_TURNS = """
    SELECT count(*) FILTER (WHERE m.channel = 'sms' AND m.direction = 'inbound'),
           count(*) FILTER (WHERE m.channel = 'sms' AND m.direction = 'outbound'),
           count(*) FILTER (WHERE m.direction = 'inbound' AND m.intent IS NOT NULL AND m.keys IS NULL),
           count(*) FILTER (WHERE m.direction = 'inbound' AND m.intent <> 'nlu_fallback' AND m.keys IS NULL)
    FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE c.region_code >= '{first}' AND c.region_code < '{end}' AND m.created_at >= '{since}' AND m.created_at < '{until}'
"""
_NOW = NOW.replace(tzinfo=UTC)
_PERIODS = {kind: period(kind, _NOW.astimezone(SHANGHAI).date()) for kind in KINDS}


def _stretches(page: str) -> dict[str, tuple[tuple[datetime, datetime], ...]]:
    """Address → the stretches it tells of: the figures hold each against the one before, a chart tells of all its steps."""
    told = {}
    for kind, asked in _PERIODS.items():
        stretches = [asked.instants(_NOW)]
        if page.endswith(("figures", "/")):
            stretches.append(asked.compared(_NOW))
        elif page.endswith(".svg"):
            steps = chart_steps(asked, _NOW)
            stretches = [(steps[0].instants(_NOW)[0], steps[-1].instants(_NOW)[1])]
        told[page + (f"?period={kind}" if kind != "day" else "")] = tuple(stretches)
    return told


_FIGURES = {
    address: stretches
    for page in ("/console/figures", "/console/figures/turns/rows", "/console/figures/charts/line.svg",
                 "/console/figures/charts/understood.svg")
    for address, stretches in _stretches(page).items()
}  # fmt: skip
# The first page tells how the day goes so far by the same figures.
_FIGURES["/console/"] = _FIGURES["/console/figures"]
_TRADES = tuple(f"/console/figures/charts/trades.svg?period={kind}" for kind in KINDS)
# What is read by every role: whose cost depends on how much of the province somebody sees.
WIDE = (*_FILTERS, *_FIGURES, *_TRADES, "/console/audit", "/console/backstop", "/console/cases", "/console/claims",
        "/console/employers", "/console/faces", "/console/forwarded", "/console/households", "/console/ledgers/priority",
        "/console/map", "/console/offers", "/console/openings", "/console/people", "/console/planned-calls", "/console/stale",
        "/console/talks", "/console/teams", "/console/training/examples", "/console/workers")  # fmt: skip
_LISTS = frozenset(
    f"/console/{name}" for name in ("conversations", "audit", "backstop", "cases", "claims", "employers", "forwarded", "households",
    "ledgers/priority", "ledgers/files", "merge", "merge/distinct", "merge/employers", "offers", "openings", "people", "planned-calls", "stale",
    "talks", "teams", "training/examples", "workers")
)  # fmt: skip
# Streams, files and the ways in and out are no pages.
_NO_PAGE = re.compile(
    r"static|language|logout|login|/recording$|\.wav|\.csv|\.xlsx|\.pdf|charts/<chart>\.svg|picture\.svg|scores\.svg|\.png|export|<path:|bad-rows|/empty/|/voice"
)


@dataclass(frozen=True)
class Page:
    """`name`: as it is told; `address`: with a record of the county; `reader`: a role of `READERS`."""

    name: str
    address: str
    reader: str = "county"

    @property
    def by_hand(self) -> str:
        """Its main query as a person would write it; "" if it is the page's own costliest."""
        region = READERS[self.reader]
        bounds = {"first": region, "end": str(int(region) + 1)}
        if self.address in _FILTERS:
            return _TALK.format(more=_FILTERS[self.address], **bounds)
        if self.address in _FIGURES:
            return " UNION ALL ".join(
                _TURNS.format(since=since, until=until, **bounds) for since, until in _FIGURES[self.address]
            )
        return ""

    @property
    def is_list(self) -> bool:
        """Whether it is cut into pages, so that it shows no more than one of them however much there is."""
        return self.address.partition("?")[0] in _LISTS or self.name.startswith("/screen/<")

    @property
    def of_a_stretch(self) -> bool:
        """Whether it tells of days of which the tenth does not hold as many."""
        return "period=" in self.address

    def __str__(self) -> str:
        name = re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"<\1>", self.name).removeprefix("/console")
        return f"{self.reader:8} {name or '/'}"


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
                        f"UPDATE {table} SET staff_id = {_OF_COUNTY} WHERE staff_id = (SELECT id FROM staff WHERE login = 'at-{COUNTY}')"
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
        found = [Page(address, address) for address in (*_FILTERS, *_FIGURES, *_TRADES)]
        with self.database.read() as session:
            ids = {name: session.execute(text(query)).scalar() for name, query in ONE_OF.items()}
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            where = rule.endpoint.split(".")[0]
            if where not in ("console", "screen") or "GET" not in (rule.methods or ()) or _NO_PAGE.search(str(rule)):
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
