"""Look after the accounts of one's people: invite, move, close, open, set back; what is too much for one takes two (T8, T9)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.phone import e164, to_e164
from backend.domain.staff_accounts import (
    LOGIN,
    MANAGES,
    SECONDED,
    fits,
    manages,
    manages_with_another,
    new_code,
    password_problem,
    plain_code,
    roles_to_give,
)
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import second_factor, staff_login
from backend.services.staff_login import LoginRefused, Member
from backend.store.models import Region, Staff, StaffChange, StaffCode, StaffSession
from backend.store.queries import staff as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

CODE_SERVES = timedelta(days=3)
LONGEST_NAME = 40
# What a change can be; `move` also gives another role.
KINDS = ("move", "disable", "reset", "reset_second")


def power(member: Member, staff: Staff) -> str:
    """What `member` can do with this account: "alone", "together" (ask, a colleague approves) or ""."""
    if not may(member.role, "manage_staff"):
        return ""
    here = member.role, member.region_code, staff.role, staff.region_code
    if staff.id == member.id:
        return "together"
    return "alone" if manages(*here) else "together" if manages_with_another(*here) else ""


def invite(
    deps: Deps, member: Member, *, login: str, name: str, role: str, region_code: str, phone: str
) -> tuple[int, str]:
    """Make an account and return its id and the one-use code with which its owner sets a password.

    Raises `Forbidden`, `Invalid` (fields: login, name, role, region, phone).
    """
    _check_verb(member)
    login, name = login.strip().lower(), name.strip()
    wrong = _name_and_phone(name, phone)
    if not LOGIN.fullmatch(login):
        wrong["login"] = "odd"
    if role not in MANAGES.get(member.role, ()):
        wrong["role"] = "not_yours"
    elif not fits(role, region_code) or not may_see(member.region_code, region_code):
        wrong["region"] = "does_not_fit"
    with deps.db.write() as session:
        if "region" not in wrong and session.get(Region, region_code) is None:
            wrong["region"] = "does_not_fit"
        if "login" not in wrong and session.scalar(select(Staff.id).where(Staff.login == login)):
            wrong["login"] = "taken"
        if wrong:
            raise Invalid("an account needs more", wrong)
        now = deps.clock()
        staff = Staff(login=login, name=name, role=role, region_code=region_code, phone=_number(phone),
                      password_hash=queries.NO_PASSWORD, created_at=now)  # fmt: skip
        session.add(staff)
        session.flush()
        code = make_code(session, staff.id, "invite", member.id, now)
        staff_login.audit_staff(session, now, staff.id, "invited", by=member.id, role=role, region=region_code)
        return staff.id, code


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
        kept.used_at = now
        staff.password_hash, staff.version = hashed, staff.version + 1
        staff_login.end_sessions(session, staff.id)
        staff_login.forget_attempts(session, f"code@{address}", attempt_id)
        staff_login.audit_staff(session, now, staff.id, "password_set", kind=kept.kind)
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


def set_own_phone(deps: Deps, member: Member, phone: str) -> None:
    """The number the line rings oneself on, and sends reminders to. Raises `Invalid`."""
    if wrong := _name_and_phone("-", phone):
        raise Invalid("no number", wrong)
    with deps.db.write() as session:
        staff = session.get_one(Staff, member.id)
        staff.phone, staff.version = _number(phone), staff.version + 1
        staff_login.audit_staff(session, deps.clock(), member.id, "account_changed", fields=["phone"])


def edit(deps: Deps, member: Member, staff_id: int, version: int, *, name: str, phone: str) -> None:
    """Change the name and phone of one of one's people. Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict`."""
    with deps.db.write() as session:
        staff = _mine(session, member, staff_id)
        if power(member, staff) != "alone":
            raise Forbidden("not one's people")
        if wrong := _name_and_phone(name.strip(), phone):
            raise Invalid("odd", wrong)
        _check_version(staff, version)
        changed = [
            field for field, new in (("name", name.strip()), ("phone", _number(phone))) if getattr(staff, field) != new
        ]
        staff.name, staff.phone, staff.version = name.strip(), _number(phone), staff.version + 1
        staff_login.audit_staff(session, deps.clock(), staff.id, "account_changed", by=member.id, fields=changed)


