"""Staff come in and go out: passwords, throttling, server-side sessions (T9, T11, ASVS 7)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend.domain.staff_accounts import SECOND_FACTOR_ROLES, device_of
from backend.errors import LinggongError
from backend.store.models import AuditEvent, LoginAttempt, Staff, StaffSession

if TYPE_CHECKING:
    from backend.services.deps import Deps

log = structlog.get_logger()

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
RUN_OUT_KEPT = timedelta(days=7)  # a form left open over a holiday week-end still finds whose it is
# Failures are counted over this window; then they are forgotten, so that nobody can lock a colleague out for good.
WINDOW = timedelta(minutes=15)
FREE_PER_ACCOUNT, FREE_PER_ADDRESS = 5, 30
LONGEST_WAIT = timedelta(seconds=60)
_SEEN_STEP = timedelta(seconds=30)  # a session's last use is written no more often than this
_MOST_SIGNS = 200  # characters of a login or password we look at
HALF_WAY = timedelta(minutes=5)  # between the password and the second factor

_hasher = PasswordHasher()  # argon2id with the library's current costs
# Checked when there is no such account, so that the answer takes as long as for a wrong password.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


class LoginRefused(LinggongError):
    """Wrong name or wrong password: the asker is not told which."""


class LoginThrottled(LinggongError):
    """Too many failures lately; `wait_s` whole seconds have to pass. The password was not even looked at."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("too many failed logins")
        self.wait_s = wait_s


@dataclass(frozen=True)
class Entered:
    """A fresh login. `token` goes into the session cookie, `device` into the cookie that marks a known device.

    `half_way`: the second factor is still to come (`second_factor.step_in`); until then the token opens nothing.
    """

    token: str
    device: str
    staff_id: int
    half_way: bool = False


@dataclass(frozen=True)
class Member:
    """The member of staff behind a request, as the database has them now."""

    id: int
    login: str
    name: str
    role: str
    region_code: str
    language: str
    csrf_secret: str = ""
    phone: str | None = None
    must_enrol: bool = False  # a second factor is required of this role and not set up

    @property
    def actor(self) -> str:
        return f"staff:{self.id}"


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep in `Staff.password_hash`."""
    return _hasher.hash(password)


def log_in(deps: Deps, login: str, password: str, *, address: str, device: str = "", agent: str = "") -> Entered:
    """Check a name and password and open a new session; half of one where a second factor is set up.

    `address` is the caller's IP address; `device` the known-device cookie, if the browser has one: such a device has an
    account counter of its own, so that strangers who guess at an account do not shut its owner out (T11).
    Raises `LoginRefused` and `LoginThrottled`.
    """
    login, password = login.strip()[:_MOST_SIGNS], password[:_MOST_SIGNS]
    now = deps.clock()
    account = _account_key(deps, login, device)
    attempt_id = note_attempt(deps, account, address, now)
    with deps.db.read() as session:
        staff = session.scalar(select(Staff).where(Staff.login == login))
    # Between transactions: hashing takes long on purpose and must not hold a lock.
    right = _verify(staff.password_hash if staff else _NOBODY, password)
    if not (right and staff and staff.active):
        log.warning("login_failed", known_account=staff is not None)
        raise LoginRefused("wrong name or password")
    with deps.db.write() as session:
        forget_attempts(session, account, attempt_id)
        half_way = staff.totp_since is not None
        token = open_session(session, staff.id, now, address=address, agent=agent, half_way=half_way)
        if not half_way:
            # The cost of a hash grows over the years; a login is the moment the password is at hand.
            if _hasher.check_needs_rehash(staff.password_hash):
                session.execute(update(Staff).where(Staff.id == staff.id).values(password_hash=hash_password(password)))
            audit_staff(session, now, staff.id, "logged_in")
    log.info("logged_in", staff_id=staff.id, half_way=half_way)
    return Entered(token=token, device=known_device(deps, staff.id), staff_id=staff.id, half_way=half_way)


def open_session(
    session: Session, staff_id: int, now: datetime, *, address: str, agent: str, half_way: bool = False
) -> str:
    """Open a session in the caller's transaction and return its token: every session has an id of its own (T9)."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=digest(token),
            staff_id=staff_id,
            created_at=now,
            last_seen_at=now,
            csrf_secret=secrets.token_hex(32),
            half_way=half_way,
            address=address[:64],
            device=device_of(agent[:400]),
        )
    )
    return token


def known_device(deps: Deps, staff_id: int) -> str:
    """What marks a browser as one this account has been entered from."""
    return str(_devices(deps).dumps([staff_id, secrets.token_hex(8)]))


