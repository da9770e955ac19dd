"""Village, town and county staff, their logins and sessions (L14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base

ROLES = ("village", "town", "county", "city", "province", "operator", "auditor")


class Staff(Base):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]  # argon2id
    name: Mapped[str]
    role: Mapped[str]  # one of ROLES
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))  # sees this region and all below it
    phone: Mapped[str | None]  # E.164; weekly reminders go here
    language: Mapped[str] = mapped_column(default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    # Set by the weekly ledger update; the reminder looks at it (L01).
    ledger_updated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # Counts the changes, so that two managers do not overwrite each other (C5).
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    # What the second factor's secret is drawn from, together with SECRET_KEY; alone it opens nothing.
    totp_seed: Mapped[str | None]
    totp_since: Mapped[datetime | None]  # proven by a first code; before that it is not asked for
    totp_last_step: Mapped[int] = mapped_column(default=0, server_default="0")  # 30-second steps; each serves once

    __table_args__ = (Index("ix_staff_region_code_id", "region_code", "id"),)


class StaffSession(Base):
    """A server-side session; the cookie carries only a random token, of which the SHA-256 is kept here."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    csrf_secret: Mapped[str]
    # The password was right, the second factor is still to come: opens nothing but the page that asks for it.
    half_way: Mapped[bool] = mapped_column(default=False, server_default=false())
    address: Mapped[str] = mapped_column(default="", server_default="")
    device: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # a code of domain/staff_accounts: phone/WeChat …

    __table_args__ = (Index("ix_staff_sessions_staff_id", "staff_id"),)


class StaffCode(Base):
    """A one-use code that lets somebody set the password of an account: an invitation or a reset. Only its hash is kept."""

    __tablename__ = "staff_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]  # invite, reset
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # also when a newer code took its place
    address: Mapped[str | None]  # from where it set a password; None: it has not

    __table_args__ = (Index("ix_staff_codes_staff_id", "staff_id"),)


class RecoveryCode(Base):
    """One of ten codes that stand in once for a lost second factor. Only a keyed hash is kept."""

    __tablename__ = "staff_recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_staff_recovery_codes_staff_id", "staff_id"),)


class StaffChange(Base):
    """A change of an account that one person asks for and another approves (T8)."""

    __tablename__ = "staff_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]  # move (role and region), disable, enable, reset, reset_second
    role: Mapped[str | None]  # for a move
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))  # for a move
    # waiting, approved, refused; lapsed: the account it is about, or whoever asked, was changed before
    status: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_staff_changes_status", "status"), Index("ix_staff_changes_staff_id", "staff_id"))


class LoginAttempt(Base):
    """A failed login, by account name and by address, so that guessing is slowed on both (T11)."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        Index("ix_login_attempts_login_at", "login", "at"),
        Index("ix_login_attempts_address_at", "address", "at"),
    )