def change(
    deps: Deps, member: Member, staff_id: int, kind: str, version: int, *, role: str = "", region_code: str = ""
) -> str | None:
    """Move, disable or set back an account: at once where one may alone, else as a question to a colleague (T8).

    Returns the one-use code of a reset done at once, "asked" for a question, else None. Raises `NotFound`, `Forbidden`,
    `Invalid`, `Conflict` (changed · last_county: nobody could look after the county's accounts any more · asked_already).
    """
    if kind not in KINDS:
        raise Invalid("no such change", {"kind": "odd"})
    with deps.db.write() as session:
        staff = _mine(session, member, staff_id)
        able = power(member, staff)
        # One's own password and second factor are changed on one's own page, and nobody shuts themselves out.
        if not able or (staff.id == member.id and kind != "move"):
            raise Forbidden("not one's people")
        _check_version(staff, version)
        if kind == "move":
            _check_move(session, member, staff, role, region_code)
            if able == "alone" and role not in MANAGES[member.role]:
                able = "together"
        if able == "alone":
            return _carry_out(deps, session, member, staff, kind, role, region_code)
        waiting = session.scalar(
            select(StaffChange.id).where(StaffChange.staff_id == staff.id, StaffChange.status == "waiting")
        )
        if waiting:
            raise Conflict("one question at a time", reason="asked_already")
        _check_last_of_county(session, staff, kind, role, region_code)
        move = kind == "move"
        asked = StaffChange(
            staff_id=staff.id, kind=kind, role=role if move else None, region_code=region_code if move else None,
            status="waiting", asked_by=member.id, asked_at=deps.clock(),
        )  # fmt: skip
        session.add(asked)
        session.flush()
        staff_login.audit_staff(
            session, deps.clock(), staff.id, "change_asked", by=member.id, kind=kind, change=asked.id,
            **({"role": role, "region": region_code} if move else {}),
        )  # fmt: skip
        return "asked"


def may_decide(member: Member, asked: StaffChange, staff: Staff) -> bool:
    """Whether this member is the second pair of eyes: of the county's role, neither who asked nor whom it is about."""
    return (
        may(member.role, "manage_staff")
        and member.role == SECONDED
        and member.id not in (asked.asked_by, asked.staff_id)
        and may_see(member.region_code, staff.region_code)
        and (asked.region_code is None or may_see(member.region_code, asked.region_code))
    )


def decide(deps: Deps, member: Member, change_id: int, approve: bool) -> tuple[int, str | None]:
    """Approve or refuse what a colleague asked for; returns the account's id and a reset's one-use code.

    Raises `NotFound`, `Forbidden`, `Conflict` (decided: somebody was quicker · last_county).
    """
    _check_verb(member)
    with deps.db.write() as session:
        asked = session.get(StaffChange, change_id, with_for_update=True)
        staff = queries.one(session, member.region_code, asked.staff_id, lock=True) if asked else None
        if asked is None or staff is None:
            raise NotFound("no such question")
        if not may_decide(member, asked, staff):
            raise Forbidden("not the second pair of eyes")
        if asked.status != "waiting":
            raise Conflict("decided already", reason="decided")
        now = deps.clock()
        asked.status, asked.decided_by, asked.decided_at = "approved" if approve else "refused", member.id, now
        staff_login.audit_staff(
            session, now, staff.id, "change_approved" if approve else "change_refused", by=member.id, kind=asked.kind,
            change=asked.id,
        )  # fmt: skip
        code = None
        if approve:
            code = _carry_out(
                deps, session, member, staff, asked.kind, asked.role or "", asked.region_code or "", asked=asked.id
            )
        return staff.id, code


