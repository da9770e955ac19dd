"""The second factor: set up, asked for, each code once, slowed down, required where it is (RFC 6238, item 8)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from backend.services import second_factor
from backend.store.models import RecoveryCode, Staff, StaffSession
from tests.integration.console.conftest import PASSWORD, words


def enrol(browser, clock):
    """Set the second factor up; returns the app and the paper codes."""
    browser.visit("/console/account/second-factor")
    assert browser.submit("/console/account/second-factor/begin", password=PASSWORD).status_code == 303
    page = browser.visit("/console/account/second-factor")
    secret = "".join(re.search(r"<code>((?:[A-Z2-7]{4} ?)+)</code>", page.text).group(1).split())
    app = pyotp.TOTP(secret)
    done = browser.submit("/console/account/second-factor/prove", totp_code=app.at(clock()))
    assert done.status_code == 200, words(done)
    return app, re.findall(r"<code>((?:[A-Z2-9]{4}-){2}[A-Z2-9]{4})</code>", done.text)


@pytest.fixture
def enrolled(browse, clock):
    browser = browse("xian")
    app, paper = enrol(browser, clock)
    clock.advance(seconds=60)
    return app, paper


def first_half(browse):
    browser = browse()
    answer = browser.log_in("xian")
    assert answer.status_code == 303 and "/console/login/second" in answer.headers["Location"]
    browser.visit("/console/login/second")
    return browser


def test_after_the_password_comes_the_code_and_only_then_the_console(browse, enrolled, clock):
    browser = first_half(browse)
    half = browser.client.get_cookie("lg_staff").value
    assert browser.visit("/console/account").headers["Location"].startswith("/console/login")
    browser.visit("/console/login/second")
    assert browser.submit("/console/login/second", totp_code=enrolled[0].at(clock())).status_code == 303
    assert browser.visit("/console/account").status_code == 200
    assert browser.client.get_cookie("lg_staff").value != half  # a new id (T9)


@pytest.mark.parametrize(("off_s", "status"), [(-60, 401), (-30, 303), (0, 303), (30, 303), (60, 401)])
def test_a_code_of_the_half_minute_before_or_after_serves_too(browse, enrolled, clock, off_s, status):
    browser = first_half(browse)
    code = enrolled[0].at(clock() + timedelta(seconds=off_s))
    assert browser.submit("/console/login/second", totp_code=code).status_code == status


def test_each_code_serves_once(browse, enrolled, clock):
    code = enrolled[0].at(clock())
    assert first_half(browse).submit("/console/login/second", totp_code=code).status_code == 303
    again = first_half(browse)
    assert again.submit("/console/login/second", totp_code=code).status_code == 401
    # Nor does an older one that was never used: it may have been looked at over a shoulder.
    older = enrolled[0].at(clock() - timedelta(seconds=30))
    assert again.submit("/console/login/second", totp_code=older).status_code == 401


def test_a_paper_code_stands_in_once(browse, enrolled, database, clock):
    paper = enrolled[1]
    assert len(set(paper)) == 10
    with database.read() as session:
        kept = str(session.scalars(select(RecoveryCode.code_hash)).all())
    assert not any(code.replace("-", "") in kept for code in paper)
    browser = first_half(browse)
    assert browser.submit("/console/login/second", totp_code=paper[3].lower().replace("-", " ")).status_code == 303
    assert "还剩9个" in words(browser.visit("/console/account"))
    assert first_half(browse).submit("/console/login/second", totp_code=paper[3]).status_code == 401


def test_guessing_codes_is_slowed_like_guessing_passwords(browse, enrolled, clock):
    browser = first_half(browse)
    answers = [browser.submit("/console/login/second", totp_code=f"{number:06}").status_code for number in range(8)]
    assert answers[:5] == [401] * 5 and answers[-1] == 429
    clock.advance(seconds=61)
    assert browser.submit("/console/login/second", totp_code=enrolled[0].at(clock())).status_code == 303


def test_a_first_half_is_over_after_five_minutes(browse, enrolled, clock):
    browser = first_half(browse)
    clock.advance(minutes=5, seconds=1)
    answer = browser.submit("/console/login/second", totp_code=enrolled[0].at(clock()))
    assert answer.headers["Location"] == "/console/login"
    assert "再登录一次" in words(browser.visit("/console/login"))


def test_the_second_page_without_a_first_half_leads_to_the_first(browse):
    browser = browse()
    assert browser.visit("/console/login/second").headers["Location"] == "/console/login"
    browser.visit("/console/login")
    assert browser.submit("/console/login/second", totp_code="000000").headers["Location"] == "/console/login"


@pytest.mark.parametrize("code", ["", "\0", "１２３４５６", "000000 000000", "'; --", "x" * 4000, "😀"])
def test_odd_codes_are_refused_like_any_other(browse, enrolled, code):
    assert first_half(browse).submit("/console/login/second", totp_code=code).status_code == 401


def test_the_database_alone_makes_no_codes(browse, enrolled, database, deps):
    """The seed is not the secret: without SECRET_KEY it opens nothing."""
    with database.read() as session:
        staff = session.scalars(select(Staff).where(Staff.login == "xian")).one()
        kept = str(session.execute(select(Staff.__table__)).all())
    assert enrolled[0].secret not in kept
    other = replace(deps, settings=replace(deps.settings, secret_key="another key altogether"))
    assert second_factor._secret(other, staff) != second_factor._secret(deps, staff) == enrolled[0].secret


def test_the_picture_holds_what_the_app_reads_and_is_there_only_while_setting_up(browse, clock):
    browser = browse("xian")
    assert browser.visit("/console/account/second-factor/picture.svg").status_code == 404
    browser.visit("/console/account/second-factor")
    browser.submit("/console/account/second-factor/begin", password=PASSWORD)
    picture = browser.visit("/console/account/second-factor/picture.svg")
    assert picture.mimetype == "image/svg+xml" and picture.headers["Cache-Control"] == "no-store"
    assert read_code(picture.get_data()).startswith("otpauth://totp/")
    enrol(browser, clock)
    assert browser.visit("/console/account/second-factor/picture.svg").status_code == 404


def read_code(svg: bytes) -> str:
    """The words of a QR code drawn as one SVG path of horizontal strokes."""
    import io

    import segno

    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed")
    from PIL import Image

    size = int(re.search(rb'width="(\d+)"', svg).group(1)) // 6
    grid = [[255] * size for _ in range(size)]
    path = re.search(rb' d="([^"]+)"', svg).group(1).decode()
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmhl])\s*([-0-9. ]+)", path):
        values = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = values[0], values[1]
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for step in range(int(values[0])):
                grid[int(y)][int(x) + step] = 0
            x += values[0]
    assert segno
    image = Image.new("L", (size, size))
    image.putdata([value for row in grid for value in row])
    buffer = io.BytesIO()
    image.resize((size * 8, size * 8), Image.Resampling.NEAREST).save(buffer, "PNG")
    found = zxingcpp.read_barcodes(Image.open(buffer))
    return str(found[0].text)


def test_setting_up_and_taking_off_ask_for_the_password_again(browse, enrolled, clock):
    browser = browse("cun")
    browser.visit("/console/account/second-factor")
    assert browser.submit("/console/account/second-factor/begin", password="guess").status_code == 401
    browser = first_half(browse)
    browser.submit("/console/login/second", totp_code=enrolled[0].at(clock()))
    browser.visit("/console/account/second-factor")
    paper = enrolled[1]
    for act in ("off", "paper"):
        wrong = browser.submit(f"/console/account/second-factor/{act}", password="guess", totp_code=paper[0])
        assert wrong.status_code == 401
    assert browser.submit("/console/account/second-factor/begin", password=PASSWORD).status_code == 409
    clock.advance(seconds=60)
    fresh = browser.submit("/console/account/second-factor/paper", password=PASSWORD, totp_code=enrolled[0].at(clock()))
    codes = re.findall(r"<code>((?:[A-Z2-9]{4}-){2}[A-Z2-9]{4})</code>", fresh.text)
    assert len(codes) == 10 and not set(codes) & set(paper)
    assert (
        browser.submit("/console/account/second-factor/off", password=PASSWORD, totp_code=codes[0]).status_code == 303
    )
    assert browse().log_in("xian").headers["Location"] == "/console/"


@pytest.mark.parametrize("act", ["off", "paper"])
def test_an_open_session_and_the_password_are_not_enough_to_replace_the_second_factor(
    browse, enrolled, clock, act, database, audited
):
    """T9: whoever sits down at a colleague's screen and looked over her shoulder."""
    browser = first_half(browse)
    code = enrolled[0].at(clock())
    browser.submit("/console/login/second", totp_code=code)
    browser.visit("/console/account/second-factor")
    for typed in ("", "000000", code):  # nothing, a guess, and the one she came in with
        answer = browser.submit(f"/console/account/second-factor/{act}", password=PASSWORD, totp_code=typed)
        assert answer.status_code == 401 and "验证码不对" in words(answer)
    assert browser.submit(f"/console/account/second-factor/{act}", password=PASSWORD).status_code == 400
    for number in range(6):
        answer = browser.submit(f"/console/account/second-factor/{act}", password=PASSWORD, totp_code=f"{number:06}")
    assert answer.status_code == 429
    with database.read() as session:
        left = session.scalars(select(RecoveryCode.id).where(RecoveryCode.used_at.is_(None))).all()
        assert session.scalars(select(Staff).where(Staff.login == "xian")).one().totp_since and len(left) == 10
    assert audited("second_factor_off") == audited("second_factor_codes") == []