def end_sessions(session: Session, staff_id: int) -> None:
    """Log an account out everywhere, in the caller's transaction (T9)."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def who_is(deps: Deps, token: str, *, prolong: bool = True) -> Member | None:
    """Return the member of staff whose session `token` is, or None when it is unknown, idle too long or too old.

    `prolong=False`: what a page asks of its own accord is no sign that somebody sits in front of it.

    Name, role and region are read anew each time: a changed role or a disabled account counts from the next request on.
    """
    if not token:
        return None
    now = deps.clock()
    with deps.db.read() as session:
        row = session.execute(
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.token_hash == digest(token), StaffSession.half_way.is_(False))
        ).one_or_none()
    if row is None:
        return None
    held, staff = row
    used_since, begun_since = open_since(now)
    if not staff.active or held.last_seen_at < used_since or held.created_at < begun_since:
        # The row stays for a while (`forget_old`): it still says whose form is sent with it (`drafts.holder_of`).
        return None
    if prolong and now - held.last_seen_at > _SEEN_STEP:
        with deps.db.write() as session:
            session.execute(
                update(StaffSession).where(StaffSession.token_hash == held.token_hash).values(last_seen_at=now)
            )
    return Member(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        role=staff.role,
        region_code=staff.region_code,
        language=staff.language,
        csrf_secret=held.csrf_secret,
        phone=staff.phone,
        must_enrol=(
            deps.settings.staff_totp == "required" and staff.role in SECOND_FACTOR_ROLES and staff.totp_since is None
        ),
    )


def open_since(now: datetime) -> tuple[datetime, datetime]:
    """When a session must have been used last, and when begun, to be open still."""
    return now - IDLE, now - ABSOLUTE


def forget_old(deps: Deps) -> int:
    """Let go of the sessions nobody has come back to for days. Returns how many."""
    with deps.db.write() as session:
        gone: Any = session.execute(delete(StaffSession).where(StaffSession.last_seen_at < deps.clock() - RUN_OUT_KEPT))
        return int(gone.rowcount)


def log_out(deps: Deps, token: str) -> None:
    """Revoke the session on the server; the cookie is worthless from now on."""
    with deps.db.write() as session:
        held = session.get(StaffSession, digest(token))
        if held:
            if not held.half_way:
                audit_staff(session, deps.clock(), held.staff_id, "logged_out")
            session.delete(held)


def choose_language(deps: Deps, staff_id: int, language: str) -> None:
    """Remember in which language (zh, en) a member of staff reads the console."""
    with deps.db.write() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(language="en" if language == "en" else "zh"))


def wait_after(failures: int, free: int) -> timedelta:
    """How long the next guess has to wait after `failures` in the window: nothing at first, then 2, 4, 8 … 60 seconds."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - free + 1, 10)), LONGEST_WAIT)


def note_attempt(deps: Deps, account: str, address: str, now: datetime) -> int:
    """Count the attempt before the secret is looked at: guesses sent side by side all see each other.

    Raises `LoginThrottled`. Who guessed right calls `forget_attempts`.
    """
    refused = None
    with deps.db.write() as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1)))
        for column, value, free in (
            (LoginAttempt.login, account, FREE_PER_ACCOUNT),
            (LoginAttempt.address, address, FREE_PER_ADDRESS),
        ):
            count, last = session.execute(
                select(func.count(), func.max(LoginAttempt.at)).where(column == value, LoginAttempt.at > now - WINDOW)
            ).one()
            left = wait_after(count, free) - (now - last) if last else timedelta(0)
            if left > timedelta(0):
                refused = max(refused or 0, int(left.total_seconds()) + 1)
        attempt = LoginAttempt(login=account, address=address, at=now)
        if refused is None:
            session.add(attempt)
            session.flush()
    if refused is not None:
        log.warning("login_throttled", wait_s=refused)
        raise LoginThrottled(refused)
    return attempt.id


def forget_attempts(session: Session, account: str, attempt_id: int) -> None:
    """What was counted against this account is over: it was its owner."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.login == account))
    session.execute(delete(LoginAttempt).where(LoginAttempt.id == attempt_id))


def check_password(deps: Deps, member: Member, password: str, address: str) -> None:
    """Ask a member once more before what is worth a thief's while; throttled as a login is.

    Raises `LoginRefused` and `LoginThrottled`.
    """
    account = f"{member.login}#again"
    attempt_id = note_attempt(deps, account, address, deps.clock())
    with deps.db.read() as session:
        kept = session.scalar(select(Staff.password_hash).where(Staff.id == member.id))
    if not _verify(kept or _NOBODY, password[:_MOST_SIGNS]):
        raise LoginRefused("wrong password")
    with deps.db.write() as session:
        forget_attempts(session, account, attempt_id)


def _account_key(deps: Deps, login: str, device: str) -> str:
    try:
        staff_id, mark = _devices(deps).loads(device)
    except (BadSignature, ValueError, TypeError):
        return login
    with deps.db.read() as session:
        known = session.scalar(select(Staff.login).where(Staff.id == staff_id))
    return f"{login}@{mark}" if known == login else login


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def _devices(deps: Deps) -> URLSafeSerializer:
    return URLSafeSerializer(deps.settings.secret_key, salt="known-device")


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def audit_staff(
    session: Session, now: datetime, staff_id: int, verb: str, *, by: int | None = None, **facts: Any
) -> None:
    """Write down what became of an account; `by`: whose doing it was, where it was not its owner's."""
    session.add(
        AuditEvent(
            at=now,
            actor=f"staff:{by or staff_id}",
            verb=verb,
            object_kind="staff",
            object_id=str(staff_id),
            message_id=None,
            facts=facts,
        )
    )
