"""What takes two people stays with two, and nobody comes in as another unnoticed (T8, item 8)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from backend.store.models import Staff, StaffChange
from tests.integration.console.conftest import COUNTY, HASH, TOWN, words

GOOD = "orchard-lantern-52-rain"
CODE = re.compile(r"<code>((?:[A-Z2-9]{4}-){3}[A-Z2-9]{4})</code>")


@pytest.fixture
def three(make, staff):
    """Two more county colleagues; logins xian2, xian3."""
    with make() as f:
        return {
            login: f.make_staff("county", COUNTY, login=login, name=name, password_hash=HASH).id
            for login, name in (("xian2", "窗口二号"), ("xian3", "窗口三号"))
        }


@pytest.fixture
def account(database):
    def read(login):
        with database.read() as session:
            return session.scalar(select(Staff).where(Staff.login == login))

    return read


@pytest.fixture
def question(database):
    """The newest question, if its status is the one asked for."""

    def newest(status="waiting"):
        with database.read() as session:
            found = session.scalars(select(StaffChange).order_by(StaffChange.id.desc()).limit(1)).first()
            return found.id if found and found.status == status else None

    return newest


def ask(browser, account, login, kind, **more):
    one = account(login)
    browser.visit(f"/console/people/{one.id}")
    return browser.submit(f"/console/people/{one.id}/change", version=str(one.version), kind=kind, **more)


def answer(browser, question_id, decision="approve"):
    browser.visit("/console/people")
    return browser.submit(f"/console/people/changes/{question_id}", decision=decision)


def test_an_account_two_had_to_close_takes_two_to_open_and_a_new_password(browse, three, account, question):
    first, second = browse("xian"), browse("xian2")
    ask(first, account, "xian3", "disable")
    answer(second, question())
    assert not account("xian3").active
    assert ask(first, account, "xian3", "enable").status_code == 303
    assert not account("xian3").active
    opened = answer(second, question())
    assert account("xian3").active and CODE.search(opened.text)
    assert browse().log_in("xian3").status_code == 401  # the old password serves no more


def test_a_question_dies_with_the_account_that_asked_it(browse, three, account, question):
    """Only one valid person would stand behind it."""
    first, second, third = browse("xian"), browse("xian2"), browse("xian3")
    ask(third, account, "zhen", "move", role="county", region_code=COUNTY)
    raised = question()
    ask(first, account, "xian3", "disable")
    answer(second, question())
    page = words(first.visit("/console/people"))
    assert "等同事同意的" not in page
    refused = answer(second, raised)
    assert refused.status_code == 409 and "作废了" in words(refused)
    assert account("zhen").role == "town"


@pytest.mark.parametrize("gone", [{"active": False}, {"role": "town", "region_code": TOWN}])
def test_no_approval_counts_for_an_asker_who_is_gone_however_it_came(browse, three, account, question, database, gone):
    ask(browse("xian3"), account, "zhen", "move", role="county", region_code=COUNTY)
    with database.write() as session:
        session.execute(update(Staff).where(Staff.login == "xian3").values(**gone))
    assert answer(browse("xian2"), question()).status_code == 409
    assert account("zhen").role == "town" and question("waiting")
    assert answer(browse("xian2"), question(), "refuse").status_code == 303  # but it can be put away


def test_a_question_is_too_old_after_a_week_and_can_be_asked_anew(browse, three, account, question, clock):
    ask(browse("xian"), account, "zhen", "move", role="county", region_code=COUNTY)
    old = question()
    clock.advance(days=7, seconds=1)
    second = browse("xian2")
    assert "等同事同意的" not in words(second.visit("/console/people"))
    assert answer(second, old).status_code == 409
    assert ask(browse("xian"), account, "zhen", "move", role="county", region_code=COUNTY).status_code == 303
    assert answer(second, question()).status_code == 303
    assert account("zhen").role == "county"


def test_a_question_about_an_account_is_void_once_the_account_is_another(browse, three, account, question):
    first, second = browse("xian"), browse("xian2")
    ask(first, account, "zhen", "move", role="county", region_code=COUNTY)
    raised = question()
    ask(second, account, "zhen", "disable")
    assert answer(second, raised).status_code == 409
    assert (account("zhen").role, account("zhen").active) == ("town", False)


@pytest.mark.parametrize("kind", ["reset", "reset_second", "enable"])
def test_the_owner_is_texted_when_somebody_else_opens_her_account(browse, staff, account, outgoing, database, kind):
    """T8: a manager could use the code herself; she cannot do it unnoticed."""
    with database.write() as session:
        session.execute(
            update(Staff).where(Staff.login == "cun").values(phone="+8613800001111", active=kind != "enable")
        )
    assert ask(browse("zhen"), account, "cun", kind).status_code in (200, 303)
    [text] = outgoing()
    assert text.to_number == "+8613800001111" and "田镇干" in text.body and "cun" in text.body
    assert text.message_id is None and len(text.body) < 140


def test_the_old_number_is_told_of_a_new_one(browse, staff, account, outgoing, database):
    with database.write() as session:
        session.execute(update(Staff).where(Staff.login == "cun").values(phone="+8613800001111"))
    town = browse("zhen")
    town.visit(f"/console/people/{staff['cun']}")
    edited = {"version": "1", "name": account("cun").name, "phone": "13800002222"}
    assert town.submit(f"/console/people/{staff['cun']}/edit", **edited).status_code == 303
    assert [text.to_number for text in outgoing()] == ["+8613800001111"]


def test_whoever_comes_in_reads_whose_code_set_the_password_and_from_where(browse, staff, account, clock, audited):
    town = browse("zhen")
    code = CODE.search(ask(town, account, "cun", "reset").text).group(1)
    village = browse()
    village.address = "10.9.8.7"
    village.visit("/console/login/code")
    village.submit("/console/login/code", code=code, password=GOOD, again=GOOD)
    assert audited("password_set")[0].facts["address"] == "10.9.8.7"
    village.visit("/console/login")
    assert village.submit("/console/login", login="cun", password=GOOD).status_code == 303
    page = words(village.visit("/console/"))
    assert "码由田镇干在" in page and "10.9.8.7" in page
    assert "码由田镇干在" in words(village.visit("/console/account"))
    clock.advance(days=8)
    again = browse()
    again.visit("/console/login")
    again.submit("/console/login", login="cun", password=GOOD)
    assert "码由田镇干在" not in words(again.visit("/console/"))
    assert "码由田镇干在" in words(again.visit("/console/account"))


def test_an_invitation_is_no_news_to_whoever_was_invited(browse, staff):
    town = browse("zhen")
    town.visit("/console/people")
    made = town.submit("/console/people/invite", login="xinren", name="新来的", role="village",
                       region_code="500114121002", phone="")  # fmt: skip
    newcomer = browse()
    newcomer.visit("/console/login/code")
    newcomer.submit("/console/login/code", code=CODE.search(made.text).group(1), password=GOOD, again=GOOD)
    newcomer.log_in("xinren", GOOD)
    assert "用码设的" not in words(newcomer.visit("/console/account"))


def test_where_nobody_else_is_left_an_account_is_opened_again_at_the_machine(
    database_url, staff, account, monkeypatch, tmp_path, audited
):
    from click.testing import CliRunner

    from backend import cli

    for name, value in {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "d")}.items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(cli.main, ["close-staff", "xian"]).exit_code == 0
    assert CliRunner().invoke(cli.main, ["reset-staff", "xian"]).exit_code == 0
    assert not account("xian").active
    done = CliRunner().invoke(cli.main, ["reset-staff", "xian", "--open"])
    assert done.exit_code == 0 and re.search(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", done.output), done.output
    assert account("xian").active and [event.actor for event in audited("enabled")] == ["operator"]
