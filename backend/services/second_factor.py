"""The second factor: a code from an app every thirty seconds, and ten codes on paper for when the phone is gone (RFC 6238).

The secret itself is kept nowhere: it is drawn from SECRET_KEY and a random seed that stands with the account, so a copy of
the database makes no codes. A new SECRET_KEY makes every second factor void, as it ends every session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyotp
from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from backend.domain.staff_accounts import RECOVERY_SIGNS, new_code, plain_code
from backend.errors import Conflict
from backend.services import staff_login
from backend.services.staff_login import Entered, LoginRefused, Member
from backend.store.models import RecoveryCode, Staff, StaffSession

if TYPE_CHECKING:
    from backend.services.deps import Deps

ISSUER = "零工热线"
STEP_S = 30
RECOVERY_CODES = 10


def begin(deps: Deps, member: Member, password: str, address: str) -> None:
    """Draw a new secret for this member; it counts once a first code of it was given (`prove`).

    Raises `LoginRefused`, `LoginThrottled`; `Conflict` where one is set up already: that one is taken off first.
    """
    staff_login.check_password(deps, member, password, address)
    with deps.db.write() as session:
        staff = session.get_one(Staff, member.id, with_for_update=True)
        if staff.totp_since is not None:
            raise Conflict("there is one", reason="second_factor_on")
        staff.totp_seed = secrets.token_hex(20)


def address_for_app(deps: Deps, member: Member) -> tuple[str, str] | None:
    """The `otpauth://` address for the picture and the secret to type by hand; None when none is being set up."""
    with deps.db.read() as session:
        staff = session.get_one(Staff, member.id)
        if staff.totp_seed is None or staff.totp_since is not None:
            return None
        secret = _secret(deps, staff)
    return pyotp.TOTP(secret).provisioning_uri(name=member.login, issuer_name=ISSUER), secret


def prove(deps: Deps, member: Member, code: str, *, address: str, agent: str) -> tuple[list[str], str]:
    """Take the first code: from now on the second factor counts. Returns the ten paper codes and a new session's token.

    Raises `LoginRefused`, `LoginThrottled`.
    """
    now = deps.clock()
    account = f"{member.login}#second"
    attempt_id = staff_login.note_attempt(deps, account, address, now)
    with deps.db.write() as session:
        staff = session.get_one(Staff, member.id, with_for_update=True)
        if staff.totp_seed is None or staff.totp_since is not None or not _take_step(deps, session, staff, code, now):
            raise LoginRefused("wrong code")
        staff.totp_since = now
        staff_login.forget_attempts(session, account, attempt_id)
        codes = _new_recovery_codes(deps, session, staff.id)
        # Whoever was in before with the password alone is out (T9).
        staff_login.end_sessions(session, staff.id)
        token = staff_login.open_session(session, staff.id, now, address=address, agent=agent)
        staff_login.audit_staff(session, now, staff.id, "second_factor_on")
    return codes, token


def step_in(deps: Deps, token: str, code: str, *, address: str, agent: str) -> Entered:
    """The second half of a login: a code of the app or one from paper opens the session the password began.

    Raises `LoginRefused` for a wrong code and for a first half that is over, `LoginThrottled`.
    """
    now = deps.clock()
    with deps.db.read() as session:
        login = session.scalar(
            select(Staff.login)
            .join(StaffSession, StaffSession.staff_id == Staff.id)
            .where(_half(token, now), Staff.active)
        )
    if login is None:
        raise LoginRefused("nothing begun")
    account = f"{login}#second"
    attempt_id = staff_login.note_attempt(deps, account, address, now)
    with deps.db.write() as session:
        held = session.scalar(select(StaffSession).where(_half(token, now)).with_for_update())
        staff = session.get_one(Staff, held.staff_id, with_for_update=True) if held else None
        if held is None or staff is None or not staff.active or staff.totp_since is None:
            raise LoginRefused("over meanwhile")
        if _take_step(deps, session, staff, code, now):
            with_what = "app"
        elif _take_recovery_code(deps, session, staff.id, code, now):
            with_what = "paper"
        else:
            raise LoginRefused("wrong code")
        session.delete(held)
        staff_login.forget_attempts(session, account, attempt_id)
        opened = staff_login.open_session(session, staff.id, now, address=address, agent=agent)
        staff_login.audit_staff(session, now, staff.id, "logged_in", second=with_what)
    return Entered(token=opened, device=staff_login.known_device(deps, staff.id), staff_id=staff.id)


def half_way(deps: Deps, token: str) -> bool:
    """Whether this session waits for its second factor."""
    with deps.db.read() as session:
        return session.scalar(select(StaffSession.staff_id).where(_half(token, deps.clock()))) is not None


def take_off(deps: Deps, member: Member, password: str, code: str, address: str) -> None:
    """Do without a second factor again. Raises `LoginRefused`, `LoginThrottled`, `Conflict`."""
    with _proven(deps, member, password, code, address) as session:
        clear(session, member.id)
        staff_login.audit_staff(session, deps.clock(), member.id, "second_factor_off")


def new_recovery_codes(deps: Deps, member: Member, password: str, code: str, address: str) -> list[str]:
    """Ten new codes for paper; the old ones are void. Raises `LoginRefused`, `LoginThrottled`, `Conflict`."""
    with _proven(deps, member, password, code, address) as session:
        codes = _new_recovery_codes(deps, session, member.id)
        staff_login.audit_staff(session, deps.clock(), member.id, "second_factor_codes")
    return codes


def clear(session: Session, staff_id: int) -> None:
    """Take an account's second factor off, in the caller's transaction."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(totp_seed=None, totp_since=None, totp_last_step=0))
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def state(deps: Deps, member: Member) -> tuple[datetime | None, int]:
    """Since when the member's second factor counts (None: it does not), and how many paper codes are left."""
    with deps.db.read() as session:
        since = session.scalar(select(Staff.totp_since).where(Staff.id == member.id))
        left = session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.staff_id == member.id, RecoveryCode.used_at.is_(None))
        )
    return since, left or 0


