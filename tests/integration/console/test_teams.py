"""Teams: who may make one, of whom, and what happens to what it had."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.store.models import Case, Team, TeamMember
from tests.integration.console.conftest import OTHER_COUNTY, TOWN, VILLAGE, words


def made(database):
    with database.read() as session:
        return session.scalars(select(Team).order_by(Team.id)).all()


def members(database, team_id):
    with database.read() as session:
        return set(session.scalars(select(TeamMember.staff_id).where(TeamMember.team_id == team_id)))


def make_team(browser, staff, region=TOWN, name="中塘帮办组", people=("zhen", "cun"), topics=("jobs", "other")):
    return browser.submit(
        "/console/teams", name=name, region=region, topic=list(topics), person=[str(staff[login]) for login in people]
    )


def test_a_town_makes_a_team_of_its_people_and_sees_it(browse, staff, database, audited):
    browser = browse("zhen")
    assert make_team(browser, staff).status_code == 303
    [team] = made(database)
    assert (team.region_code, team.topics) == (TOWN, ["jobs", "other"])
    assert members(database, team.id) == {staff["zhen"], staff["cun"]}
    page = words(browser.visit("/console/teams"))
    assert "中塘帮办组" in page
    assert "田镇干" in page
    assert len(audited("made_team")) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "  "}, "请写班组的名字"),
        ({"topics": ()}, "请至少选一类事"),
        ({"people": ()}, "请至少选一个人"),
        ({"people": ("xian",)}, "请至少选一个人"),  # of the county: not below the town's own
        ({"people": ("cun2",)}, "请至少选一个人"),  # of another town
        ({"region": OTHER_COUNTY}, "请选班组管哪里"),
    ],
)
def test_what_does_not_fit_comes_back_with_a_sentence(browse, staff, database, fields, sentence):
    answer = make_team(browse("zhen"), staff, **fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert made(database) == []


def test_a_team_of_people_who_have_never_come_in_would_answer_nobody(browse, staff, database, make):
    with make() as f:
        staff = staff | {"wei": f.make_staff("village", VILLAGE, login="wei", name="未进来", password_hash="!").id}
    browser = browse("zhen")
    assert "未进来 兴泉社区 · 还没设密码" in words(browser.visit("/console/teams"))
    answer = make_team(browser, staff, people=("wei",))
    assert answer.status_code == 422 and "都还没设密码" in words(answer)
    assert made(database) == []
    assert make_team(browser, staff, people=("wei", "cun")).status_code == 303


def test_villages_and_supervisors_keep_no_teams(browse, staff, database):
    for login in ("cun", "shi"):
        assert browse(login).visit("/console/teams").status_code == 403
        assert make_team(browse(login), staff).status_code == 403
    assert made(database) == []


def test_of_two_who_change_a_team_the_second_sees_the_first_and_keeps_her_choice(browse, staff, database):
    make_team(browse("zhen"), staff)
    [team] = made(database)
    fields = {"topic": ["jobs"], "person": [str(staff["zhen"])], "version": "1", "active": "yes"}
    assert browse("zhen").submit(f"/console/teams/{team.id}", name="甲组", **fields).status_code == 303
    late = browse("xian").submit(f"/console/teams/{team.id}", name="乙组", **fields)
    assert late.status_code == 409
    assert "同事改了这个班组" in words(late)
    assert "甲组" in words(late)
    assert 'value="乙组"' in late.text
    assert members(database, team.id) == {staff["zhen"]}


def test_a_team_of_elsewhere_is_not_there(browse, staff, database):
    make_team(browse("zhen"), staff)
    [team] = made(database)
    fields = {"name": "x", "topic": "jobs", "person": str(staff["weining"]), "version": "1", "active": "yes"}
    assert browse("weining").submit(f"/console/teams/{team.id}", **fields).status_code == 404
    assert "中塘帮办组" not in browse("weining").visit("/console/teams").text


def test_what_a_team_had_is_everybodys_when_it_is_let_go(browse, staff, database, make):
    make_team(browse("zhen"), staff)
    [team] = made(database)
    with make() as f:
        f.session.add(Case(kind="policy", priority=3, summary="", details={}, region_code=VILLAGE, opened_at=f.now,
                           due_at=f.now, assigned_to_team=team.id))  # fmt: skip
    browse("zhen").submit(f"/console/teams/{team.id}", name="中塘帮办组", topic="jobs", person=str(staff["zhen"]),
                          version="1", active="no")  # fmt: skip
    with database.read() as session:
        assert session.scalars(select(Case.assigned_to_team)).one() is None
        assert session.scalars(select(Team.active)).one() is False
