"""Village, town and county staff, their logins and sessions (L14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
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


class StaffSession(Base):
    """A server-side session; the cookie carries only a random token, of which the SHA-256 is kept here."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    csrf_secret: Mapped[str]

    __table_args__ = (Index("ix_staff_sessions_staff_id", "staff_id"),)


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