@contextmanager
def _proven(deps: Deps, member: Member, password: str, code: str, address: str) -> Iterator[Session]:
    """A transaction for whoever gives the password and a code of the second factor there is.

    An open session and a password that was looked at must not be enough to replace it for good.
    """
    staff_login.check_password(deps, member, password, address)
    now = deps.clock()
    account = f"{member.login}#second"
    attempt_id = staff_login.note_attempt(deps, account, address, now)
    with deps.db.write() as session:
        staff = session.get_one(Staff, member.id, with_for_update=True)
        if staff.totp_since is None:
            raise Conflict("there is none", reason="second_factor_off")
        if not (_take_step(deps, session, staff, code, now) or _take_recovery_code(deps, session, staff.id, code, now)):
            raise LoginRefused("wrong code")
        staff_login.forget_attempts(session, account, attempt_id)
        yield session


def _half(token: str, now: datetime) -> Any:
    return (
        (StaffSession.token_hash == staff_login.digest(token))
        & StaffSession.half_way.is_(True)
        & (StaffSession.created_at > now - staff_login.HALF_WAY)
    )


def _take_step(deps: Deps, session: Session, staff: Staff, code: str, now: datetime) -> bool:
    """Whether `code` is the app's of now, the last or the next half minute, and was not used before (RFC 6238 §5.2)."""
    digits = plain_code(code)
    if staff.totp_seed is None or not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return False
    app = pyotp.TOTP(_secret(deps, staff), interval=STEP_S)
    here = int(now.timestamp()) // STEP_S
    for step in (here - 1, here, here + 1):
        if hmac.compare_digest(app.generate_otp(step), digits):
            taken = session.execute(
                update(Staff).where(Staff.id == staff.id, Staff.totp_last_step < step).values(totp_last_step=step)
            )
            return isinstance(taken, CursorResult) and taken.rowcount == 1
    return False


def _take_recovery_code(deps: Deps, session: Session, staff_id: int, code: str, now: datetime) -> bool:
    taken = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == staff_id,
            RecoveryCode.code_hash == _keyed(deps, plain_code(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return isinstance(taken, CursorResult) and taken.rowcount == 1


def _new_recovery_codes(deps: Deps, session: Session, staff_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    codes = [new_code(RECOVERY_SIGNS) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=_keyed(deps, plain_code(code))) for code in codes)
    return codes


def _secret(deps: Deps, staff: Staff) -> str:
    key = hmac.digest(deps.settings.secret_key.encode(), b"second factor of staff", hashlib.sha256)
    drawn = hmac.digest(key, f"{staff.id}:{staff.totp_seed}".encode(), hashlib.sha256)
    return base64.b32encode(drawn[:20]).decode()


def _keyed(deps: Deps, code: str) -> str:
    key = hmac.digest(deps.settings.secret_key.encode(), b"paper codes of staff", hashlib.sha256)
    return hmac.digest(key, code.encode(), hashlib.sha256).hex()
