"""Races for the last place over real HTTP: `make races` runs 10,000 on each database, the tests 200 (C1, DESIGN §3.7).

Every race is one opening with one place left and two workers who hold an offer of it; both say yes at the same instant to
a real server of several processes. Exactly one may get it (200), the other is told it is full (409), and in the database
no opening may hold more than it wanted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import func, insert, select

from backend import migrations
from backend.run.environment import plain_environment
from backend.settings import ROOT
from backend.store.models import (
    Employer,
    Handset,
    HandsetOwner,
    Offer,
    Opening,
    Person,
    Region,
    Station,
    Worker,
)
from backend.store.session import Database
from tests.support.clock import today
from tests.support.ports import own_ports
from tests.support.postgres import NotInstalled, PostgresServer
from tests.support.waiting import wait_for

TOKEN = "token-for-races-only"
LANES = 4  # races going on at the same time
WANTED = 3  # places of every opening; two are taken before the race
REGION = "500114121002"


@dataclass(frozen=True)
class Result:
    """`overbooked`: openings that hold more than they wanted. `odd`: races that did not end with one 200 and one 409."""

    races: int
    overbooked: int
    odd: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.races / self.seconds if self.seconds else 0.0


@contextmanager
def serving(database_url: str, folder: Path) -> Iterator[int]:
    """The web process as `make run` starts it, alone, on a free port; yields the port."""
    port = own_ports()
    environment = plain_environment(
        {
            "PYTHONPATH": str(ROOT), "PORT": str(port), "DATA_DIR": str(folder), "DATABASE_URL": database_url,
            "API_TOKEN": TOKEN, "PROFILE": "demo", "CARRIER": "simulator",
        }
    )  # fmt: skip
    log = (folder / "web.txt").open("wb")
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--config", "python:backend.run.gunicorn_conf", "--bind",
            f"127.0.0.1:{port}", "backend.app:create_app(serving=True)",
        ],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:

        def up() -> bool:
            if server.poll() is not None:
                raise AssertionError((folder / "web.txt").read_text(encoding="utf-8")[-3000:])
            with suppress(httpx.HTTPError):
                return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
            return False

        wait_for(up, 60, "the web process answers")
        yield port
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def prepare(database: Database, races: int) -> list[list[tuple[int, int]]]:
    """Openings on days of their own, each with two offers; per lane the pairs of offer ids."""
    now, first = datetime.now(UTC), today() + timedelta(days=2)  # not begun, though midnight may pass
    with database.write() as session:
        for length, level in ((2, "province"), (4, "city"), (6, "county"), (9, "town"), (12, "village")):
            parent = {4: 2, 6: 4, 9: 6, 12: 9}.get(length)
            session.add(Region(code=REGION[:length], name=f"第{length}级", level=level, aliases=[],
                               parent_code=REGION[:parent] if parent else None))  # fmt: skip
            session.flush()
        session.add(Station(slug="race", kind="market", name="零工市场", short_name="零工", region_code=REGION[:6],
                            hotline="+8610000099001"))  # fmt: skip
        workers = []
        for n in range(LANES * 2):
            handset = Handset(number=f"+8610007{n:06}", first_seen_at=now, last_seen_at=now)
            person = Person(name=f"赛跑{n}", village_code=REGION, created_at=now, updated_at=now)
            session.add_all([handset, person])
            session.flush()
            session.add(HandsetOwner(handset_id=handset.id, person_id=person.id, since=now))
            worker = Worker(person_id=person.id, job_types=["A04"], created_at=now, updated_at=now)
            session.add(worker)
            workers.append(worker)
        employers = [
            Employer(name=f"赛场{n}", kind="grower", phone=f"+8610008{n:06}", created_at=now) for n in range(LANES)
        ]
        session.add_all(employers)
        session.flush()
        days = [first + timedelta(days=n // LANES) for n in range(races)]
        session.execute(insert(Opening), [
            {"employer_id": employers[n % LANES].id, "job_type": "A04", "title": f"第{n}场", "headcount": WANTED,
             "filled": WANTED - 1, "region_code": REGION, "starts_on": day, "ends_on": day, "status": "published",
             "published_at": now, "collected_at": now, "updated_at": now, "place": "", "requirements": "",
             "negotiable": False, "review_flags": []}
            for n, day in enumerate(days)
        ])  # fmt: skip
        openings = session.scalars(select(Opening.id).order_by(Opening.id)).all()
        session.execute(insert(Offer), [
            {"opening_id": opening_id, "worker_id": workers[n % LANES * 2 + side].id, "status": "offered",
             "channel": "sms", "code": "11", "starts_on": days[n], "ends_on": days[n], "offered_at": now,
             "expires_at": now + timedelta(days=1)}
            for n, opening_id in enumerate(openings) for side in (0, 1)
        ])  # fmt: skip
        offers = session.scalars(select(Offer.id).order_by(Offer.opening_id, Offer.worker_id)).all()
    pairs = list(zip(offers[::2], offers[1::2], strict=True))
    return [pairs[lane::LANES] for lane in range(LANES)]


def run(database_url: str, races: int, folder: Path) -> Result:
    """Run `races` on a fresh, migrated database and look at what is in it afterwards."""
    database = Database(database_url)
    lanes = prepare(database, races)
    answers: dict[int, list[int]] = {}
    problems: list[BaseException] = []
    with serving(database_url, folder) as port:
        begun = time.monotonic()
        threads = []
        for pairs in lanes:
            line = threading.Barrier(2)
            for side in (0, 1):
                own = [pair[side] for pair in pairs]
                races_of_own = [pair[0] for pair in pairs]
                threads.append(
                    threading.Thread(target=_contend, args=(port, line, own, races_of_own, answers, problems))
                )
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - begun
    if problems:
        raise problems[0]
    with database.read() as session:
        accepted = (
            select(Offer.opening_id, func.count(Offer.id).label("taken"))
            .where(Offer.status == "accepted")
            .group_by(Offer.opening_id)
            .subquery()
        )
        overbooked = session.scalar(
            select(func.count())
            .select_from(Opening)
            .outerjoin(accepted, accepted.c.opening_id == Opening.id)
            .where(
                (Opening.filled > Opening.headcount)
                | (Opening.filled != WANTED - 1 + func.coalesce(accepted.c.taken, 0))
                | (func.coalesce(accepted.c.taken, 0) > 1)
            )
        )
    database.close()
    odd = sum(sorted(both) != [200, 409] for both in answers.values()) + races - len(answers)
    return Result(races, int(overbooked or 0), odd, seconds)


def _contend(
    port: int,
    line: threading.Barrier,
    own: list[int],
    races: list[int],
    answers: dict[int, list[int]],
    problems: list[BaseException],
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    body = json.dumps({"answer": "accept"})
    try:
        for offer_id, race in zip(own, races, strict=True):
            line.wait(timeout=120)
            connection.request("POST", f"/api/v1/offers/{offer_id}/answer", body, headers)
            response = connection.getresponse()
            response.read()
            answers.setdefault(race, []).append(response.status)
    except BaseException as problem:
        problems.append(problem)
        line.abort()
    finally:
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description="Races for the last place over HTTP, on both databases.")
    parser.add_argument("--races", type=int, default=10_000)
    races = parser.parse_args().races
    failed = False
    with tempfile.TemporaryDirectory(prefix="linggong-races-") as folder:
        urls = {"SQLite": f"sqlite:///{folder}/races.sqlite3"}
        server = None
        try:
            server = PostgresServer()
            urls["PostgreSQL"] = server.url(server.create())
        except NotInstalled as missing:
            print(f"PostgreSQL is left out: {missing}")
            failed = True
        try:
            for name, url in urls.items():
                migrations.upgrade(url)
                data = Path(folder) / name
                data.mkdir()
                result = run(url, races, data)
                print(
                    f"{name}: races={result.races} overbooked={result.overbooked} odd={result.odd} "
                    f"in {result.seconds:.0f} s, {result.per_second:.0f} races/s",
                    flush=True,
                )
                failed |= bool(result.overbooked or result.odd)
        finally:
            if server is not None:
                server.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
