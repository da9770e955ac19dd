"""Demo staff: a village, a town and a county account whose passwords are in `DATA_DIR/demo.env`."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.seed.places import QIANJIANG, WEINING, XINGQUAN, ZHONGTANG
from backend.services.staff_login import hash_password
from backend.settings import Settings, demo_secrets
from backend.store.models import Staff

# role in the names of the settings, region, name on screen, phone (invented: +86 100 03xx xxxx)
ACCOUNTS = (
    ("village", XINGQUAN, "兴泉社区就业服务专员", "+8610003000001"),
    ("town", ZHONGTANG, "中塘镇社保所", "+8610003000002"),
    ("county", QIANJIANG, "黔江区零工市场", "+8610003000003"),
)
# Without a login: they get the weekly reminder and stand for the other places.
COLLEAGUES = (
    ("village", "500114121001", "中塘社区就业服务专员", "+8610003000011"),
    ("village", "500114121202", "胜利村就业服务专员", "+8610003000012"),
    ("village", "500114121203", "迎新村就业服务专员", "+8610003000013"),
    ("village", "500114121204", "双石村就业服务专员", "+8610003000014"),
    ("county", WEINING, "威宁县零工市场", "+8610003000015"),
    # The county's list of accounts shows every role, and its own has a colleague.
    ("county", QIANJIANG, "黔江区就业局", "+8610003000016"),
    ("operator", QIANJIANG, "黔江热线承办公司", "+8610003000017"),
    ("auditor", QIANJIANG, "黔江区审计", "+8610003000018"),
)
NO_LOGIN = "!"  # no password has this hash


def seed_staff(session: Session, settings: Settings, now: datetime) -> None:
    """Put in the accounts that are missing, with the passwords the demo profile made."""
    secrets = {
        **demo_secrets(settings.data_dir),
        **{k: v for k, v in os.environ.items() if k.startswith("DEMO_STAFF_") and v},
    }
    known = set(session.scalars(select(Staff.login)))
    updated = now - timedelta(days=3)
    for role, region, name, phone in ACCOUNTS:
        login = secrets[f"DEMO_STAFF_{role.upper()}_LOGIN"]
        if login not in known:
            session.add(
                Staff(
                    login=login,
                    password_hash=hash_password(secrets[f"DEMO_STAFF_{role.upper()}_PASSWORD"]),
                    name=name,
                    role=role,
                    region_code=region,
                    phone=phone,
                    ledger_updated_at=updated,
                    created_at=now,
                )
            )
    for role, region, name, phone in COLLEAGUES:
        login = f"demo-{region}" if role in ("village", "county") and region != QIANJIANG else f"demo-{role}-{region}"
        if login not in known:
            session.add(
                Staff(
                    login=login,
                    password_hash=NO_LOGIN,
                    name=name,
                    role=role,
                    region_code=region,
                    phone=phone,
                    ledger_updated_at=updated,
                    created_at=now,
                )
            )
    session.flush()
