"""A session that ends midway through a form loses nothing of what was typed (T10, issue: bad input)."""

from __future__ import annotations

from sqlalchemy import select

from backend.store.models import Draft, Visit
from tests.integration.console.conftest import VILLAGE, words


def worker(make):
    with make() as f:
        return f.make_worker("王小云", village=VILLAGE).id


def test_what_was_typed_comes_back_after_the_login_and_is_sent_again(browse, make, clock, database):
    worker_id = worker(make)
    browser = browse("cun")
    browser.visit(f"/console/workers/{worker_id}")
    clock.advance(days=2)
    answer = browser.submit(f"/console/workers/{worker_id}/visit", kind="home", note="屋头漏雨，要修", next_on="")
    assert answer.status_code == 303
    assert answer.location.endswith("/console/login?next=/console/drafts")
    assert browser.log_in("cun").status_code == 303
    page = browser.visit("/console/drafts")
    assert "屋头漏雨，要修" in page.text
    sent = browser.submit(f"/console/workers/{worker_id}/visit", kind="home", note="屋头漏雨，要修", next_on="")
    assert sent.status_code == 303
    with database.read() as session:
        assert [visit.note for visit in session.scalars(select(Visit))] == ["屋头漏雨，要修"]
        assert session.scalars(select(Draft)).all() == []


def test_a_draft_is_read_by_nobody_else_and_goes_after_an_hour(browse, make, clock):
    worker_id = worker(make)
    browser = browse("cun")
    browser.visit(f"/console/workers/{worker_id}")
    clock.advance(days=2)
    browser.submit(f"/console/workers/{worker_id}/visit", kind="home", note="只给我看", next_on="")
    other = browse("zhen")
    assert "只给我看" not in other.visit("/console/drafts", follow_redirects=True).text
    browser.log_in("cun")
    assert "只给我看" in words(browser.visit("/console/drafts")) or "只给我看" in browser.visit("/console/drafts").text
    clock.advance(minutes=61)
    assert "只给我看" not in browser.visit("/console/drafts", follow_redirects=True).text


def test_a_form_of_somebody_who_was_never_logged_in_is_not_kept(browse, database):
    browser = browse()
    browser.visit("/console/login")
    browser.submit("/console/workers/1/visit", kind="home", note="x", next_on="")
    with database.read() as session:
        assert session.scalars(select(Draft)).all() == []
