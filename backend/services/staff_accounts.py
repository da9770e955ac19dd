"""Look after the accounts of one's people: who may, inviting, name and phone, where somebody is logged in (T8, T9)."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.phone import e164, to_e164
from backend.domain.staff_accounts import (
    LOGIN,
    MANAGES,
    fits,
    manages,
    manages_with_another,
)
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import staff_login
from backend.services.staff_login import Member
from backend.services.staff_passwords import make_code
from backend.store.models import OutboxRow, Region, Staff, StaffSession
from backend.store.queries import staff as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

LONGEST_NAME = 40


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
    check_verb(member)
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
        staff = mine(session, member, staff_id)
        if power(member, staff) != "alone":
            raise Forbidden("not one's people")
        if wrong := _name_and_phone(name.strip(), phone):
            raise Invalid("odd", wrong)
        check_version(staff, version)
        changed = [
            field for field, new in (("name", name.strip()), ("phone", _number(phone))) if getattr(staff, field) != new
        ]
        if "phone" in changed and staff.phone:
            # Else whoever resets the password next would have sent the word of it to another phone before.
            tell_owner(deps, session, staff, staff.phone, f"{member.name}改了电话，以后的消息发到新号码")
        staff.name, staff.phone, staff.version = name.strip(), _number(phone), staff.version + 1
        staff_login.audit_staff(session, deps.clock(), staff.id, "account_changed", by=member.id, fields=changed)


def end_session(deps: Deps, member: Member, staff_id: int, handle: str) -> None:
    """End one session, one's own or one of one's people's: it is dead with the next request.

    `handle`: the beginning of the session's hash, as the list shows it. Raises `NotFound`, `Forbidden`.
    """
    with deps.db.write() as session:
        if staff_id != member.id and power(member, mine(session, member, staff_id)) == "":
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


def tell_owner(deps: Deps, session: Session, staff: Staff, phone: str, what: str) -> None:
    """Text the owner of an account what somebody else did to it, in the caller's transaction; `what`: by whom and what."""
    station, now = deps.regions.station_for(staff.region_code), deps.clock()
    way_on = f"马上打{station['hotline']}" if station["hotline"] else "马上告诉区县管理员"
    body = f"【{station['short_name']}】您的后台账号{staff.login}，刚由{what}。您不知道这回事的话，{way_on}。"
    session.add(
        OutboxRow(
            to_number=phone, body=body, kind="notice", reference=secrets.token_hex(12), due_at=now, created_at=now
        )
    )


def check_verb(member: Member) -> None:
    if not may(member.role, "manage_staff"):
        raise Forbidden("this role looks after no accounts")


def mine(session: Session, member: Member, staff_id: int) -> Staff:
    check_verb(member)
    staff = queries.one(session, member.region_code, staff_id, lock=True)
    if staff is None:
        raise NotFound("no such account")
    return staff


def check_version(staff: Staff, version: int) -> None:
    if staff.version != version:
        raise Conflict("changed meanwhile", reason="changed")


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
