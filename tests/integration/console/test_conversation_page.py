"""The page of one conversation beside its words: calls, days, how a text arrived, people, paper and files (L22, I8, I9)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from backend.store.models import Call, ConversationNote, OutboxRow
from tests.integration.console.conftest import OTHER_VILLAGE, VILLAGE, words

NAME = "罗桂芳"


@pytest.fixture
def talk(make, staff):
    with make() as f:
        f.make_region(VILLAGE, "兴泉社区")
        return f.make_conversation(f.make_handset("+8610000001234"), region_code=VILLAGE).id


def said(f, talk: int, body: str, **more):
    from backend.store.models import Conversation

    more = {"status": "answered", "intent": "search_jobs", "confidence": 0.7, "normalized_text": body, **more}
    return f.make_message(body, conversation=f.session.get(Conversation, talk), **more)


def seen(browse, talk: int, login: str = "cun", query: str = "") -> str:
    return words(browse(login).visit(f"/console/conversations/{talk}{query}"))


def test_a_call_stands_in_a_frame_with_its_length_and_end(browse, make, talk):
    with make() as f:
        handset = f.session.get(
            __import__("backend.store.models", fromlist=["Conversation"]).Conversation, talk
        ).handset_id
        call = f._add(Call(carrier="simulator", call_sid="CA1", handset_id=handset, conversation_id=talk, direction="inbound",
                           status="completed", started_at=f.now, last_at=f.now, ended_at=f.now + timedelta(seconds=95)))  # fmt: skip
        said(f, talk, "先发条短信")
        said(f, talk, "我要找活", channel="voice", call_id=call.id)
        said(f, talk, "好", channel="voice", call_id=call.id, direction="outbound", intent=None)
    page = seen(browse, talk)
    assert (
        page.index("先发条短信") < page.index("打来电话") < page.index("我要找活") < page.index("挂断了 · 一共1分35秒")
    )


def test_each_day_begins_with_its_date(browse, make, talk):
    with make() as f:
        said(f, talk, "今天的")
        said(f, talk, "明天的", created_at=f.now + timedelta(days=1))
    page = seen(browse, talk)
    assert page.index("6月10日") < page.index("今天的") < page.index("6月11日") < page.index("明天的")


def test_what_was_heard_stands_beside_what_it_was_put_right_to(browse, make, talk):
    with make() as f:
        said(f, talk, "我是新全社区的", normalized_text="我是兴泉社区的", channel="voice", recogniser_confidence=0.4,
             entities=[{"entity": "location", "text": "兴泉社区", "value": "兴泉社区"}])  # fmt: skip
    page = seen(browse, talk)
    assert "听写成 我是新全社区的" in page
    assert "收拾成 我是兴泉社区的" in page
    assert "听得准 40%" in page


def test_a_text_that_did_not_arrive_says_when_and_why(browse, make, talk):
    with make() as f:
        lost = said(f, talk, "明天有活", direction="outbound", status="permanent-failure", intent=None)
        held = said(f, talk, "还有活", direction="outbound", status="created", intent=None)
        shared = {"to_number": "+8610000001234", "due_at": f.now, "created_at": f.now}
        f._add(OutboxRow(message_id=lost.id, body="明天有活", reference="r1", status="permanent-failure", error_code="30005",
                         sent_at=f.now, **shared))  # fmt: skip
        f._add(OutboxRow(message_id=held.id, body="还有活", reference="r2", status="suppressed", suppressed_reason="opted_out",
                         **shared))  # fmt: skip
    page = seen(browse, talk)
    assert "没送到 今天 10:00：没有这个号码" in page
    assert "没有发：对方不要短信" in page


def test_a_long_conversation_is_read_from_its_end_back(browse, make, talk):
    with make() as f:
        for number in range(203):
            said(f, talk, f"第{number}句话")
    browser = browse("cun")
    page = browser.visit(f"/console/conversations/{talk}")
    assert "第202句话" in page.text
    assert "第2句话" not in page.text
    earlier = page.text.split("before=")[1].split('"')[0]
    before = words(browser.visit(f"/console/conversations/{talk}?before={earlier}"))
    assert "第2句话" in before
    assert "回到最新的" in before
    assert browser.visit(f"/console/conversations/{talk}?before=1;drop").status_code == 200


def test_other_conversations_of_the_number_are_linked_within_the_region(browse, make, talk):
    from backend.store.models import Conversation

    with make() as f:
        handset = f.session.get(Conversation, talk).handset
        before = f.make_conversation(handset, region_code=VILLAGE, last_at=f.now - timedelta(days=3)).id
        elsewhere = f.make_conversation(handset, region_code=OTHER_VILLAGE, last_at=f.now - timedelta(days=2)).id
    page = browse("cun").visit(f"/console/conversations/{talk}").text
    assert f'/console/conversations/{before}"' in page
    assert f'/console/conversations/{elsewhere}"' not in page


def test_people_on_a_shared_number_are_all_shown_masked_with_their_work(browse, make, talk):
    from backend.store.models import Conversation, HandsetOwner

    with make() as f:
        handset = f.session.get(Conversation, talk).handset
        for name in (NAME, "石大山"):
            worker = f.make_worker(name, job_types=["A01"], birth_year=f.today.year - 60)
            f._add(HandsetOwner(handset_id=handset.id, person_id=worker.person_id, relation="family", since=f.now))
        f.make_offer(f.make_opening(title="摘脆红李"), worker, "accepted")
    page = seen(browse, talk)
    assert "罗**" in page
    assert "石**" in page
    assert "60岁" in page
    assert "摘脆红李" in page


def test_a_printed_transcript_holds_notes_and_who_printed_it_and_keeps_the_masks(browse, make, talk, staff, audited):
    with make() as f:
        said(f, talk, f"我叫{NAME}", entities=[{"entity": "person_name", "text": NAME, "value": NAME}])
        f._add(ConversationNote(conversation_id=talk, staff_id=staff["zhen"], body="电话里说不急", at=f.now))
    page = seen(browse, talk, query="?print=1")
    assert "打印：冉村官" in page
    assert "田镇干" in page
    assert "电话里说不急" in page
    assert NAME not in page
    assert len(audited("printed")) == 1


# -- files -----------------------------------------------------------------------------------------------------------
def table(answer) -> list[list[str]]:
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_one_row_per_conversation_with_the_filters_of_the_list(browse, make, talk, audited):
    with make() as f:
        said(f, talk, "有活没得", confidence=0.31)
        said(f, talk, '=HYPERLINK("http://x")', channel="voice", intent="register_worker")
        other = f.make_conversation(region_code=OTHER_VILLAGE)
        f.make_message("别处的话", conversation=other, intent="greet", status="answered")
        f.make_message("近处的话", conversation=f.make_conversation(region_code=VILLAGE), intent="greet", confidence=0.9,
                       channel="voice", status="answered")  # fmt: skip
    browser = browse("cun")
    assert browser.submit("/console/conversations.csv", reason="").status_code == 422
    rows = table(browser.submit("/console/conversations.csv", reason="report"))
    mine = next(row for row in rows[1:] if row[0] == str(talk))
    assert len(rows) == 3
    assert mine[1] == "100****1234"
    assert mine[6:8] == ["2", "0"]
    assert "0.31" in mine
    assert mine[-1].startswith("'=")
    assert not any("别处的话" in cell for row in rows for cell in row)
    assert [row[0] for row in table(browser.submit("/console/conversations.csv?channel=sms", reason="report"))[1:]] == [
        str(talk)
    ]
    assert audited("exported_conversations")[0].facts["reason"] == "report"


def test_one_row_per_turn_of_a_conversation_masked_unless_revealed(browse, make, talk, audited):
    with make() as f:
        said(f, talk, f"我叫{NAME},欠我3500元", entities=[{"entity": "person_name", "text": NAME, "value": NAME},
                                                    {"entity": "money", "text": "3500元", "value": 3500}])  # fmt: skip
        said(f, talk, "+8613800001234", intent=None)
    browser = browse("cun")
    path = f"/console/conversations/{talk}/turns.csv"
    whole = str(table(browser.submit(path, reason="quality")))
    assert NAME not in whole
    assert "3500" not in whole
    assert "13800001234" not in whole
    browser.submit(f"/console/conversations/{talk}/reveal", field="name", reason="handle_case")
    assert NAME in str(table(browser.submit(path, reason="quality")))
    assert [event.facts for event in audited("exported")] == [{"reason": "quality"}] * 2


def test_files_are_for_those_who_may_see_and_nobody_elsewhere(browse, talk):
    for login, status in (("cun2", 404), ("weining", 404), ("shi", 403)):
        browser = browse(login)
        assert browser.visit(f"/console/conversations/{talk}/turns.csv").status_code == status
        assert browser.submit(f"/console/conversations/{talk}/turns.csv", reason="report").status_code == status
    assert browse("shi").submit("/console/conversations.csv", reason="report").status_code == 403
