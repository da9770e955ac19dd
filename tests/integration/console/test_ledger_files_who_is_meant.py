"""Whom a row of a file of employers means: never another's name or number in its place, never one twice (L03, E02)."""

from __future__ import annotations

import pytest

from backend.services import import_ledger
from backend.store.models import Employer, LedgerImport
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words
from tests.integration.console.test_ledger_files_employers import all_of, book, drawn, store

HERE, THERE, FAR = "兴泉社区", "石家社区", "天桥社区"
NUMBER, OTHER, THIRD = "13800003333", "13800004444", "13800009999"
SHARED = "这个号码还有别的单位在用，请对一对是不是同一个"
NAMESAKE = "这里有同名的用工方，登记的是别的号码，请对一对是不是换了号码"
TWO = "名称对上一个单位，电话对上另一个，分不清要改哪一个"
ELSEWHERE = "这个号码登记在别的地方，请区县窗口来登记，或者换一个号码"
NO_SUCH_PLACE = "您的辖区里没有这个地方，请写村（社区）的全名"


@pytest.fixture
def plan(make, deps, member, database):
    """What the rows of a file would do: one word a row (add, change, same, bad), and the sentences told of it."""
    with make() as f:
        f.make_region(OTHER_VILLAGE).name, f.make_region(FAR_VILLAGE).name = THERE, FAR

    def of(*rows, login="xian"):
        number = import_ledger.read(deps, member(login), "employers", "a.xlsx", book(*rows))
        with database.read() as session:
            found = session.get_one(LedgerImport, number)
            does = {row["row"]: row["sign"][0] for row in found.rows if "sign" in row}
            told = {row["row"]: [p["reason"] for p in found.problems if p["row"] == row["row"]]
                    for row in found.rows if "row" in row}  # fmt: skip
        return [(does.get(row, "bad"), told[row]) for row in sorted(told)]

    return of


@pytest.fixture
def employer(make):
    def made(name, phone=NUMBER, place=VILLAGE, kind="enterprise", *, posts_here=False):
        with make() as f:
            found = f.make_employer(name, kind=kind, phone=phone and f"+86{phone}", region_code=place)
            if posts_here:
                f.make_opening(employer=found)
            return found.id

    return made


def does(found):
    return [word for word, _ in found]


@pytest.mark.parametrize("turned", [False, True])
def test_two_rows_of_one_employer_are_refused_whichever_comes_first(plan, employer, turned):
    employer("凯盛机械公司")
    rows = [("凯盛机械公司", "合作社", NUMBER, HERE), ("凯盛机械公司", "企业", NUMBER, HERE)]
    assert does(plan(*(rows[::-1] if turned else rows))) == ["bad", "bad"]


def test_two_of_one_name_and_number_in_the_library_are_two_rows(plan, employer):
    employer("凯盛机械公司"), employer("凯盛机械公司")
    rows = [("凯盛机械公司", "合作社", NUMBER, HERE), ("凯盛机械公司", "企业", NUMBER, HERE)]
    assert does(plan(*rows)) == ["change", "same"]


@pytest.mark.parametrize("name", ["张建业", "刘林业", "赵实业", "张队", "李所", "王院"])
@pytest.mark.parametrize(("stored", "typed"), [("person", ""), ("person", "企业"), ("enterprise", "个人")])
def test_a_person_is_not_known_by_a_name_that_ends_as_an_office_does(plan, employer, name, stored, typed):
    employer(name, kind=stored)
    assert plan((name, typed, THIRD, HERE)) == [("add", [NAMESAKE])]


def test_an_organisation_is_known_by_its_name_in_its_place(plan, employer):
    employer("凯盛机械公司")
    assert does(plan(("凯盛机械公司", "", THIRD, HERE))) == ["change"]


@pytest.mark.parametrize("kind", ["enterprise", "person"])
@pytest.mark.parametrize("place", [HERE, ""])
def test_the_name_of_one_and_the_number_of_another_is_refused(plan, employer, kind, place):
    employer("凯盛机械厂", kind=kind), employer("尾号4444的老板", OTHER)
    assert plan(("凯盛机械厂", "", OTHER, place)) == [("bad", [TWO])]


def test_a_name_anywhere_is_in_the_way_where_the_row_names_no_place(plan, employer):
    employer("凯盛机械厂", place=OTHER_VILLAGE), employer("尾号4444的老板", OTHER)
    assert plan(("凯盛机械厂", "", OTHER, "")) == [("bad", [TWO])]


