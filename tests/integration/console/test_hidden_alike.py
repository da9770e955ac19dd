"""One message, every place that shows it: what is hidden in one is hidden in all (T12, L22, H01)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.store.models import Case, Conversation, ConversationNote, HandsetOwner
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, HASH, VILLAGE, words

NAME, NEED, SUM, NUMBER = "王秀英", "吃低保", "三千五百块", "13800138000"
SAID = f"我叫{NAME},{NEED},老板欠我{SUM},电话{NUMBER}"
LATER = f"刚才说的{NAME}{NEED},欠{SUM}"  # nothing is understood of it but that somebody speaks of it again
READERS = ("cun", "caozuo", "shenji")
ENTITIES = [
    {"entity": "person_name", "text": NAME, "value": NAME},
    {"entity": "hardship", "text": NEED, "value": "low_income"},
    {"entity": "money", "text": SUM, "value": 3500},
]


def place(f: Any, talk: Conversation) -> tuple[int, int]:
    """The message, a second that repeats it, a note and a case that tell it again; returns (message, case)."""
    first = f.make_message(SAID, conversation=talk, status="answered", intent="report_problem", confidence=0.9,
                           normalized_text=SAID, entities=ENTITIES)  # fmt: skip
    f.make_message(
        LATER, conversation=talk, status="answered", intent="report_problem", normalized_text=LATER, entities=[]
    )
    author = f.make_staff("village", VILLAGE, name="写备注的")
    f._add(ConversationNote(conversation_id=talk.id, staff_id=author.id, at=f.now, kind="note", body=LATER))
    case = f._add(Case(kind="wage_arrears", priority=1, summary=LATER, conversation_id=talk.id, handset_id=talk.handset_id,
                       region_code=VILLAGE, source_message_id=first.id, opened_at=f.now, due_at=f.now,
                       details={"money": [3500]}))  # fmt: skip
    return first.id, case.id


@pytest.fixture
def told(make, staff) -> dict[str, int]:
    with make() as f:
        for login, role in (("caozuo", "operator"), ("shenji", "auditor")):
            f.make_staff(role, COUNTY, login=login, name=login, password_hash=HASH)
        talk = f.make_conversation(f.make_handset("+8610000001234"), region_code=VILLAGE)
        message, case = place(f, talk)
        return {"talk": talk.id, "turn": message, "case": case}


def places(browser: Any, told: dict[str, int]) -> dict[str, str]:
    """What each page says; a file only where the reader may take one."""
    pages = {
        "conversation": f"/console/conversations/{told['talk']}",
        "print": f"/console/conversations/{told['talk']}?print=1",
        "turn": f"/console/turns/{told['turn']}",
        "inbox": "/console/conversations",
        "search": "/console/conversations?q=老板",
        "case": f"/console/cases/{told['case']}",
        "cases": "/console/cases",
        "today": "/console/",
    }
    shown = {}
    for name, path in pages.items():
        answer = browser.visit(path)
        assert answer.status_code == 200, name
        shown[name] = words(answer)
    for name, path in (
        ("csv", "/console/conversations.csv"),
        ("turns.csv", f"/console/conversations/{told['talk']}/turns.csv"),
    ):
        answer = browser.submit(path, reason="report")
        if answer.status_code == 200:
            shown[name] = answer.text
    return shown


@pytest.mark.parametrize("login", READERS)
def test_what_is_hidden_in_one_place_is_hidden_in_every_other(browse, told, login):
    shown = places(browse(login), told)
    for name, text in shown.items():
        for secret in (NAME, "低保", SUM, "3500", NUMBER):
            assert secret not in text, (name, secret)
        assert "王**" in text, name
        assert "●●" in text, name
        assert "欠" in text and "三***块" in text, name
    assert ("csv" in shown) == (login != "shenji")


def test_what_was_understood_before_the_turns_on_the_page_is_hidden_in_them(browse, told, make):
    with make() as f:
        talk = f.session.get_one(Conversation, told["talk"])
        for _ in range(200):
            f.make_message("嗯", conversation=talk, status="answered")
        f.make_message(f"{LATER}，又说", conversation=talk, status="answered", normalized_text=LATER, entities=[])
    page = words(browse("cun").visit(f"/console/conversations/{told['talk']}"))
    assert "又说" in page and SAID[:2] not in page
    for secret in (NAME, NEED, SUM):
        assert secret not in page, secret


def test_what_is_revealed_in_a_conversation_is_seen_in_its_notes_and_its_case_and_in_no_list(browse, told):
    browser = browse("cun")
    for field in ("name", "amount", "hardship"):
        browser.visit(f"/console/conversations/{told['talk']}")
        answer = browser.submit(f"/console/conversations/{told['talk']}/reveal", field=field, reason="handle_case")
        assert answer.status_code == 303
    shown = places(browser, told)
    for name in ("conversation", "print", "turn", "case", "turns.csv"):
        assert LATER in shown[name] or name == "turn", name
        assert NEED in shown[name], name
    for name in ("inbox", "search", "cases", "today", "csv"):
        assert NEED not in shown[name] and NAME not in shown[name], name


def test_money_is_revealed_on_the_case_as_well(browse, told):
    browser = browse("caozuo")
    browser.visit(f"/console/cases/{told['case']}")
    assert (
        browser.submit(f"/console/cases/{told['case']}/reveal", field="amount", reason="handle_case").status_code == 303
    )
    page = words(browser.visit(f"/console/cases/{told['case']}"))
    assert SUM in page
    assert NEED not in page and NAME not in page


def test_a_name_said_hundreds_of_turns_ago_is_hidden_still(browse, make, told):
    with make() as f:
        talk = f.session.get(Conversation, told["talk"])
        for number in range(210):
            f.make_message(f"第{number}句", conversation=talk, status="answered", intent="greet")
        f.make_message(f"{NAME}又来问", conversation=talk, status="answered", intent="greet")
    for name, text in places(browse("cun"), told).items():
        assert NAME not in text, name


def test_words_heard_wrong_are_hidden_like_those_they_were_put_right_to(browse, make, staff):
    with make() as f:
        talk = f.make_conversation(region_code=VILLAGE)
        f.make_message("我叫王秀银找活", conversation=talk, channel="voice", status="answered", intent="inform",
                       normalized_text=f"我叫{NAME}找活", entities=ENTITIES[:1])  # fmt: skip
        path = f"/console/conversations/{talk.id}"
    for page in (path, "/console/conversations"):
        text = words(browse("cun").visit(page))
        assert "秀银" not in text and "秀英" not in text, page
        assert "王**找活" in text


def test_a_number_that_was_keyed_in_is_hidden_and_a_choice_is_not(browse, make, told):
    with make() as f:
        talk = f.session.get(Conversation, told["talk"])
        more = {"conversation": talk, "channel": "voice", "status": "answered", "handled_by": "keypad"}
        f.make_message(NUMBER, keys=NUMBER, **more)
        f.make_message(NUMBER, **more)
        f.make_message("1968", keys="1968", **more)
    for path in (f"/console/conversations/{told['talk']}", f"/console/cases/{told['case']}"):
        page = browse("cun").visit(path).text
        keyed = "".join(re.findall(r"<kbd>(.*?)</kbd>", page)[: 2 * len(NUMBER)])
        assert NUMBER not in keyed and NUMBER not in page, path
        assert "<kbd>1</kbd><kbd>9</kbd>" in re.sub(r"\s", "", page), path


def test_the_pay_the_line_tells_is_public_and_money_it_repeats_is_not(browse, make, staff):
    with make() as f:
        talk = f.make_conversation(region_code=VILLAGE)
        more = {"conversation": talk, "direction": "outbound", "status": "delivered", "handled_by": "rasa"}
        opening = {"kind": "job_offers", "openings": [{"title": "办公楼保洁", "pay": {"pay_min_fen": 180000}}]}
        f.make_message("办公楼保洁,一个月一千八到两千二", answer={"answers": [opening]}, **more)
        f.make_message("听到的是欠三千五百块,对不对", channel="voice", gloss="We heard 3500 yuan, right?",
                       answer={"answers": [{"kind": "confirm_heard", "facts": {"money": 3500}}]}, **more)  # fmt: skip
        f.make_message("我记下了,欠四千二百块", **{**more, "handled_by": "staff"})
        path = f"/console/conversations/{talk.id}"
    browser = browse("cun")
    page = words(browser.visit(path))
    assert "一千八到两千二" in page
    assert "欠三***块" in page
    assert "欠四***块" in page
    browser.submit("/console/language", language="en")
    page = words(browser.visit(path))
    assert "We heard 3*** yuan, right?" in page


# -- one number, two regions -------------------------------------------------------------------------------------------
def test_of_a_stranger_on_a_shared_phone_nothing_shows_but_that_there_is_one(browse, make, staff):
    with make() as f:
        handset = f.make_handset("+8610000004321")
        ours = f.make_worker("冉小梅", birth_year=1970)
        theirs = f.make_worker("麤大山", village=FAR_VILLAGE, birth_year=1943, gender="male", job_types=["A01"])
        unlisted = f.make_person("龘老四", village=FAR_VILLAGE)
        for person in (ours.person_id, theirs.person_id, unlisted.id):
            f._add(HandsetOwner(handset_id=handset.id, person_id=person, relation="family", since=f.now))
        f.make_offer(f.make_opening(title="威宁挖洋芋"), theirs, "accepted")
        talk = f.make_conversation(handset, region_code=VILLAGE)
        f.make_message("麤大山和冉小梅都在", conversation=talk, status="answered", intent="greet")
        path = f"/console/conversations/{talk.id}"
    browser = browse("cun")
    page = words(browser.visit(path))
    assert "冉**" in page
    for trace in ("麤", "龘", "83岁", "威宁", "挖洋芋", FAR_VILLAGE):
        assert trace not in page.replace("麤**和冉**都在", ""), trace
    assert "别处" in page
    browser.submit(f"{path}/reveal", field="name", reason="call_back")
    page = words(browser.visit(path))
    assert "冉小梅" in page
    assert "麤" not in page.replace("麤大山和冉小梅都在", "")


# -- words one may not see are not found either --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("login", "found", "hidden"),
    [
        ("cun", ("老板欠", NAME, NEED), ("三千五百", "三千六百")),
        ("caozuo", ("老板欠", NAME), (NEED, "低保", "三千五百")),
        ("shenji", ("老板欠",), (NAME, NEED, "秀英", "三千五百")),
    ],
)
def test_a_search_finds_what_its_reader_could_have_shown_and_nothing_else(browse, told, login, found, hidden):
    browser = browse(login)
    for asked in found:
        assert f'/console/conversations/{told["talk"]}"' in browser.visit(f"/console/conversations?q={asked}").text, (
            asked
        )
    for asked in hidden:
        answer = browser.visit(f"/console/conversations?q={asked}")
        assert f'/console/conversations/{told["talk"]}"' not in answer.text, asked
        assert "没有找到对话" in words(answer)


def test_what_is_searched_for_stands_in_no_address_and_goes_with_the_session(browse, told):
    browser = browse("cun")
    page = browser.visit("/console/conversations")
    assert 'method="post" action="/console/conversations/search"' in page.text
    answer = browser.submit("/console/conversations/search", q=NAME, number="", channel="sms", area="", show="unread")
    address = answer.headers["Location"]
    assert answer.status_code == 303
    assert "%" not in address and "channel=sms" in address and "show=unread" in address
    page = browser.visit(address)
    assert f'/console/conversations/{told["talk"]}"' in page.text
    assert f'value="{NAME}"' in page.text
    # What leads on from the page carries no words either.
    assert not [one for one in re.findall(r'href="([^"]+)"', page.text) if "q=" in one]
    file = browser.submit(address.replace("conversations?", "conversations.csv?"), reason="report")
    assert f"\n{told['talk']}," in file.text
    other = words(browse("cun").visit(address))
    assert "上次搜的字没有留着" in other
    for number in range(4):
        browser.submit("/console/conversations/search", q=f"老板{number}"[:2])
    assert "上次搜的字没有留着" in words(browser.visit(address))
    assert browser.submit("/console/conversations/search", q="老板", more="1").status_code == 400


def test_a_visit_note_is_read_by_those_who_visit(browse, make, staff):
    from backend.store.models import Visit

    with make() as f:
        for login, role in (("caozuo", "operator"), ("shenji", "auditor")):
            f.make_staff(role, COUNTY, login=login, name=login, password_hash=HASH)
        worker = f.make_worker(NAME)
        f._add(Visit(worker_id=worker.id, staff_id=staff["cun"], kind="phone", at=f.now, note=f"{NAME}家里{NEED}"))
        path = f"/console/workers/{worker.id}"
    for login in READERS:
        page = words(browse(login).visit(path))
        assert ("家里" in page) == (login == "cun"), login
        assert NAME not in page
