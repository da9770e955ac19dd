"""Cases: pressing ones first, taken by one, answered by text, closed with a sentence (R01, R02)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.store.models import Case, Conversation, HandsetOwner, Person
from tests.integration.console.conftest import VILLAGE, words


@pytest.fixture
def open_case(make):
    """`open_case(kind="injury")` → id of a case with its words and conversation in the village."""

    def plant(kind="wage_arrears", priority=2, name="罗桂芳", words="老板欠我三千五，名字罗桂芳", due=24, **more):
        with make() as f:
            f.make_region(VILLAGE)
            worker = f.make_worker(name)
            owner = f.session.scalar(select(HandsetOwner).where(HandsetOwner.person_id == worker.person_id))
            conversation = f._add(Conversation(handset_id=owner.handset_id, person_id=worker.person_id, region_code=VILLAGE,
                                               started_at=f.now, last_at=f.now, context={}))  # fmt: skip
            message = f.make_message(words, conversation=conversation, intent="report_problem", confidence=0.9)
            case = Case(kind=kind, priority=priority, summary=words, details={"money": [3500], "message_ids": [message.id]},
                        conversation_id=conversation.id, handset_id=owner.handset_id, worker_id=worker.id, region_code=VILLAGE,
                        source_message_id=message.id, opened_at=f.now, due_at=f.now + timedelta(hours=due), **more)  # fmt: skip
            return f._add(case).id

    return plant


def get(database, case_id):
    with database.write() as session:
        return session.get(Case, case_id)


def test_the_list_puts_the_pressing_ones_first_and_names_what_is_late(browse, open_case, clock):
    open_case("policy", 3)
    open_case("wage_arrears", 2, due=30)
    open_case("injury", 1, due=1)
    open_case("fraud", 2, due=2)
    clock.advance(hours=3)
    seen = words(browse("cun").visit("/console/cases")).split("筛选", 1)[1]  # after the filter, which names every kind
    assert sorted(("受伤", "受骗", "欠工钱", "问政策"), key=seen.index) == ["受伤", "受骗", "欠工钱", "问政策"]
    assert seen.count("已过时限") == 2


def test_the_list_is_filtered_by_kind_and_status(browse, open_case):
    open_case("injury", 1)
    open_case("fraud", 2, words="遭骗了")
    browser = browse("cun")
    assert "遭骗了" in words(browser.visit("/console/cases?kind=fraud"))
    assert "三千五" not in words(browser.visit("/console/cases?kind=fraud"))
    assert "这里没有事" in words(browser.visit("/console/cases?status=closed"))


def test_a_case_shows_the_words_the_facts_and_the_conversation_with_names_hidden(browse, open_case):
    page = browse("cun").visit(f"/console/cases/{open_case()}")
    seen = words(page)
    assert "老板欠我三千五" in seen
    assert "3***元" in seen
    assert "0.90" in seen
    assert "罗桂芳" not in page.text
    assert "罗**" in seen
    assert "罗桂芳" not in browse("cun").visit("/console/cases").text + browse("cun").visit("/console/").text


def test_one_takes_a_case_and_the_next_is_told(browse, open_case, database, staff, audited):
    case_id = open_case()
    assert browse("cun").submit(f"/console/cases/{case_id}/take").status_code == 303
    late = browse("zhen").submit(f"/console/cases/{case_id}/take")
    assert late.status_code == 409
    assert "同事已经接手了" in words(late)
    assert (get(database, case_id).status, get(database, case_id).taken_by) == ("taken", staff["cun"])
    assert len(audited("took_case")) == 1


def test_a_case_is_closed_with_a_sentence_and_stays_closed(browse, open_case, database, staff, audited):
    case_id, browser = open_case(), browse("cun")
    blank = browser.submit(f"/console/cases/{case_id}/close", resolution="  ")
    assert blank.status_code == 422
    assert "请写一句" in words(blank)
    assert browser.submit(f"/console/cases/{case_id}/close", resolution="老板已付清").status_code == 303
    case = get(database, case_id)
    assert (case.status, case.resolution, case.closed_by) == ("closed", "老板已付清", staff["cun"])
    assert browser.submit(f"/console/cases/{case_id}/close", resolution="再来").status_code == 409
    assert [e.object_id for e in audited("closed_case")] == [str(case_id)]
    assert "老板已付清" in words(browser.visit(f"/console/cases/{case_id}"))


def test_a_released_case_is_open_to_colleagues_again(browse, open_case, database):
    case_id = open_case()
    browse("cun").submit(f"/console/cases/{case_id}/take")
    browse("zhen").submit(f"/console/cases/{case_id}/release")
    assert (get(database, case_id).status, get(database, case_id).taken_by) == ("open", None)


def test_a_reply_from_the_case_takes_it_and_silences_the_bot(browse, open_case, database, outgoing, staff):
    case_id = open_case()
    browse("cun").submit(f"/console/cases/{case_id}/reply", text="我下午给您打电话", form_id="a")
    case = get(database, case_id)
    with database.write() as session:
        assert session.get(Conversation, case.conversation_id).taken_by == staff["cun"]
    assert case.taken_by == staff["cun"]
    assert "我下午给您打电话" in outgoing()[-1].body


def test_a_spoken_name_is_written_down_and_the_case_is_done(browse, open_case, database, audited):
    case_id = open_case("write_name", 3, name="", words="", recording_url="http://carrier.test/Recordings/RE9")
    browser = browse("cun")
    for wrong in ("王", "1234", "<b>", "王小云!", "名" * 21):
        assert browser.submit(f"/console/cases/{case_id}/name", name=wrong).status_code == 422
    assert browser.submit(f"/console/cases/{case_id}/name", name=" 冉 隆珍 ").status_code == 303
    with database.write() as session:
        assert "冉隆珍" in session.scalars(select(Person.name)).all()
    assert get(database, case_id).status == "closed"
    assert "冉隆珍" not in str([e.facts for e in audited("name_written")] + [get(database, case_id).resolution])


def test_a_name_cannot_be_written_through_another_kind_of_case(browse, open_case, database):
    case_id = open_case("injury", 1)
    assert browse("cun").submit(f"/console/cases/{case_id}/name", name="冉隆珍").status_code == 409
    with database.write() as session:
        assert "罗桂芳" in session.scalars(select(Person.name)).all()


def test_the_recording_of_a_case_is_streamed_by_us(browse, open_case, carrier, audited):
    carrier.recordings["http://carrier.test/Recordings/RE9"] = b"RIFF0000WAVE"
    case_id = open_case("voicemail", 2, recording_url="http://carrier.test/Recordings/RE9")
    browser = browse("cun")
    assert "carrier.test" not in browser.visit(f"/console/cases/{case_id}").text
    assert browser.visit(f"/console/cases/{case_id}/recording").data == b"RIFF0000WAVE"
    assert len(audited("listened")) == 1


def test_a_case_without_conversation_or_number_can_still_be_read_and_closed(browse, make, database):
    with make() as f:
        f.make_region(VILLAGE)
        case_id = f._add(
            Case(kind="callback", summary="", details={}, region_code=VILLAGE, opened_at=f.now, due_at=f.now)
        ).id
    browser = browse("cun")
    assert "没有号码" in words(browser.visit(f"/console/cases/{case_id}"))
    browser.submit(f"/console/cases/{case_id}/close", resolution="打过去了")
    assert get(database, case_id).status == "closed"


def test_the_first_page_counts_what_waits(browse, open_case, make):
    open_case("injury", 1), open_case("fraud", 2), open_case("policy", 3), open_case("policy", 3)
    with make() as f:
        f.make_opening(region=VILLAGE, status="in_review")
    seen = words(browse("cun").visit("/console/"))
    assert "1马上办" in seen
    assert "1今天办" in seen
    assert "2一般" in seen
    assert "4等人回话" in seen
    assert "1岗位待审" in seen


def test_a_task_about_an_opening_leads_to_it(browse, open_case, database, make):
    """From there it is one step to the employer whose number is to be written down (T4)."""
    case_id = open_case("update_number", words="用工方的号码换了人")
    with make() as f:
        opening_id = f.make_opening(region=VILLAGE).id
    with database.write() as session:
        case = session.get(Case, case_id)
        case.opening_id, case.details = opening_id, {"opening_id": opening_id, "employer_id": 1}
    page = browse("cun").visit(f"/console/cases/{case_id}")
    assert f'href="/console/openings/{opening_id}"' in page.text
    assert "employer_id" not in page.text
