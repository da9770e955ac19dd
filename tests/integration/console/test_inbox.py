"""The inbox: what matters is found by its marks, by words and by whether it was read (L22, L14, DESIGN §3.9)."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.store import inbox
from backend.store.models import (
    Call,
    Case,
    Conversation,
    HandsetOwner,
    InboxEntry,
    InboxRead,
    InboxWord,
    Message,
    Person,
)
from backend.store.queries.inbox_asked import PAGE
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words

LIST = "/console/conversations"


@pytest.fixture
def talk(make):
    """`talk(turns, region=…)` makes a conversation on a phone of its own and returns its id."""
    numbers = iter(range(1, 1000))

    def made(*turns, region=VILLAGE, minutes=0, **more):
        with make() as f:
            if region:
                f.make_region(region)
            at = f.now - timedelta(minutes=minutes)
            handset = f.make_handset(f"+861000777{next(numbers):04}")
            conversation = f.make_conversation(handset, region_code=region, started_at=at, last_at=at, **more)
            for turn in turns:
                f.make_message(conversation=conversation, created_at=at, **{"status": "answered", **turn})
            return conversation.id

    return made


def listed(page):
    return [int(found) for found in re.findall(r'id="talk-(\d+)"', page.text)]


def said(body, intent="search_jobs", confidence=0.93, **more):
    return {"body": body, "intent": intent, "confidence": confidence, "handled_by": "rasa", **more}


def test_every_filter_finds_its_own_and_several_find_what_is_both(browse, talk, make, clock):
    sure = talk(said("找活"), minutes=9)
    low = talk(said("要得嘛", "apply_job", 0.5), minutes=8)
    missed = talk(said("嗯嗯嗯", "nlu_fallback", 0.2), minutes=7)
    failed = talk({"body": "喂", "status": "failed"}, minutes=6)
    old = talk(said("找活", "search_jobs"), minutes=5)
    wages = talk(said("老板欠我工钱", "report_problem"), minutes=4)
    asks = talk(said("我要找人说", "talk_to_human"), minutes=3)
    with make() as f:
        owner = f.make_person("罗大爷", birth_year=f.today.year - 70)
        handset = f.session.get(Conversation, old).handset_id
        f._add(HandsetOwner(handset_id=handset, person_id=owner.id, since=f.now))
        for conversation, kind in ((wages, "wage_arrears"), (asks, "handoff")):
            f._add(Case(kind=kind, conversation_id=conversation, region_code=VILLAGE, opened_at=f.now, due_at=f.now,
                        details={}))  # fmt: skip
    browser = browse("cun")

    def shown(*shows):
        return set(listed(browser.visit(LIST + "?" + "&".join(f"show={one}" for one in shows))))

    assert shown() == {sure, low, missed, failed, old, wages, asks}
    assert shown("low") == {low, missed}
    assert shown("fallback") == {missed}
    assert shown("failed") == {failed}
    assert shown("elder") == {old}
    assert shown("dispute") == {wages}
    assert shown("person") == {asks}
    assert shown("waiting") == {failed, wages, asks}
    assert shown("dispute", "waiting") == {wages}
    assert shown("dispute", "elder") == set()
    assert shown("review") == {sure, low, missed, old, wages, asks}


def test_a_mark_goes_when_its_cause_does(browse, talk, make, database):
    asks = talk(said("我要找人说", "talk_to_human"))
    with make() as f:
        case = f._add(Case(kind="handoff", conversation_id=asks, region_code=VILLAGE, opened_at=f.now, due_at=f.now,
                           details={}))  # fmt: skip
    browser = browse("cun")
    assert listed(browser.visit(LIST + "?show=person")) == [asks]
    with database.write() as session:
        session.get(Case, case.id).status = "closed"
    assert listed(browser.visit(LIST + "?show=person")) == []
    with database.write() as session:
        turn = session.scalar(select(Message))
        turn.corrected, turn.reviewed_at = {"intent": "search_jobs", "by": 1}, turn.created_at
    assert listed(browser.visit(LIST + "?show=review")) == []


def test_a_bare_update_marks_as_well(browse, talk, database):
    conversation = talk(said("在不在"))
    with database.write() as session:
        session.query(Message).where(Message.conversation_id == conversation).update({"status": "failed"})
    assert listed(browse("cun").visit(LIST + "?show=failed")) == [conversation]


def test_a_call_in_which_nothing_was_understood_is_a_failed_one(browse, talk, make, database):
    conversation = talk({"body": "(来电)", "channel": "voice"})
    with make() as f:
        handset = f.session.get(Conversation, conversation).handset_id
        call = f._add(Call(carrier="simulator", call_sid="CA1", handset_id=handset, conversation_id=conversation,
                           direction="inbound", started_at=f.now, last_at=f.now))  # fmt: skip
    browser = browse("cun")
    assert listed(browser.visit(LIST + "?show=failed")) == []
    with database.write() as session:
        found = session.get(Call, call.id)
        found.status, found.ended_at = "completed", found.last_at
    assert listed(browser.visit(LIST + "?show=failed")) == [conversation]
    assert listed(browser.visit(LIST + "?show=failed&channel=voice")) == [conversation]
    assert listed(browser.visit(LIST + "?show=failed&channel=sms")) == []


def test_mine_is_what_i_hold_or_was_given(browse, talk, database, staff):
    held, given, others = talk(said("一")), talk(said("二")), talk(said("三"))
    with database.write() as session:
        session.get(Conversation, held).taken_by = staff["cun"]
        session.get(Conversation, given).assigned_to_staff = staff["cun"]
        session.get(Conversation, others).taken_by = staff["zhen"]
    assert set(listed(browse("cun").visit(LIST + "?show=mine"))) == {held, given}
    assert set(listed(browse("zhen").visit(LIST + "?show=mine"))) == {others}


def test_a_list_can_be_narrowed_to_a_place_of_ones_own_and_to_no_other(browse, talk):
    here, there, far = talk(said("一")), talk(said("二"), region=OTHER_VILLAGE), talk(said("三"), region=FAR_VILLAGE)
    browser = browse("xian")
    assert set(listed(browser.visit(LIST))) == {here, there}
    assert listed(browser.visit(f"{LIST}?area={TOWN}")) == [here]
    assert browser.visit(f"{LIST}?area={FAR_VILLAGE}").status_code == 404
    assert listed(browse("weining").visit(LIST)) == [far]
    assert browse("cun").visit(f"{LIST}?area={TOWN}").status_code == 404


def test_a_conversation_moves_with_its_village_in_lists_and_in_search(browse, talk, database):
    conversation = talk(said("茶山要人不"), region=None)
    assert listed(browse("xian").visit(LIST + "?q=茶山")) == [conversation]
    with database.write() as session:
        session.get(Conversation, conversation).region_code = FAR_VILLAGE
    assert listed(browse("xian").visit(LIST + "?q=茶山")) == []
    assert listed(browse("xian").visit(LIST)) == []
    assert listed(browse("weining").visit(LIST + "?q=茶山")) == [conversation]


def test_words_are_found_without_spaces_between_them_in_both_channels(browse, talk):
    one = talk(said("老板欠我三个月工钱没给"), minutes=3)
    two = talk(said("工钱好久给嘛", channel="voice"), minutes=2)
    talk(said("给工地找钱"), minutes=1)
    browser = browse("cun")
    assert set(listed(browser.visit(LIST + "?q=工钱"))) == {one, two}
    assert listed(browser.visit(LIST + "?q=工钱 老板")) == [one]
    assert listed(browser.visit(LIST + "?q=个月工")) == [one]
    assert listed(browser.visit(LIST + "?q=工钱&channel=voice")) == [two]
    assert listed(browser.visit(LIST + "?q=月工钱给")) == []  # every two signs are there, the word is not
    assert "<mark>工钱</mark>" in browser.visit(LIST + "?q=工钱").text
    answered = talk(
        said("老板跑了"), {"body": "【黔江零工】社保所给您回电话", "direction": "outbound", "status": "delivered"}
    )
    assert listed(browser.visit(LIST + "?q=社保所")) == [answered]  # what the line said as well


def test_search_goes_newest_first_from_page_to_page_and_misses_none(browse, talk):
    made = [talk(said(f"想去摘茶叶{'啊' * (n % 3)}")) for n in range(PAGE + 5)]
    browser, path, seen = browse("cun"), LIST + "?q=茶叶", []
    while path:
        page = browser.visit(path)
        seen += listed(page)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = html.unescape(following[1]) if following else ""
    assert seen == sorted(made, reverse=True)


def test_a_window_that_ends_early_says_so_and_goes_on(browse, talk, monkeypatch):
    monkeypatch.setattr("backend.store.queries.inbox.WINDOW", 10)
    wanted = talk(said("我找活"), minutes=100, taken_by=None)
    voice = talk(said("我找活", channel="voice"), minutes=101)
    for n in range(12):
        talk(said("我找活"), minutes=n)
    browser = browse("cun")
    page = browser.visit(LIST + "?channel=voice")
    assert listed(page) == []
    assert "没有翻完" in words(page)
    seen = []
    while following := re.search(r'rel="next" href="([^"]+)"', page.text):
        page = browser.visit(html.unescape(following[1]))
        seen += listed(page)
    assert seen == [voice]
    assert wanted in listed(browser.visit(LIST))


@pytest.mark.parametrize(
    ("asked", "sentence"), [("茶", "一个字太少"), ("13800001234", "数字和符号不能搜"), ("，。", "数字和符号不能搜")]
)
def test_what_cannot_be_searched_is_said_and_stays_in_the_box(browse, talk, asked, sentence):
    talk(said("我的电话13800001234 会采茶"))
    page = browse("cun").visit(f"{LIST}?q={asked}")
    assert sentence in words(page)
    assert f'value="{asked}"' in page.text
    assert listed(page) == []


def test_a_number_said_in_words_is_no_word_either(browse, talk):
    talk(said("打我电话幺三八零零零零幺二三四哈"))
    assert listed(browse("cun").visit(LIST + "?q=幺三八零")) == []


def test_a_name_is_found_and_stays_hidden(browse, talk):
    conversation = talk(
        said("我是罗桂芳 想找活", entities=[{"entity": "person_name", "text": "罗桂芳", "value": "罗桂芳"}])
    )
    page = browse("cun").visit(LIST + "?q=罗桂芳")
    assert listed(page) == [conversation]
    rows = page.text[page.text.index('<ul class="rows') :]
    assert "罗桂芳" not in rows
    assert "罗**" in rows


def test_words_of_markup_are_shown_as_text(browse, talk):
    talk(said("<script>alert(1)</script>工钱"))
    page = browse("cun").visit(LIST + "?q=工钱")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_words_of_the_erased_are_found_no_more(browse, talk, database):
    conversation = talk(said("茶山要人不"))
    assert listed(browse("cun").visit(LIST + "?q=茶山")) == [conversation]
    with database.write() as session:
        session.query(Message).where(Message.conversation_id == conversation).update({"body": "(已删除)"})
    assert listed(browse("cun").visit(LIST + "?q=茶山")) == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(InboxWord)) == 0


def test_opening_marks_read_for_oneself_alone_and_new_words_make_it_unread_again(browse, talk, make):
    conversation = talk(said("找活"))
    cun, zhen = browse("cun"), browse("zhen")
    unread = f'id="talk-{conversation}" class="unread"'
    assert unread in cun.visit(LIST).text
    cun.visit(f"{LIST}/{conversation}")
    assert unread not in cun.visit(LIST).text
    assert unread in zhen.visit(LIST).text
    with make() as f:
        f.make_message("还在不", conversation=f.session.get(Conversation, conversation))
    assert unread in cun.visit(LIST).text
    assert listed(cun.visit(LIST + "?show=unread")) == [conversation]


def test_rows_are_marked_read_and_unread_in_bulk_those_of_others_are_passed_over(browse, talk, database):
    one, two, far = talk(said("一")), talk(said("二")), talk(said("三"), region=FAR_VILLAGE)
    browser = browse("cun")
    browser.visit(LIST)
    for given in (one, two, far):
        browser.submit(LIST + "/read", id=str(given), act="read", back=LIST, upto="999")
    assert 'class="unread"' not in browser.visit(LIST).text
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(InboxRead)) == 2
    browser.submit(LIST + "/read", id=str(two), act="unread")
    assert listed(browser.visit(LIST + "?show=unread")) == [two]
    browser.submit(LIST + "/read", act="all", upto="999")
    assert listed(browser.visit(LIST + "?show=unread")) == []
    assert "先在前面打勾" in words(browser.visit(browser.submit(LIST + "/read", act="read", upto="999").location))
    for wrong in ({"id": "1 or 1", "upto": "9"}, {"other": "1", "upto": "9"}, {"id": "1"}, {"id": "1", "upto": "x"}):
        assert browser.submit(LIST + "/read", act="read", **wrong).status_code == 400


def test_conversations_from_before_there_was_an_inbox_are_taken_in(browse, talk, database):
    conversation = talk(said("茶山要人不"))
    with database.write() as session:
        for table in (InboxEntry, InboxWord):
            session.query(table).delete()
        session.add(inbox.InboxBacklog(conversation_id=conversation))
    assert listed(browse("cun").visit(LIST)) == []
    with database.write() as session:
        assert inbox.take_in_backlog(session) == 1
    with database.write() as session:
        assert inbox.take_in_backlog(session) == 0
    assert listed(browse("cun").visit(LIST + "?q=茶山")) == [conversation]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_two_who_touch_one_conversation_at_once_leave_it_marked_for_both(database, talk, make):
    """C5: the marks are read anew after whoever was first has committed."""
    import threading

    conversation = talk(said("一"))
    first_has_flushed, second_is_in = threading.Event(), threading.Event()

    def open_case():
        with make() as f:
            f._add(Case(kind="handoff", conversation_id=conversation, region_code=VILLAGE, opened_at=f.now,
                        due_at=f.now, details={}))  # fmt: skip
            first_has_flushed.set()
            assert second_is_in.wait(60)

    def fail_turn():
        assert first_has_flushed.wait(60)
        with database.write() as session:
            session.scalar(select(Message).where(Message.conversation_id == conversation)).status = "failed"
            session.flush()
            second_is_in.set()

    both = [threading.Thread(target=one) for one in (open_case, fail_turn)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    with database.read() as session:
        entry = session.scalar(select(InboxEntry).where(InboxEntry.mark == "", InboxEntry.area == COUNTY))
        marks = set(session.scalars(select(InboxEntry.mark).where(InboxEntry.area == COUNTY)))
    assert entry is not None
    assert {"person", "failed", "waiting"} <= marks


def test_erased_people_count_as_nobody(database, talk, make):
    conversation = talk(said("一"))
    with make() as f:
        owner = f.make_person("罗大爷", birth_year=f.today.year - 70)
        handset = f.session.get(Conversation, conversation).handset_id
        f._add(HandsetOwner(handset_id=handset, person_id=owner.id, since=f.now))
    elder = select(func.count()).select_from(InboxEntry).where(InboxEntry.mark == "elder")
    with database.read() as session:
        assert session.scalar(elder) == 5
    with database.write() as session:
        session.get(Person, owner.id).birth_year = None
    with database.read() as session:
        assert session.scalar(elder) == 0


def test_a_line_says_first_what_the_person_said_and_our_answer_below(browse, talk):
    number = talk(
        said("老板跑了，几个月没给钱", "report_problem"),
        {
            "direction": "outbound",
            "body": "记下了，社保所的人明天回您电话。",
            "handled_by": "rasa",
            "status": "delivered",
        },
    )
    line = browse("cun").visit(LIST).text.split(f'id="talk-{number}"')[1].split("</li>")[0]
    assert 0 < line.index("老板跑了") < line.index("回：") < line.index("记下了")


def test_an_empty_list_says_what_narrows_it_and_offers_the_whole_one(browse, talk):
    talk(said("找活"))
    page = browse("cun").visit(LIST + "?show=dispute&channel=voice&q=没人说过").text
    empty = page.split('class="empty"')[1].split("</div>")[0]
    assert "维权纠纷、电话、搜的字" in empty and f'href="{LIST}"' in empty
    assert "没人说过" not in empty, "a search tells nothing back that could be somebody's"
