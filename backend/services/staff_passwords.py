"""Passwords of accounts: the one-use code somebody is handed, the first password it sets, the next ones (T9, T11)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.staff_accounts import new_code, password_problem, plain_code
from backend.errors import Invalid
from backend.services import staff_login
from backend.services.staff_login import LoginRefused, Member
from backend.store.models import Staff, StaffCode
from backend.store.queries import staff as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

CODE_SERVES = timedelta(days=3)
TOLD_FOR = timedelta(days=7)  # at each login, that somebody else's code set the password


@dataclass(frozen=True)
class SetByCode:
    """How a password was last set with a code that somebody else had made: by whose code, when, from which address."""

    by: str
    made_at: datetime
    used_at: datetime
    address: str


def make_code(session: Session, staff_id: int, kind: str, by: int | None, now: datetime) -> str:
    """A one-use code for setting this account's password, in the caller's transaction; older ones are void."""
    session.execute(
        update(StaffCode).where(StaffCode.staff_id == staff_id, StaffCode.used_at.is_(None)).values(used_at=now)
    )
    code = new_code()
    session.add(
        StaffCode(
            code_hash=_hash(code),
            staff_id=staff_id,
            kind=kind,
            made_by=by,
            created_at=now,
            expires_at=now + CODE_SERVES,
        )
    )
    return code


def set_first_password(deps: Deps, code: str, password: str, address: str) -> str:
    """Set the password of the account this code was made for; returns the login. The account is out everywhere.

    Raises `LoginRefused` for a code that does not serve (wrong, used, too old: the asker is not told which),
    `LoginThrottled`, and `Invalid` with the `password`'s problem, after which the code still serves.
    """
    now = deps.clock()
    attempt_id = staff_login.note_attempt(deps, f"code@{address}", address, now)
    with deps.db.read() as session:
        found = session.execute(_serving(code, now)).one_or_none()
    if found is None:
        raise LoginRefused("no such code")
    _check_password(password, found.Staff)
    hashed = staff_login.hash_password(password)
    with deps.db.write() as session:
        again = session.execute(_serving(code, now).with_for_update()).one_or_none()
        if again is None:
            raise LoginRefused("used meanwhile")
        kept, staff = again.StaffCode, again.Staff
        kept.used_at, kept.address = now, address[:64]
        staff.password_hash, staff.version = hashed, staff.version + 1
        staff_login.end_sessions(session, staff.id)
        staff_login.forget_attempts(session, f"code@{address}", attempt_id)
        staff_login.audit_staff(session, now, staff.id, "password_set", kind=kept.kind, address=address[:64])
        return staff.login


def change_password(deps: Deps, member: Member, old: str, new: str, *, address: str, agent: str) -> str:
    """Give oneself another password; out everywhere else, and a new session here, whose token is returned (T9).

    Raises `LoginRefused`, `LoginThrottled`, `Invalid`.
    """
    staff_login.check_password(deps, member, old, address)
    with deps.db.read() as session:
        _check_password(new, session.get_one(Staff, member.id))
    if new == old:
        raise Invalid("the same again", {"password": "same"})
    hashed = staff_login.hash_password(new)
    with deps.db.write() as session:
        now = deps.clock()
        session.execute(
            update(Staff).where(Staff.id == member.id).values(password_hash=hashed, version=Staff.version + 1)
        )
        staff_login.end_sessions(session, member.id)
        staff_login.audit_staff(session, now, member.id, "password_changed")
        return staff_login.open_session(session, member.id, now, address=address, agent=agent)


def set_by_code(deps: Deps, staff_id: int, *, lately: bool = False) -> SetByCode | None:
    """How the account's password was last set with a code for a reset; `lately`: only within `TOLD_FOR`."""
    with deps.db.read() as session:
        code = queries.last_reset(session, staff_id)
        if code is None or code.used_at is None or (lately and deps.clock() - code.used_at > TOLD_FOR):
            return None
        by = queries.names_of(session, [code.made_by]).get(code.made_by or 0, "")
    return SetByCode(by, code.created_at, code.used_at, code.address or "")


def _check_password(password: str, staff: Staff) -> None:
    if problem := password_problem(password, staff.login, staff.name, staff.phone or ""):
        raise Invalid("another password", {"password": problem})


def _serving(code: str, now: datetime) -> Any:
    return (
        select(StaffCode, Staff)
        .join(Staff, Staff.id == StaffCode.staff_id)
        .where(
            StaffCode.code_hash == _hash(code), StaffCode.used_at.is_(None), StaffCode.expires_at > now, Staff.active
        )
    )


def _hash(code: str) -> str:
    return hashlib.sha256(plain_code(code).encode()).hexdigest()
