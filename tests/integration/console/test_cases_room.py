"""The cases room: filters by address, pages by key, passing on; the lists are answered from an index."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.services.hand_over import holding
from backend.store.models import Case, Team, TeamMember
from backend.store.queries import cases_room
from backend.store.queries.cases_room import Filters
from tests.integration.console.conftest import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE, words


@pytest.fixture
def open_case(make, staff):
    def made(kind="policy", region=VILLAGE, **more):
        with make() as f:
            fields = {"priority": 3, "summary": kind, "details": {}, "opened_at": f.now, "due_at": f.now}
            case = Case(kind=kind, region_code=region, **{**fields, **more})
            f.session.add(case)
            f.session.flush()
            return case.id

    return made


@pytest.fixture
def team(make, staff):
    with make() as f:
        made = Team(name="中塘帮办组", region_code=TOWN, topics=["other"], version=1, created_at=f.now)
        f.session.add(made)
        f.session.flush()
        f.session.add(TeamMember(team_id=made.id, staff_id=staff["zhen"]))
        return made.id


def listed(browser, query=""):
    page = browser.visit(f"/console/cases{query}")
    assert page.status_code == 200
    return [int(found) for found in re.findall(r'class="row" href="/console/cases/(\d+)"', page.text)]


def test_each_filter_narrows_the_list_and_they_combine(browse, open_case, team, make, clock):
    late = open_case("training", due_at=clock() - timedelta(days=1))
    urgent = open_case("injury", priority=1)
    far = open_case("policy", region=OTHER_VILLAGE)
    teams = open_case("policy", assigned_to_team=team, due_at=clock() + timedelta(days=1))
    browser = browse("xian")
    assert listed(browser) == [urgent, late, far, teams]
    assert listed(browser, "?priority=1") == [urgent]
    assert listed(browser, "?kind=policy") == [far, teams]
    assert listed(browser, f"?place={TOWN}&kind=policy") == [teams]
    assert listed(browser, "?place=520526") == [urgent, late, far, teams]  # not the reader's: not asked
    assert listed(browse("zhen"), "?who=mine") == [teams]
    clock.advance(minutes=1)
    assert listed(browse("zhen"), "?late=yes&kind=training") == [late]
    for nonsense in (
        "?priority=9",
        "?kind=x",
        "?place='--",
        "?after=1-2-x",
        "?after=9-9999999999999999-1",
        "?status=?",
    ):
        assert len(listed(browse("zhen"), nonsense)) <= 3


@pytest.mark.parametrize("status", ["open", "closed"])
def test_pages_go_on_by_key_without_losing_or_repeating_any(browse, open_case, make, clock, status):
    for number in range(65):
        at = clock() + timedelta(minutes=number % 7, microseconds=number)
        open_case(priority=1 + number % 3, due_at=at, status=status, closed_at=at if status == "closed" else None)
    browser, path, seen = browse("cun"), f"?status={status}", []
    while path:
        page = browser.visit(f"/console/cases{path}")
        seen += re.findall(r'class="row" href="/console/cases/(\d+)"', page.text)
        following = re.search(r'rel="next" href="/console/cases([^"]+)"', page.text)
        path = html.unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == 65


def test_a_village_sees_its_own_and_a_stranger_belongs_to_the_home_county(browse, open_case):
    here, there, stranger = open_case(), open_case(region=OTHER_VILLAGE), open_case(region=None)
    assert listed(browse("cun")) == [here]
    assert listed(browse("xian")) == [here, there, stranger]
    assert listed(browse("weining")) == []
    assert listed(browse("shi")) == [here, there, stranger]


def test_counts_stop_at_a_hundred(browse, open_case, make, database):
    with make() as f:
        f.session.add_all(
            Case(kind="policy", priority=3, summary="", details={}, region_code=VILLAGE, opened_at=f.now, due_at=f.now)
            for _ in range(120)
        )
    assert "99+" in words(browse("cun").visit("/console/cases"))


def test_a_case_is_passed_on_with_a_word_that_the_next_one_reads_first(browse, open_case, staff, database, audited):
    case = open_case()
    browser = browse("cun")
    browser.submit(f"/console/cases/{case}/take")
    with database.read() as session:
        seen = holding(session.get(Case, case))
    pass_on = f"/console/cases/{case}/pass-on"
    assert browser.submit(pass_on, to=f"staff:{staff['zhen']}", comment="资料在我这里", seen=seen).status_code == 303
    page = words(browse("zhen").visit(f"/console/cases/{case}"))
    assert "资料在我这里" in page
    assert "您在办这件事" in page
    assert audited("passed_on")[0].facts == {"to_staff": staff["zhen"], "to_team": None}
    late = browser.submit(pass_on, to=f"staff:{staff['xian']}", comment="再转", seen=seen)
    assert late.status_code == 409
    assert "田镇干已经接过去了" in words(late)
    assert "再转" in late.text


def test_passed_to_a_team_it_is_open_again_for_anybody_of_it(browse, open_case, team, staff, database):
    case = open_case("handoff", priority=1)
    browser = browse("cun")
    answer = browser.submit(f"/console/cases/{case}/pass-on", to=f"team:{team}", comment="", seen="0.0.0")
    assert answer.status_code == 303
    with database.read() as session:
        found = session.get(Case, case)
        assert (found.status, found.assigned_to_team) == ("open", team)
        assert found.waits_since is not None
    assert listed(browse("zhen"), "?who=mine") == [case]


def test_a_closed_case_cannot_be_passed_on_and_words_for_closing_are_kept(browse, open_case, staff):
    case = open_case()
    browse("zhen").submit(f"/console/cases/{case}/take")
    late = browse("cun").submit(f"/console/cases/{case}/close", resolution="打过电话了")
    assert late.status_code == 409
    assert "同事已经接手了" in words(late)
    assert "打过电话了" in late.text
    browse("zhen").submit(f"/console/cases/{case}/close", resolution="好了")
    answer = browse("cun").submit(
        f"/console/cases/{case}/pass-on", to=f"staff:{staff['zhen']}", comment="", seen="0.0.0"
    )
    assert answer.status_code == 409
    assert "已经办结" in words(answer)


@pytest.mark.parametrize("region", [COUNTY, TOWN, VILLAGE])
@pytest.mark.parametrize("status", ["open", "closed"])
def test_a_page_is_read_from_an_index_in_its_own_order(database, make, region, status):
    """No page may grow with the total: no scan of the table, no sort of what lies in the region."""
    with make() as f:
        f.make_region(VILLAGE)
        f.make_region(OTHER_VILLAGE)
        f.session.add_all(
            Case(kind="policy", priority=1 + n % 3, summary="", details={}, status=status, closed_at=f.now,
                 region_code=VILLAGE if n % 10 else OTHER_VILLAGE, opened_at=f.now,
                 due_at=f.now + timedelta(minutes=n))
            for n in range(3000)
        )  # fmt: skip
    with database.write() as session:
        session.execute(text("ANALYZE"))
    plans = []
    with database.read() as session:
        from sqlalchemy import event

        def explain(connection, cursor, statement, parameters, context, many):
            if "FROM cases" in statement and "EXPLAIN" not in statement:
                plans.append((statement, parameters))

        event.listen(session.connection(), "before_cursor_execute", explain)
        cases_room.page(session, region, "500114", Filters(status=status), me=1, teams=[], now=database_now(make))
        event.remove(session.connection(), "before_cursor_execute", explain)
        statement, parameters = plans[0]
        word = "EXPLAIN" if database.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        rows = session.connection().exec_driver_sql(f"{word} {statement}", parameters).all()
    plan = "\n".join(str(tuple(row)) for row in rows)
    assert "ix_cases_" in plan
    assert "Seq Scan on cases" not in plan
    assert "SCAN cases" not in plan.replace("SCAN cases USING INDEX", "")
    assert "Sort" not in plan.replace("Incremental Sort", "")
    assert "TEMP B-TREE" not in plan


def database_now(make):
    with make() as f:
        return f.now
