"""A session that ends midway through a form loses nothing of what was typed (T10, issue: bad input)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.console import draft_labels
from backend.services import staff_login
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


def test_what_was_typed_is_kept_though_the_page_had_already_asked_whether_the_session_lives(browse, make, clock):
    worker_id = worker(make)
    browser = browse("cun")
    browser.visit(f"/console/workers/{worker_id}")
    clock.advance(minutes=16)
    assert browser.visit("/console/inbox/news", headers={"X-By-Itself": "1"}).status_code == 401
    browser.visit("/console/")
    browser.submit(f"/console/workers/{worker_id}/visit", kind="home", note="屋头漏雨，要修", next_on="")
    browser.log_in("cun")
    assert "屋头漏雨，要修" in browser.visit("/console/drafts").text


def test_sessions_that_ran_out_are_not_listed_and_go_after_some_days(browse, deps, clock, database):
    browse("cun")
    clock.advance(minutes=16)
    browser = browse("cun")
    assert words(browser.visit("/console/account")).count("登录 ·") == 1
    clock.advance(days=6)
    assert staff_login.forget_old(deps) == 0
    clock.advance(days=2)
    assert staff_login.forget_old(deps) == 2


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


def test_the_whole_form_is_read_again_in_words_not_in_the_names_of_its_fields(browse, clock):
    browser = browse("zhen")
    browser.visit("/console/window")
    clock.advance(days=2)
    sent = {
        "name": "罗大贵", "gender": "male", "birth_year": "1968", "village": VILLAGE, "phone_of": "own",
        "phone": "13800139999", "relation": "", "pay": "", "available_from": "", "available_to": "", "how": "spoken",
        "given_by": "", "uses": ["offers", "calls"], "trades": ["B01", "B02"], "form_number": "abcd1234abcd",
    }  # fmt: skip
    browser.submit("/console/window", **sent)
    browser.log_in("zhen")
    text = words(browser.visit("/console/drafts"))
    for line in (
        "姓名",
        "出生年",
        "性别男",
        "谁的号码本人的",
        "怎么同意的在窗口当面说的",
        "派活、发短信、打电话告诉",
    ):
        assert line in text
    assert "兴泉" in text, "the village by its name"
    assert "birth_year" not in text and "spoken" not in text and "abcd1234abcd" not in text
    html = browser.visit("/console/drafts").text
    for name, value in (
        ("name", "罗大贵"),
        ("phone", "13800139999"),
        ("village", VILLAGE),
        ("form_number", "abcd1234abcd"),
    ):
        assert re.search(rf'name="{name}" value="{value}"', html), name


@pytest.mark.parametrize("path", sorted((Path(draft_labels.__file__).parent / "templates").rglob("*.html")), ids=str)
def test_whatever_is_written_at_length_has_a_name_staff_know(path):
    for name in re.findall(r'<textarea[^>]* name="([a-z_]+)"', path.read_text(encoding="utf-8")):
        assert name in draft_labels.FIELDS, name


def test_a_form_without_any_login_left_is_not_answered_with_advice_that_loses_it(browse, make):
    worker_id = worker(make)
    browser = browse("cun")
    browser.visit(f"/console/workers/{worker_id}")
    browser.client.delete_cookie("session")
    browser.client.delete_cookie("lg_staff")
    answer = browser.submit(f"/console/workers/{worker_id}/visit", kind="home", note="x", next_on="")
    assert_it_says_the_words_are_on_the_page_before(answer)


def test_a_form_of_a_session_ended_from_elsewhere_is_not_answered_with_advice_that_loses_it(browse, make):
    worker_id = worker(make)
    browser = browse("cun")
    browser.visit(f"/console/workers/{worker_id}")
    other = browse("cun")
    other.visit("/console/account")
    assert other.submit("/console/account/sessions/end-others").status_code == 303
    answer = browser.submit(f"/console/workers/{worker_id}/visit", kind="home", note="x", next_on="")
    assert_it_says_the_words_are_on_the_page_before(answer)


def assert_it_says_the_words_are_on_the_page_before(answer):
    assert answer.status_code == 403
    assert "先不要刷新" in answer.text and 'target="_blank"' in answer.text and "回到首页" not in answer.text
