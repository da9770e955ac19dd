"""Changes of an account that somebody else makes: move, close, open again, set back; what is too much for one takes two (T8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.staff_accounts import MANAGES, SECONDED, fits, roles_to_give
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import let_go, second_factor, staff_login
from backend.services.staff_accounts import check_verb, check_version, mine, power, tell_owner
from backend.services.staff_login import Member
from backend.services.staff_passwords import make_code
from backend.store.models import Region, Staff, StaffChange, StaffCode
from backend.store.queries import staff as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

# What a change can be; `move` also gives another role.
KINDS = ("move", "disable", "enable", "reset", "reset_second")
# What an owner is told at once, wherever she is: her password or her second factor is another than it was.
_TOLD = {
    "enable": "重新启用了，要用新的码设密码",
    "reset": "重新出了设密码的码，旧密码不能用了",
    "reset_second": "取消了第二道验证",
}


def change(
    deps: Deps, member: Member, staff_id: int, kind: str, version: int, *, role: str = "", region_code: str = ""
) -> str | None:
    """Move, close, open or set back an account: at once where one may alone, else as a question to a colleague (T8).

    Returns the one-use code of a reset or an opening done at once, "asked" for a question, else None. Raises `NotFound`,
    `Forbidden`, `Invalid`, `Conflict` (changed · last_county: nobody could look after the county's accounts any more ·
    asked_already).
    """
    if kind not in KINDS:
        raise Invalid("no such change", {"kind": "odd"})
    now = deps.clock()
    with deps.db.write() as session:
        staff = mine(session, member, staff_id)
        able = power(member, staff)
        # One's own password and second factor are changed on one's own page, and nobody shuts themselves out.
        if not able or (staff.id == member.id and kind != "move"):
            raise Forbidden("not one's people")
        check_version(staff, version)
        if kind in ("enable", "disable") and staff.active == (kind == "enable"):
            raise Conflict("it is so already", reason="changed")
        if kind == "move":
            _check_move(session, member, staff, role, region_code)
            if able == "alone" and role not in MANAGES[member.role]:
                able = "together"
        if able == "alone":
            return _carry_out(deps, session, member, staff, kind, role, region_code)
        if session.scalar(select(StaffChange.id).where(StaffChange.staff_id == staff.id, queries.open_question(now))):
            raise Conflict("one question at a time", reason="asked_already")
        _check_last_of_county(session, staff, kind, role, region_code)
        move = kind == "move"
        asked = StaffChange(
            staff_id=staff.id, kind=kind, role=role if move else None, region_code=region_code if move else None,
            status="waiting", asked_by=member.id, asked_at=now,
        )  # fmt: skip
        session.add(asked)
        session.flush()
        staff_login.audit_staff(
            session, now, staff.id, "change_asked", by=member.id, kind=kind, change=asked.id,
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

    Two valid people stand behind what is done: whoever asked must still be of the county (T8). Raises `NotFound`,
    `Forbidden`, `Conflict` (decided: somebody was quicker · lapsed: too old, or its asker is gone · last_county).
    """
    check_verb(member)
    with deps.db.write() as session:
        asked = session.get(StaffChange, change_id, with_for_update=True)
        staff = queries.one(session, member.region_code, asked.staff_id, lock=True) if asked else None
        if asked is None or staff is None:
            raise NotFound("no such question")
        if not may_decide(member, asked, staff):
            raise Forbidden("not the second pair of eyes")
        now = deps.clock()
        if asked.status != "waiting":
            raise Conflict("decided already", reason="lapsed" if asked.status == "lapsed" else "decided")
        if approve and not _stands(session, asked, staff, now):
            raise Conflict("nobody stands behind it any more", reason="lapsed")
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


def _stands(session: Session, asked: StaffChange, staff: Staff, now: datetime) -> bool:
    by = session.get_one(Staff, asked.asked_by)
    valid = by.active and by.role == SECONDED and may_see(by.region_code, staff.region_code)
    return valid and asked.asked_at > now - queries.QUESTION_KEPT


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
    elif kind in ("reset", "enable"):
        # The old password serves no more: somebody may know it.
        staff.password_hash, staff.active = queries.NO_PASSWORD, staff.active or kind == "enable"
        verb = "enabled" if kind == "enable" else "password_reset"
        code = make_code(session, staff.id, "reset", member.id, now)
    else:
        second_factor.clear(session, staff.id)
        verb = "second_factor_reset"
    staff.version += 1
    staff_login.end_sessions(session, staff.id)
    staff_login.audit_staff(session, now, staff.id, verb, by=member.id, **facts)
    # What this account asked for, or was asked for it, was meant for how it stood before.
    session.execute(
        update(StaffChange)
        .where(StaffChange.status == "waiting", or_(StaffChange.asked_by == staff.id, StaffChange.staff_id == staff.id))
        .values(status="lapsed", decided_at=now)
    )
    if kind in ("disable", "move"):
        let_go.let_go(deps, session, staff, member.actor)
    if kind in _TOLD and staff.phone:
        tell_owner(deps, session, staff, staff.phone, f"{member.name}{_TOLD[kind]}")
    return code


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
