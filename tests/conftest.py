"""What every test can ask for. Databases are made by running the migrations; ports have fakes, nothing else has."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from backend import migrations
from backend import settings as settings_module
from backend.settings import Settings
from backend.store.session import Database
from tests.support import guards
from tests.support.clock import SettableClock
from tests.support.factories import Factories
from tests.support.fakes import FakeCarrier, FakeEngine
from tests.support.postgres import NotInstalled, PostgresServer

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from backend.services.deps import Deps
    from tests.support.signing import SignedClient

# The quickest and most telling first, so that a mistake shows early.
ORDER = ("unit", "structure", "contract", "integration", "bot", "e2e")
pytest_plugins = ["tests.support.stack"]


def pytest_configure(config: pytest.Config) -> None:
    guards.forbid_outside_addresses()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        room = item.path.relative_to(Path(__file__).parent).parts[0]
        return ORDER.index(room) if room in ORDER else len(ORDER)

    items.sort(key=place)
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] == "e2e":
            item.add_marker(pytest.mark.e2e)


def pytest_collection_finish() -> None:
    settle_heap()


@pytest.fixture(scope="module", autouse=True)
def _heap_settled_after_each_module() -> Iterator[None]:
    yield
    settle_heap()


def settle_heap() -> None:
    """Take what lives on out of the collector's sight.

    With thousands of tests in memory a full collection stops this process for seconds, longer than the engine's actions
    wait for the backend that runs in it.
    """
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    unexpected = guards.unexpected_skips(_skip_reasons(terminalreporter))
    if unexpected:
        terminalreporter.section("skips that nobody announced (CI fails on them)")
        for reason in sorted(set(unexpected)):
            terminalreporter.line(f"  {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and session.exitstatus == 0 and guards.unexpected_skips(_skip_reasons(reporter)):
        session.exitstatus = 1


def _skip_reasons(reporter: Any) -> list[str]:
    reasons = []
    for report in reporter.stats.get("skipped", []):
        words = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons.append(words.removeprefix("Skipped: "))
    return reasons


# -- databases ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of our own, or a skip that says how to get one."""
    try:
        server = PostgresServer()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    name = postgres.create()
    migrations.upgrade(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated, empty database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


# -- the service in this process -------------------------------------------------------------------------------------
@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The demo profile's settings with secrets of their own; nothing of the developer's environment gets in."""
    return settings_module.load(
        {
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": database_url,
            "PORT": "8000",
            "PUBLIC_BASE_URL": "http://line.test",
            "TWILIO_PHONE_NUMBER": "+8610000012333",
        }
    )


@pytest.fixture
def engine() -> FakeEngine:
    """The dialogue engine's port; away until a test says what it understands."""
    return FakeEngine()


@pytest.fixture
def carrier(settings: Settings) -> FakeCarrier:
    return FakeCarrier(auth_token=settings.twilio_auth_token)


@pytest.fixture
def deps(
    database: Database, settings: Settings, engine: FakeEngine, carrier: FakeCarrier, clock: SettableClock
) -> Deps:
    from backend.services.deps import Deps
    from backend.services.regions import RegionBook
    from backend.sms.render import render

    return Deps(
        db=database, settings=settings, engine=engine, carrier=carrier, regions=RegionBook(database), render_sms=render,
        clock=clock,
    )  # fmt: skip


@pytest.fixture
def app(deps: Deps) -> Flask:
    from backend.app import create_app

    made = create_app(deps=deps)
    made.config["TESTING"] = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def api(app: Flask, settings: Settings) -> FlaskClient:
    """A client that shows the API's token."""
    made = app.test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {settings.api_token}"
    return made


@pytest.fixture
def signed(app: Flask, settings: Settings) -> SignedClient:
    """Posts the carrier's forms with a real signature."""
    from tests.support.signing import SignedClient

    return SignedClient(app, settings)


@pytest.fixture
def make(database: Database, clock: SettableClock) -> Callable[[], Any]:
    """`with make() as f: worker = f.make_worker()`: rows added and committed together."""

    @contextmanager
    def unit() -> Iterator[Factories]:
        with database.write() as session:
            yield Factories(session, clock())

    return unit
