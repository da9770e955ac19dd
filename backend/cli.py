"""Staff commands: `python -m backend.cli …` for whoever keeps the service running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import migrations
from backend.domain.phone import e164, to_e164
from backend.domain.staff_accounts import SHORTEST_PASSWORD, password_problem
from backend.errors import LinggongError
from backend.settings import Settings, load
from backend.store.models import ROLES, Region, Staff, StaffSession
from backend.store.session import Database


def _settings() -> Settings:
    try:
        return load()
    except LinggongError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _unit_of_work() -> Iterator[Session]:
    db = Database(_settings().database_url)
    try:
        with db.write() as session:
            yield session
    finally:
        db.close()


@click.group()
def main() -> None:
    """零工热线 (Linggong Line): commands for running the service."""


@main.command()
def migrate() -> None:
    """Bring the database to what this version needs; safe to repeat."""
    changed = migrations.upgrade(_settings().database_url)
    click.echo("The database was brought up to date." if changed else "The database is up to date.")


@main.command()
def seed() -> None:
    """Fill in the demo county (invented people); only what is missing is added."""
    from backend.seed import seed as fill

    settings = _settings()
    if not settings.is_demo:
        raise click.ClickException("The demo county belongs to the demo profile; this is a real service.")
    db = Database(settings.database_url)
    try:
        fill(db, settings, datetime.now(UTC))
    finally:
        db.close()
    click.echo("The demo county is there.")


@main.command("add-staff")
@click.argument("login")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--region", required=True, help="Division code of 2 to 12 digits; they see it and everything below it.")
@click.option("--phone", help="Mobile number for the weekly reminder, e.g. +8613800000000.")
@click.password_option(prompt="Password (12 characters or more)")
def add_staff(login: str, name: str, role: str, region: str, phone: str | None, password: str) -> None:
    """Give a member of staff an account."""
    _check_password(password, login, name)
    number = (to_e164(phone) or e164(phone)) if phone else None
    if phone and number is None:
        raise click.ClickException(f"{phone} is no phone number. Give it like +8613800000000.")
    with _unit_of_work() as session:
        if session.get(Region, region) is None:
            raise click.ClickException(f"There is no region {region} here. `regions.code` lists the served ones.")
        if session.scalar(select(Staff.id).where(Staff.login == login)):
            raise click.ClickException(f"{login} has an account already; `set-password` gives it another password.")
        session.add(
            Staff(login=login, name=name, role=role, region_code=region, phone=number, created_at=datetime.now(UTC),
                  password_hash=PasswordHasher().hash(password))
        )  # fmt: skip
    click.echo(f"{login} can log in at /console.")


@main.command("set-password")
@click.argument("login")
@click.password_option(prompt="New password (12 characters or more)")
def set_password(login: str, password: str) -> None:
    """Give an account another password and log it out everywhere."""
    with _unit_of_work() as session:
        staff = _find(session, login)
        _check_password(password, login, staff.name)
        staff.password_hash = PasswordHasher().hash(password)
        _log_out(session, staff)
        _note(session, staff, "password_set", datetime.now(UTC))
    click.echo(f"{login} has a new password and is logged out everywhere.")


@main.command("close-staff")
@click.argument("login")
def close_staff(login: str) -> None:
    """Close an account at once; what it did stays on record."""
    with _unit_of_work() as session:
        staff = _find(session, login)
        staff.active = False
        _log_out(session, staff)
        _note(session, staff, "disabled", datetime.now(UTC))
    click.echo(f"{login} is closed and logged out everywhere.")


@main.command("invite-staff")
@click.argument("login")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--region", required=True, help="Division code of 2 to 12 digits; they see it and everything below it.")
def invite_staff(login: str, name: str, role: str, region: str) -> None:
    """Make an account and print a one-use code, with which its owner sets a password: how the first of a county begins."""
    from backend.services.staff_passwords import make_code

    with _unit_of_work() as session:
        if session.get(Region, region) is None:
            raise click.ClickException(f"There is no region {region} here. `regions.code` lists the served ones.")
        if session.scalar(select(Staff.id).where(Staff.login == login)):
            raise click.ClickException(f"{login} has an account already; `reset-staff` gives it a new code.")
        now = datetime.now(UTC)
        staff = Staff(login=login, name=name, role=role, region_code=region, password_hash="!", created_at=now)  # noqa: S106
        session.add(staff)
        session.flush()
        code = make_code(session, staff.id, "invite", None, now)
        _note(session, staff, "invited", now)
    click.echo(f"{login} sets a password at /console/login/code within three days, with this code:\n{code}")


@main.command("reset-staff")
@click.argument("login")
@click.option("--second-factor", is_flag=True, help="Take the second factor off as well.")
@click.option("--open", "open_again", is_flag=True, help="Open it again if it was closed.")
def reset_staff(login: str, second_factor: bool, open_again: bool) -> None:
    """Log an account out everywhere and print a one-use code for a new password."""
    from backend.services import second_factor as second
    from backend.services.staff_passwords import make_code

    with _unit_of_work() as session:
        staff = _find(session, login)
        now = datetime.now(UTC)
        staff.password_hash, staff.version = "!", staff.version + 1
        if open_again and not staff.active:
            staff.active = True
            _note(session, staff, "enabled", now)
        _log_out(session, staff)
        if second_factor:
            second.clear(session, staff.id)
            _note(session, staff, "second_factor_reset", now)
        code = make_code(session, staff.id, "reset", None, now)
        _note(session, staff, "password_reset", now)
    click.echo(f"{login} sets a password at /console/login/code within three days, with this code:\n{code}")


@main.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
def verify_audit() -> None:
    """Look along the whole chain of seals; ends with 1 when an event was changed, taken out or put in."""
    from backend.services import audit_chain
    from backend.services import deps as wiring

    deps = wiring.build(_settings())
    try:
        seals, events, newest, problems = audit_chain.verify(deps)
    finally:
        deps.db.close()
    for problem in problems:
        click.echo(f"seal {problem.seal}: {problem.what}, events {problem.first} to {problem.last}", err=True)
    if problems:
        raise click.ClickException(f"The trail is not whole: {len(problems)} findings in {seals} seals.")
    until = f", the newest of {newest.isoformat(timespec='seconds')}" if newest else ""
    click.echo(f"Nobody has touched the trail: {events} events under {seals} seals{until}.")


def _note(session: Session, staff: Staff, verb: str, now: datetime) -> None:
    """What is done at the machine stands in the trail as well."""
    from backend.services import audit as trail

    trail.write(session, now, "operator", verb, staff)


def _check_password(password: str, *own: str) -> None:
    problem = password_problem(password, *own)
    if problem:
        words = {"short": f"too short; use {SHORTEST_PASSWORD} characters or more", "long": "too long", "own": "made of your own "
                 "login or name", "common": "one of the first that are guessed"}[problem]  # fmt: skip
        raise click.ClickException(f"That password is {words}.")


def _find(session: Session, login: str) -> Staff:
    staff = session.scalar(select(Staff).where(Staff.login == login))
    if staff is None:
        raise click.ClickException(f"There is no account {login}. `add-staff` makes one.")
    return staff


def _log_out(session: Session, staff: Staff) -> None:
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


if __name__ == "__main__":
    main()
