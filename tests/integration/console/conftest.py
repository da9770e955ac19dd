"""A county with two towns, staff on three levels, and a browser that fills in forms as people do."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend.services import audit
from backend.services.staff_login import Member, hash_password
from backend.store.models import AuditEvent, OutboxRow, Staff
from backend.store.session import Database

COUNTY, TOWN, VILLAGE = "500114", "500114121", "500114121002"
OTHER_TOWN, OTHER_VILLAGE = "500114122", "500114122201"
OTHER_COUNTY, FAR_VILLAGE = "520526", "520526101001"
PASSWORD = "summer-plum-4417"
HASH = hash_password(PASSWORD)


@dataclass
class Browser:
    """One person's browser: keeps cookies, sends the CSRF token the last page carried."""

    client: FlaskClient
    token: str = ""
    address: str = "10.0.0.7"

    def visit(self, path: str, **more: Any) -> TestResponse:
        return self._seen(self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, **more))

    def submit(self, path: str, **fields: str) -> TestResponse:
        data = {"csrf_token": self.token, **fields}
        return self._seen(self.client.post(path, data=data, environ_base={"REMOTE_ADDR": self.address}))

    def log_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        self.visit("/console/login")
        answer = self.submit("/console/login", login=login, password=password)
        if answer.status_code == 303:
            self.visit("/console/try")  # a page of the new session, for its token
        return answer

    def _seen(self, answer: TestResponse) -> TestResponse:
        page = answer.text if answer.mimetype == "text/html" else ""
        if found := re.search(r'name="csrf_token" value="([^"]+)"', page):
            self.token = found.group(1)
        return answer


def bare(page: str) -> str:
    """The source of a page without what is drawn by lot for it: any few signs may stand in that, and sometimes do."""
    return re.sub(r'name="(csrf_token|form_number|form_id)" value="[^"]+"', "", page)


def words(answer: TestResponse) -> str:
    """What a reader sees of a page: its text without tags."""
    body = re.sub(r"(?s)<svg.*?</svg>|<(?:title|script)[^>]*>.*?</(?:title|script)>", "", answer.text)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"(?s)<[^>]+>", "", body))).strip()


@pytest.fixture
def staff(make: Any) -> dict[str, int]:
    """Accounts by login, all with the same password; returns their ids."""
    with make() as f:
        f.make_station()
        for code in (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE):
            f.make_region(code)
        accounts = [
            ("cun", "village", VILLAGE, "冉村官"),
            ("cun2", "village", OTHER_VILLAGE, "石村官"),
            ("zhen", "town", TOWN, "田镇干"),
            ("xian", "county", COUNTY, "黔江窗口"),
            ("weining", "county", OTHER_COUNTY, "威宁窗口"),
            ("shi", "city", "5001", "市里"),
        ]
        return {
            login: f.make_staff(role, region, login=login, name=name, password_hash=HASH).id
            for login, role, region, name in accounts
        }


@pytest.fixture
def browse(app: Flask, staff: dict[str, int]) -> Callable[..., Browser]:
    """`browse("zhen")`: a browser in which that member of staff is logged in; `browse()`: nobody."""

    def start(login: str = "") -> Browser:
        browser = Browser(app.test_client())
        if login:
            assert browser.log_in(login).status_code == 303
        return browser

    return start


@pytest.fixture
def member(database: Database, staff: dict[str, int]) -> Callable[[str], Member]:
    """`member("zhen")`: that member of staff as services are given them."""

    def found(login: str) -> Member:
        with database.read() as session:
            row = session.get_one(Staff, staff[login])
            return Member(row.id, row.login, row.name, row.role, row.region_code, "zh")

    return found


@pytest.fixture
def audited(database: Database) -> Callable[..., list[AuditEvent]]:
    def events(verb: str) -> list[AuditEvent]:
        with database.write() as session:
            return list(session.scalars(select(AuditEvent).where(AuditEvent.verb == verb).order_by(AuditEvent.id)))

    return events


@pytest.fixture
def outgoing(database: Database) -> Callable[[], list[OutboxRow]]:
    def rows() -> list[OutboxRow]:
        with database.write() as session:
            return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))

    return rows


@pytest.fixture
def note(database, clock):
    """Write events down, each in a transaction of its own; returns their ids."""

    def write(actor, verb, subject, **facts):
        with database.write() as session:
            audit.write(session, clock(), actor, verb, subject, **facts)
            session.flush()
            return session.scalar(select(func.max(AuditEvent.id)))

    return write