def test_nobody_takes_the_number_that_another_row_keeps(plan, employer):
    employer("凯盛机械公司"), employer("两江合作社", OTHER)
    found = plan(("两江合作社", "", OTHER, HERE), ("凯盛机械公司", "", OTHER, HERE))
    assert found == [("same", []), ("bad", [TWO])]


def test_a_number_that_its_holder_gives_up_in_the_same_file_can_be_taken(plan, employer):
    employer("凯盛机械公司"), employer("两江合作社", OTHER, kind="cooperative")
    assert does(plan(("凯盛机械公司", "", OTHER, HERE), ("两江合作社", "", THIRD, HERE))) == ["change", "change"]


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("known", [["凯盛机械公司"], ["凯盛机械公司", "田老板"]])
def test_another_firm_on_a_known_number_is_added_and_told(plan, employer, known, in_file):
    for name in known:
        employer(name, kind="person" if name == "田老板" else "enterprise")
    rows = [(name, "", NUMBER, HERE) for name in known] if in_file else []
    assert plan(*rows, ("第三家公司", "", NUMBER, HERE))[-1] == ("add", [SHARED])


def test_who_was_called_by_the_end_of_his_number_gets_his_name(plan, employer):
    employer("尾号3333的老板", kind="other")
    assert plan(("田家果园", "", NUMBER, HERE)) == [("change", ["这个号码登记的是别的名称，存了就换成表里的"])]


@pytest.mark.parametrize("posts_here", [False, True])
def test_a_namesake_of_elsewhere_keeps_nobody_from_ones_own_entry(plan, employer, posts_here):
    employer("凯盛机械公司"), employer("凯盛机械公司", place=FAR_VILLAGE, posts_here=posts_here)
    assert does(plan(("凯盛机械公司", "合作社", NUMBER, HERE))) == ["change"]


@pytest.mark.parametrize("posts_here", [False, True])
def test_two_of_elsewhere_are_nobodys_to_make_one_of(plan, employer, posts_here):
    for _ in range(2):
        employer("远方建筑公司", place=FAR_VILLAGE, posts_here=posts_here)
    assert plan(("远方建筑公司", "合作社", NUMBER, "")) == [("bad", [ELSEWHERE])]


@pytest.mark.parametrize("phone", [None, NUMBER])
def test_without_a_number_nobody_learns_who_is_elsewhere(plan, employer, phone):
    rows = [("远方建筑公司", "", "", FAR)], [("远方建筑公司", "", "", "")], [("远方建筑公司", "", "", HERE)]
    before = [plan(*each) for each in rows]
    employer("远方建筑公司", phone, FAR_VILLAGE)
    assert [plan(*each) for each in rows] == before
    assert before[0] == [("bad", [NO_SUCH_PLACE])]


def test_a_number_of_elsewhere_is_given_to_nobody_here(plan, employer):
    employer("凯盛机械公司"), employer("远方建筑公司", OTHER, FAR_VILLAGE)
    assert plan(("凯盛机械公司", "", OTHER, HERE)) == [("bad", [ELSEWHERE])]


def test_new_rows_of_one_file_are_held_against_each_other(plan):
    rows = [("双双公司", "", NUMBER, HERE), ("双双公司", "", OTHER, HERE), ("两两公司", "", NUMBER, HERE)]
    assert plan(*rows) == [("add", []), ("add", [NAMESAKE]), ("add", [SHARED])]


@pytest.mark.parametrize(
    ("name", "phone"),
    [("厂", "+8613800003333"), ("凯盛公司", "+85291234567"), ("凯盛  机械公司", "+8613800003333"),
     ("凯盛  机械公司", None), ("凯盛\u3000机械公司", None)],
)  # fmt: skip
def test_whatever_was_drawn_out_is_read_back(make, browse, database, name, phone):
    with make() as f:
        f.make_employer(name, kind="other", phone=phone, region_code=VILLAGE)
    browser, before = browse("xian"), all_of(database)
    assert "要加0 要改0 和库里一样1 不对的行0" in words(store(browser, drawn(browser)))
    assert all_of(database) == before


def test_a_new_name_is_two_characters_long(plan, employer):
    employer("尾号4444的老板", OTHER)
    found = plan(("厂", "", NUMBER, HERE), ("店", "", OTHER, HERE))
    assert found == [("bad", ["太短了，最少2个字"])] * 2


def test_verified_is_still_not_renamed(plan, employer, database, clock):
    known = employer("尾号3333的老板")
    with database.write() as session:
        session.get_one(Employer, known).verified_at = clock()
    assert plan(("田家果园", "", NUMBER, HERE)) == [("bad", ["这个号码的单位核实过，名称不能用表改"])]