def enable(deps: Deps, member: Member, staff_id: int, version: int) -> None:
    """Open an account again. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with deps.db.write() as session:
        staff = _mine(session, member, staff_id)
        if power(member, staff) == "" or staff.id == member.id:
            raise Forbidden("not one's people")
        _check_version(staff, version)
        staff.active, staff.version = True, staff.version + 1
        staff_login.audit_staff(session, deps.clock(), staff.id, "enabled", by=member.id)


def end_session(deps: Deps, member: Member, staff_id: int, handle: str) -> None:
    """End one session, one's own or one of one's people's: it is dead with the next request.

    `handle`: the beginning of the session's hash, as the list shows it. Raises `NotFound`, `Forbidden`.
    """
    with deps.db.write() as session:
        if staff_id != member.id and power(member, _mine(session, member, staff_id)) == "":
            raise Forbidden("not one's people")
        held = session.scalar(
            select(StaffSession).where(
                StaffSession.staff_id == staff_id, StaffSession.token_hash.startswith(handle, autoescape=True)
            ).limit(1)
        )  # fmt: skip
        if len(handle) < HANDLE or held is None:
            raise NotFound("no such session")
        session.delete(held)
        staff_login.audit_staff(session, deps.clock(), staff_id, "session_ended", by=member.id)


HANDLE = 16  # signs of a session's hash that name it


def end_other_sessions(deps: Deps, member: Member, token: str) -> int:
    """End all of one's sessions but this one; returns how many."""
    with deps.db.write() as session:
        others = session.scalars(
            select(StaffSession.token_hash).where(
                StaffSession.staff_id == member.id, StaffSession.token_hash != staff_login.digest(token)
            )
        ).all()
        session.execute(delete(StaffSession).where(StaffSession.token_hash.in_(others)))
        if others:
            staff_login.audit_staff(session, deps.clock(), member.id, "session_ended", count=len(others))
        return len(others)


def _carry_out(
    deps: Deps, session: Session, member: Member, staff: Staff, kind: str, role: str, region_code: str, **facts: Any
) -> str | None:
    now = deps.clock()
    _check_last_of_county(session, staff, kind, role, region_code)
    code = None
    if kind == "move":
        facts |= {"was": [staff.role, staff.region_code], "became": [role, region_code]}
        staff.role, staff.region_code, verb = role, region_code, "moved"
    elif kind == "disable":
        staff.active, verb = False, "disabled"
        session.execute(
            update(StaffCode).where(StaffCode.staff_id == staff.id, StaffCode.used_at.is_(None)).values(used_at=now)
        )
    elif kind == "reset":
        # The old password serves no more: somebody may know it.
        staff.password_hash, verb = queries.NO_PASSWORD, "password_reset"
        code = make_code(session, staff.id, "reset", member.id, now)
    else:
        second_factor.clear(session, staff.id)
        verb = "second_factor_reset"
    staff.version += 1
    staff_login.end_sessions(session, staff.id)
    staff_login.audit_staff(session, now, staff.id, verb, by=member.id, **facts)
    return code


def _check_verb(member: Member) -> None:
    if not may(member.role, "manage_staff"):
        raise Forbidden("this role looks after no accounts")


def _mine(session: Session, member: Member, staff_id: int) -> Staff:
    _check_verb(member)
    staff = queries.one(session, member.region_code, staff_id, lock=True)
    if staff is None:
        raise NotFound("no such account")
    return staff


def _check_version(staff: Staff, version: int) -> None:
    if staff.version != version:
        raise Conflict("changed meanwhile", reason="changed")


def _check_move(session: Session, member: Member, staff: Staff, role: str, region_code: str) -> None:
    if role not in roles_to_give(member.role) and not (staff.id == member.id and role == staff.role):
        raise Invalid("not a role to give", {"role": "not_yours"})
    inside = may_see(member.region_code, region_code)
    if not fits(role, region_code) or not inside or session.get(Region, region_code) is None:
        raise Invalid("the role is not for this place", {"region": "does_not_fit"})
    if (role, region_code) == (staff.role, staff.region_code):
        raise Invalid("nothing would change", {"role": "same"})


def _check_last_of_county(session: Session, staff: Staff, kind: str, role: str, region_code: str) -> None:
    leaves = kind == "disable" or (kind == "move" and (role != SECONDED or region_code != staff.region_code))
    if staff.role == SECONDED and staff.active and leaves and queries.others_of_the_county(session, staff) == 0:
        raise Conflict("nobody would be left", reason="last_county")


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


def _name_and_phone(name: str, phone: str) -> dict[str, str]:
    wrong = {}
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = "odd"
    if phone.strip() and _number(phone) is None:
        wrong["phone"] = "odd"
    return wrong


def _number(phone: str) -> str | None:
    text = re.sub(r"[\s\-－—()（）]", "", phone)
    return (to_e164(text) or e164(text)) if text else None
