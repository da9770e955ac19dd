"""Accounts: invited, set back, moved, closed; what is too much for one takes two (T8, T9, item 8)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from backend.store.models import Staff, StaffChange, StaffCode
from tests.integration.console.conftest import COUNTY, HASH, OTHER_VILLAGE, PASSWORD, TOWN, VILLAGE, words

GOOD = "orchard-lantern-52-rain"
CODE = re.compile(r"<code>((?:[A-Z2-9]{4}-){3}[A-Z2-9]{4})</code>")
NEW = {"login": "xinren", "name": "新来的", "role": "village", "region_code": VILLAGE, "phone": ""}


@pytest.fixture
def account(database):
    def read(login):
        with database.read() as session:
            return session.scalar(select(Staff).where(Staff.login == login))

    return read


@pytest.fixture
def second_county(make, staff):
    """Another county colleague, the one who approves."""
    with make() as f:
        return f.make_staff("county", COUNTY, login="xian2", name="窗口二号", password_hash=HASH).id


def card(browser, staff_id):
    browser.visit(f"/console/people/{staff_id}")
    return f"/console/people/{staff_id}"


def version_of(account, login):
    return str(account(login).version)


def invited(browser, **more):
    browser.visit("/console/people")
    answer = browser.submit("/console/people/invite", **{**NEW, **more})
    assert answer.status_code == 200, words(answer)
    return CODE.search(answer.text).group(1)


def test_an_invited_colleague_sets_a_password_and_is_in(browse, account, database, audited):
    town = browse("zhen")
    code = invited(town)
    assert account("xinren").password_hash == "!"
    with database.read() as session:
        assert code not in str(session.scalars(select(StaffCode.code_hash)).all())
    newcomer = browse()
    newcomer.visit("/console/login/code")
    answer = newcomer.submit("/console/login/code", code=f" {code.lower()} ", password=GOOD, again=GOOD)
    assert answer.status_code == 303
    assert newcomer.log_in("xinren", GOOD).status_code == 303
    assert "新来的" in words(newcomer.visit("/console/account"))
    assert [event.facts["role"] for event in audited("invited")] == ["village"]
    again = browse()
    again.visit("/console/login/code")
    assert again.submit("/console/login/code", code=code, password=GOOD, again=GOOD).status_code == 401


def test_a_code_serves_three_days_and_a_newer_one_takes_its_place(browse, account, clock):
    town = browse("zhen")
    old = invited(town)
    staff_id = account("xinren").id
    place = card(town, staff_id)
    answer = town.submit(f"{place}/change", version=version_of(account, "xinren"), kind="reset")
    newer = CODE.search(answer.text).group(1)
    newcomer = browse()
    newcomer.visit("/console/login/code")
    assert newcomer.submit("/console/login/code", code=old, password=GOOD, again=GOOD).status_code == 401
    clock.advance(days=3, seconds=1)
    newcomer.visit("/console/login/code")
    assert newcomer.submit("/console/login/code", code=newer, password=GOOD, again=GOOD).status_code == 401


@pytest.mark.parametrize(("password", "again", "said"), [("short-one", "short-one", "太短"), ("password123456", "password123456", "太常见"),
                                                          ("xinren-xinren", "xinren-xinren", "自己的账号"), (GOOD, GOOD + "x", "不一样")])  # fmt: skip
def test_a_weak_password_is_refused_and_the_code_still_serves(browse, password, again, said):
    code, newcomer = invited(browse("zhen")), browse()
    newcomer.visit("/console/login/code")
    answer = newcomer.submit("/console/login/code", code=code, password=password, again=again)
    assert answer.status_code == 422 and said in words(answer) and code in answer.text
    assert newcomer.submit("/console/login/code", code=code, password=GOOD, again=GOOD).status_code == 303


def test_what_does_not_fit_is_said_beside_its_field_and_what_was_typed_stays(browse):
    browser = browse("zhen")
    browser.visit("/console/people")
    for given, said in (
        ({"login": "zhen"}, "已经有人用了"), ({"login": "王 五"}, "小写字母"), ({"name": " "}, "写上姓名"), ({"phone": "12"}, "不是能打通"),
        ({"role": "town"}, "不能给"), ({"role": "county"}, "不能给"), ({"region_code": TOWN}, "对不上"),
        ({"region_code": OTHER_VILLAGE}, "对不上"), ({"name": "长" * 20_000}, "最多40个字"),
    ):  # fmt: skip
        answer = browser.submit("/console/people/invite", **{**NEW, **given})
        assert answer.status_code == 422 and said in words(answer), given
        assert 'value="xinren"' in answer.text or "login" in given


def test_only_who_looks_after_accounts_sees_them(browse, staff):
    for login in ("cun", "shi"):
        browser = browse(login)
        assert browser.visit("/console/people").status_code == 403
        assert browser.visit(f"/console/people/{staff['cun']}").status_code == 403
        assert "人员" not in words(browser.visit("/console/account")).split("退出")[1]
        assert browser.submit("/console/people/invite", **NEW).status_code == 403


def test_one_sees_the_accounts_of_ones_own_region_and_below(browse, staff):
    page = words(browse("zhen").visit("/console/people"))
    assert "冉村官" in page and "田镇干" in page
    assert "石村官" not in page and "黔江窗口" not in page and "威宁" not in page
    assert browse("zhen").visit(f"/console/people/{staff['cun2']}").status_code == 404
    page = words(browse("xian").visit("/console/people?words=村官"))
    assert "石村官" in page and "田镇干" not in page


def test_a_disabled_account_is_out_at_once_and_can_be_opened_again(browse, staff, account):
    village, town = browse("cun"), browse("zhen")
    place = card(town, staff["cun"])
    assert town.submit(f"{place}/change", version="1", kind="disable").status_code == 303
    assert village.visit("/console/account").status_code == 302
    assert browse().log_in("cun").status_code == 401
    opened = town.submit(f"{place}/change", version="2", kind="enable")
    # Not with the old password: nobody knows who learnt it meanwhile.
    assert browse().log_in("cun").status_code == 401
    village.visit("/console/login/code")
    code = CODE.search(opened.text).group(1)
    assert village.submit("/console/login/code", code=code, password=GOOD, again=GOOD).status_code == 303
    assert village.log_in("cun", GOOD).status_code == 303
    assert town.submit(f"{place}/change", version="3", kind="enable").status_code == 409  # open already


def test_an_open_code_dies_with_the_account(browse, account):
    town = browse("zhen")
    code = invited(town)
    place = card(town, account("xinren").id)
    assert town.submit(f"{place}/change", version="1", kind="disable").status_code == 303
    newcomer = browse()
    newcomer.visit("/console/login/code")
    assert newcomer.submit("/console/login/code", code=code, password=GOOD, again=GOOD).status_code == 401


def test_a_reset_ends_every_session_and_the_old_password(browse, staff):
    village, town = browse("cun"), browse("zhen")
    place = card(town, staff["cun"])
    answer = town.submit(f"{place}/change", version="1", kind="reset")
    code = CODE.search(answer.text).group(1)
    assert village.visit("/console/account").status_code == 302
    assert browse().log_in("cun").status_code == 401
    village.visit("/console/login/code")
    assert village.submit("/console/login/code", code=code, password=GOOD, again=GOOD).status_code == 303
    assert village.log_in("cun", GOOD).status_code == 303


def test_a_move_counts_at_once_and_under_a_new_session(browse, staff, account, audited):
    village, county = browse("cun"), browse("xian")
    place = card(county, staff["cun"])
    answer = county.submit(f"{place}/change", version="1", kind="move", role="town", region_code=TOWN)
    assert answer.status_code == 303
    assert (account("cun").role, account("cun").region_code) == ("town", TOWN)
    assert village.visit("/console/account").status_code == 302
    assert audited("moved")[0].facts == {"was": ["village", VILLAGE], "became": ["town", TOWN]}


def test_a_raise_to_the_county_takes_a_second_pair_of_eyes(browse, staff, second_county, account, database):
    """T8: neither who asks nor whom it is about approves."""
    asker, other = browse("xian"), browse("xian2")
    place = card(asker, staff["zhen"])
    assert (
        asker.submit(f"{place}/change", version="1", kind="move", role="county", region_code=COUNTY).status_code == 303
    )
    assert account("zhen").role == "town"
    with database.read() as session:
        change = session.scalars(select(StaffChange.id)).one()
    assert asker.submit(f"/console/people/changes/{change}", decision="approve").status_code == 403
    assert "同意" not in re.findall(r"<button[^>]*>([^<]*)<", asker.visit("/console/people").text)
    assert browse("zhen").submit(f"/console/people/changes/{change}", decision="approve").status_code == 403
    assert browse("weining").submit(f"/console/people/changes/{change}", decision="approve").status_code == 404
    assert account("zhen").role == "town"
    other.visit("/console/people")
    assert other.submit(f"/console/people/changes/{change}", decision="approve").status_code == 303
    assert account("zhen").role == "county"
    assert other.submit(f"/console/people/changes/{change}", decision="approve").status_code == 409


def test_ones_own_role_is_for_another_to_decide(browse, staff, second_county, account, database):
    me = browse("xian")
    place = card(me, staff["xian"])
    assert me.submit(f"{place}/change", version="1", kind="move", role="town", region_code=TOWN).status_code == 303
    assert account("xian").role == "county"
    with database.read() as session:
        change = session.scalars(select(StaffChange.id)).one()
    assert me.submit(f"/console/people/changes/{change}", decision="approve").status_code == 403
    other = browse("xian2")
    other.visit("/console/people")
    assert other.submit(f"/console/people/changes/{change}", decision="refuse").status_code == 303
    assert account("xian").role == "county"
    for kind in ("disable", "reset", "reset_second"):
        assert me.submit(f"{place}/change", version="1", kind=kind).status_code == 403


def test_the_last_who_looks_after_a_county_stays(browse, staff, second_county, account, database):
    me = browse("xian")
    place = card(me, second_county)
    assert (
        me.submit(f"{place}/change", version="1", kind="disable").status_code == 303
    )  # asked: there would be one left
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == second_county).values(active=False))
    own = card(me, staff["xian"])
    refused = me.submit(f"{own}/change", version="1", kind="move", role="town", region_code=TOWN)
    assert refused.status_code == 409 and "最后一个" in words(refused)


def test_approving_cannot_leave_a_county_without_anybody(browse, staff, second_county, make, database):
    with make() as f:
        f.make_staff("county", COUNTY, login="xian3", name="窗口三号", password_hash=HASH)
    first, second, third = browse("xian"), browse("xian2"), browse("xian3")
    first.submit(f"{card(first, second_county)}/change", version="1", kind="disable")
    with database.read() as session:
        change = session.scalars(select(StaffChange.id)).one()
        third_id = session.scalar(select(Staff.id).where(Staff.login == "xian3"))
    # Meanwhile the others have gone.
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == staff["xian"]).values(active=False))
    assert second.visit("/console/people").status_code == 200
    third.visit("/console/people")
    # Whoever asked is gone: one person alone does not close a colleague's account.
    assert third.submit(f"/console/people/changes/{change}", decision="approve").status_code == 409
    with database.read() as session:
        assert session.get_one(Staff, third_id).active and session.get_one(Staff, second_county).active


def test_two_managers_do_not_overwrite_each_other(browse, staff, account):
    """C5."""
    one, two = browse("zhen"), browse("xian")
    place = card(one, staff["cun"])
    card(two, staff["cun"])
    assert two.submit(f"{place}/edit", version="1", name="冉新名", phone="").status_code == 303
    late = one.submit(f"{place}/edit", version="1", name="冉我写的", phone="13800001111")
    assert late.status_code == 409
    assert "冉新名" in words(late) and 'value="冉我写的"' in late.text and 'value="13800001111"' in late.text
    assert account("cun").name == "冉新名"


def test_unknown_fields_raise_nobody(browse, staff, account):
    """T8: mass assignment."""
    town = browse("zhen")
    place = card(town, staff["cun"])
    assert town.submit(f"{place}/edit", version="1", name="冉", phone="", role="county").status_code == 400
    assert (
        town.submit(f"{place}/change", version="1", kind="move", role="county", region_code=COUNTY).status_code == 422
    )
    assert (
        town.submit(f"{place}/change", version="1", kind="move", role="province", region_code="50").status_code == 422
    )
    assert town.submit(f"{place}/change", version="1", kind="delete").status_code == 400
    assert town.submit(f"{place}/change", version="x", kind="disable").status_code == 400
    assert account("cun").role == "village"


def test_sessions_are_listed_with_their_device_and_ended_one_by_one(browse, staff, database):
    agent = "Mozilla/5.0 (Linux; Android 13; M2012) AppleWebKit/537.36 Chrome/108 Mobile MicroMessenger/8.0"
    here, there = browse("cun"), browse()
    there.client.environ_base["HTTP_USER_AGENT"] = agent
    assert there.log_in("cun").status_code == 303
    page = here.visit("/console/account")
    assert "安卓手机 · 微信" in words(page) and "就是这里" in words(page)
    [handle] = re.findall(r'name="session" value="([0-9a-f]{16})"', page.text)
    assert here.submit("/console/account/sessions/end", session=handle).status_code == 303
    assert there.visit("/console/account").status_code == 302
    assert here.visit("/console/account").status_code == 200
    town = browse("zhen")
    page = town.visit(f"/console/people/{staff['cun']}")
    [handle] = re.findall(r'name="session" value="([0-9a-f]{16})"', page.text)
    assert town.submit(f"/console/people/{staff['cun']}/sessions/end", session=handle).status_code == 303
    assert here.visit("/console/account").status_code == 302


def test_nobody_ends_the_sessions_of_others_people(browse, staff):
    town = browse("zhen")
    browse("cun2"), browse("xian")
    for other in ("cun2", "xian"):
        answer = town.submit(f"/console/people/{staff[other]}/sessions/end", session="0" * 16)
        assert answer.status_code == 404
    assert town.submit("/console/account/sessions/end", session="%").status_code == 404
    assert town.submit("/console/account/sessions/end", session="").status_code == 404


def test_all_other_sessions_end_and_this_one_stays(browse):
    here, there = browse("cun"), browse("cun")
    here.visit("/console/account")
    assert here.submit("/console/account/sessions/end-others").status_code == 303
    assert here.visit("/console/account").status_code == 200
    assert there.visit("/console/account").status_code == 302


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(browse, database):
    """T9."""
    here, there = browse("cun"), browse("cun")
    here.visit("/console/account")
    before = here.client.get_cookie("lg_staff").value
    wrong = here.submit("/console/account/password", password="not-mine-at-all", new_password=GOOD, again=GOOD)
    assert wrong.status_code == 401
    for weak, said in (("aaaaaaaaaaaa", "太常见"), (PASSWORD, "和旧的一样")):
        answer = here.submit("/console/account/password", password=PASSWORD, new_password=weak, again=weak)
        assert answer.status_code == 422 and said in words(answer)
    done = here.submit("/console/account/password", password=PASSWORD, new_password=GOOD, again=GOOD)
    assert done.status_code == 303
    assert here.client.get_cookie("lg_staff").value != before
    assert here.visit("/console/account").status_code == 200
    assert there.visit("/console/account").status_code == 302
    assert browse().log_in("cun", GOOD).status_code == 303
    with database.read() as session:
        assert GOOD not in str(session.execute(select(Staff.__table__)).all())


def test_guessing_at_the_password_inside_is_slowed_as_outside(browse):
    here = browse("cun")
    here.visit("/console/account")
    answers = [
        here.submit("/console/account/password", password="guess-guess", new_password=GOOD, again=GOOD).status_code
        for _ in range(7)
    ]
    assert answers[:5] == [401] * 5 and answers[-1] == 429


def test_ones_own_phone_is_kept_and_a_wrong_one_stays_in_the_form(browse, account):
    here = browse("cun")
    here.visit("/console/account")
    refused = here.submit("/console/account/phone", phone="110x")
    assert refused.status_code == 422 and 'value="110x"' in refused.text
    assert here.submit("/console/account/phone", phone="138 0000 1234").status_code == 303
    assert account("cun").phone == "+8613800001234"


def test_the_county_makes_operators_and_auditors_and_they_see_what_is_theirs(browse, account):
    county = browse("xian")
    for role in ("operator", "auditor"):
        code = invited(county, login=f"new-{role}", role=role, region_code=COUNTY)
        newcomer = browse()
        newcomer.visit("/console/login/code")
        newcomer.submit("/console/login/code", code=code, password=GOOD, again=GOOD)
        assert newcomer.log_in(f"new-{role}", GOOD).status_code == 303
        seen = words(newcomer.visit("/console/account"))
        assert ("操作记录" in seen) == (role == "auditor") and "人员" not in seen.split("退出")[1]


def test_a_hash_of_older_cost_is_renewed_at_the_next_login(browse, database, account):
    from argon2 import PasswordHasher

    with database.write() as session:
        old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        session.execute(update(Staff).where(Staff.login == "cun").values(password_hash=old))
    assert browse().log_in("cun").status_code == 303
    assert account("cun").password_hash != old
    assert browse().log_in("cun").status_code == 303


def test_the_first_county_account_can_be_made_at_the_machine_with_a_code(
    database_url, database, make, monkeypatch, tmp_path
):
    from click.testing import CliRunner

    from backend import cli

    with make() as f:
        f.make_region(COUNTY)
    for name, value in {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "d")}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(
        cli.main, ["invite-staff", "first", "--name", "头一个", "--role", "county", "--region", COUNTY]
    )
    assert done.exit_code == 0, done.output
    assert re.search(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", done.output)
    weak = CliRunner().invoke(cli.main, ["set-password", "first"], input="password123456\npassword123456\n")
    assert weak.exit_code == 1