def test_who_was_in_with_the_password_alone_is_out_once_the_second_factor_counts(browse, clock, database):
    before, here = browse("xian"), browse("xian")
    enrol(here, clock)
    assert before.visit("/console/account").status_code == 302
    assert here.visit("/console/account").status_code == 200
    with database.read() as session:
        assert len(session.scalars(select(StaffSession.token_hash)).all()) == 1


def test_where_it_is_required_nothing_else_opens_until_it_is_set_up(browse, deps, clock, audited):
    """STAFF_TOTP=required: everybody who sees more than one village; a village logs in as before."""
    deps.settings = replace(deps.settings, staff_totp="required")
    county = browse("xian")
    for page in ("", "workers", "account", "audit"):
        assert county.visit(f"/console/{page}").headers["Location"] == "/console/account/second-factor"
    county.visit("/console/account/second-factor")
    assert county.submit("/console/account/phone", phone="").headers["Location"] == "/console/account/second-factor"
    enrol(county, clock)
    assert county.visit("/console/workers").status_code == 200
    assert [event.verb for event in audited("second_factor_on")] == ["second_factor_on"]
    assert browse("cun").visit("/console/workers").status_code == 200
    for login in ("zhen", "shi"):
        assert browse(login).visit("/console/workers").headers["Location"] == "/console/account/second-factor"


def test_a_colleague_in_charge_takes_a_lost_second_factor_off(browse, staff, clock):
    village = browse("cun")
    enrol(village, clock)
    town = browse("zhen")
    town.visit(f"/console/people/{staff['cun']}")
    answer = town.submit(f"/console/people/{staff['cun']}/change", version="1", kind="reset_second")
    assert answer.status_code == 303
    assert village.visit("/console/account").status_code == 302
    assert browse().log_in("cun").headers["Location"] == "/console/"
