"""Commands for whoever runs the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from sqlalchemy import select

from backend import cli
from backend.settings import Settings
from backend.store.models import Staff, StaffSession
from backend.store.session import Database


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    return lambda *arguments, words=None: CliRunner().invoke(cli.main, list(arguments), input=words)


def staff(database: Database, login: str) -> Staff | None:
    with database.read() as session:
        found = session.scalar(select(Staff).where(Staff.login == login))
        session.expunge_all()
        return found


def test_an_account_is_made_with_its_region_and_a_hashed_password(
    run: Callable[..., Result], database: Database, make: Callable[[], Any]
) -> None:
    with make() as f:
        f.make_region("500114121")
    done = run("add-staff", "ran", "--name", "冉主任", "--role", "town", "--region", "500114121", "--phone", "13800001234",
               words="a long password\na long password\n")  # fmt: skip
    assert done.exit_code == 0, done.output
    made = staff(database, "ran")
    assert made is not None
    assert (made.role, made.region_code, made.phone) == ("town", "500114121", "+8613800001234")
    assert PasswordHasher().verify(made.password_hash, "a long password")
    assert "a long password" not in done.output


@pytest.mark.parametrize(
    ("arguments", "words", "told"),
    [
        (("--region", "999"), "a long password\na long password\n", "no region 999"),
        (("--region", "50"), "short\nshort\n", "too short"),
        (("--region", "50", "--phone", "12"), "a long password\na long password\n", "no phone number"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    run: Callable[..., Result],
    database: Database,
    make: Callable[[], Any],
    arguments: tuple[str, ...],
    words: str,
    told: str,
) -> None:
    with make() as f:
        f.make_region("50")
    done = run("add-staff", "ran", "--name", "冉", "--role", "county", *arguments, words=words)
    assert done.exit_code != 0
    assert told in done.output
    assert staff(database, "ran") is None


def test_a_new_password_logs_out_everywhere(
    run: Callable[..., Result], database: Database, make: Callable[[], Any]
) -> None:
    with make() as f:
        one = f.make_staff(login="ran")
        f._add(StaffSession(token_hash="t", staff_id=one.id, created_at=f.now, last_seen_at=f.now, csrf_secret="c"))
    assert run("set-password", "ran", words="another long one\nanother long one\n").exit_code == 0
    with database.read() as session:
        assert session.get(StaffSession, "t") is None


def test_a_closed_account_is_out_at_once(
    run: Callable[..., Result], database: Database, make: Callable[[], Any]
) -> None:
    with make() as f:
        f.make_staff(login="ran")
    assert run("close-staff", "ran").exit_code == 0
    closed = staff(database, "ran")
    assert closed is not None
    assert not closed.active
    assert "no account nobody" in run("close-staff", "nobody").output


def test_migrating_twice_says_so(run: Callable[..., Result]) -> None:
    assert "up to date" in run("migrate").output
