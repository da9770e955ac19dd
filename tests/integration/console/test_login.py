"""The way in: throttled, equal in its answers, revocable (T9, T11)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from backend.services import staff_login
from backend.store.models import LoginAttempt, Staff, StaffSession
from tests.integration.console.conftest import PASSWORD, Browser, words


def test_staff_log_in_and_see_their_region_on_the_first_page(browse):
    answer = browse("zhen").visit("/console/")
    assert answer.status_code == 200
    assert "田镇干" in words(answer)
    assert "中塘镇" in words(answer)


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(browse):
    unknown, wrong = browse(), browse()
    answers = [unknown.log_in("nobody", "x"), wrong.log_in("zhen", "x")]
    assert [a.status_code for a in answers] == [401, 401]
    bodies = [a.text.replace(b.token, "").replace('"nobody"', "").replace('"zhen"', "")
              for a, b in zip(answers, (unknown, wrong), strict=True)]  # fmt: skip
    assert bodies[0] == bodies[1]


def test_a_disabled_account_is_refused_like_a_wrong_password(browse, database):
    with database.write() as session:
        session.execute(update(Staff).where(Staff.login == "zhen").values(active=False))
    assert browse().log_in("zhen").status_code == 401


def test_guessing_slows_down_and_the_right_password_has_to_wait_too(browse, clock):
    browser = browse()
    for _ in range(staff_login.FREE_PER_ACCOUNT):
        assert browser.log_in("zhen", "guess").status_code == 401
    held = browser.log_in("zhen")
    assert held.status_code == 429
    assert int(held.headers["Retry-After"]) >= 1
    clock.advance(seconds=int(held.headers["Retry-After"]))
    assert browser.log_in("zhen").status_code == 303


def test_the_owner_of_a_known_device_is_not_shut_out_by_a_stranger_who_guesses(browse):
    owner, stranger = browse("zhen"), browse()
    stranger.address = "10.9.9.9"
    owner.submit("/console/logout")
    for _ in range(staff_login.FREE_PER_ACCOUNT + 3):
        stranger.log_in("zhen", "guess")
    assert stranger.log_in("zhen").status_code == 429
    assert owner.log_in("zhen").status_code == 303


def test_one_address_that_tries_many_accounts_is_slowed_down(browse, database, clock):
    browser = browse()
    with database.write() as session:
        for number in range(staff_login.FREE_PER_ADDRESS - 1):
            session.add(LoginAttempt(login=f"name{number}", address=browser.address, at=clock()))
    assert browser.log_in("another", "x").status_code == 401
    assert browser.log_in("zhen").status_code == 429
    browser.address = "10.9.9.9"
    assert browser.log_in("zhen").status_code == 303


def test_failures_are_forgotten_and_nobody_is_locked_out_for_good(browse, clock):
    browser = browse()
    for _ in range(40):
        browser.log_in("zhen", "guess")
        clock.advance(seconds=1)
    clock.advance(seconds=61)
    assert browser.log_in("zhen").status_code == 303


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (10, 60), (10_000, 60)])
def test_the_wait_grows_and_never_exceeds_a_minute(failures, seconds):
    assert staff_login.wait_after(failures, staff_login.FREE_PER_ACCOUNT).total_seconds() == seconds


def test_a_session_ends_after_fifteen_idle_minutes(browse, clock):
    browser = browse("zhen")
    clock.advance(minutes=14)
    assert browser.visit("/console/").status_code == 200
    clock.advance(minutes=16)
    assert browser.visit("/console/").headers["Location"].startswith("/console/login")


def test_a_session_ends_after_twelve_hours_however_busy(browse, clock):
    browser = browse("zhen")
    for _ in range(12 * 6 + 1):
        clock.advance(minutes=10)
        answer = browser.visit("/console/try")
    assert answer.status_code == 302


def test_a_session_is_dead_on_the_server_after_logout(browse, app):
    browser = browse("zhen")
    stolen = browser.client.get_cookie("lg_staff").value
    browser.submit("/console/logout")
    thief = app.test_client()
    thief.set_cookie("lg_staff", stolen)
    assert thief.get("/console/").status_code == 302


def test_a_login_gets_a_new_session_id_and_the_old_one_dies(browse, database):
    browser = browse("zhen")
    first = browser.client.get_cookie("lg_staff").value
    browser.client.delete_cookie("session")
    browser.visit("/console/try")
    browser.submit("/console/login", login="zhen", password=PASSWORD)
    assert browser.client.get_cookie("lg_staff").value != first
    with database.write() as session:
        assert len(session.scalars(select(StaffSession)).all()) == 1


def test_a_changed_role_or_a_disabled_account_counts_from_the_next_request(browse, database):
    browser = browse("zhen")
    with database.write() as session:
        session.execute(update(Staff).where(Staff.login == "zhen").values(active=False))
    assert browser.visit("/console/").status_code == 302


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_the_database_holds_no_token(browse, database):
    browser = browse()
    answer = browser.log_in("zhen")
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and value.startswith("lg_staff="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    with database.write() as session:
        assert browser.client.get_cookie("lg_staff").value not in session.scalars(select(StaffSession.token_hash)).all()


def test_an_address_of_another_site_is_not_followed_after_login(browse):
    for target in ("//evil.test/", "https://evil.test", "/console/../..//evil.test", "/phone"):
        browser = browse()
        browser.visit("/console/login")
        answer = browser.client.post(
            "/console/login",
            query_string={"next": target},
            data={"csrf_token": browser.token, "login": "zhen", "password": PASSWORD},
        )
        assert answer.headers["Location"] == "/console/"


def test_a_get_of_the_logout_address_changes_nothing(browse):
    browser = browse("zhen")
    browser.visit("/console/logout")
    assert browser.visit("/console/").status_code == 200


@pytest.mark.parametrize("login", ["", "\0", "' or 1=1 --", "x" * 5000, "😀", "zhen\u202e"])
def test_odd_names_are_refused_like_any_other(browse, login):
    assert browse().log_in(login, "\0" * 10).status_code == 401


def test_the_language_switch_works_before_and_after_login_and_is_remembered(app, browse):
    browser = browse()
    browser.visit("/console/login")
    browser.submit("/console/language", language="en")
    assert "Staff login" in words(browser.visit("/console/login"))
    browser.submit("/console/login", login="zhen", password=PASSWORD)
    browser.visit("/console/")
    browser.submit("/console/language", language="en", back="/console/cases")
    again = Browser(app.test_client())
    again.log_in("zhen")
    assert "To do" in words(again.visit("/console/cases"))
