"""Openings: the eight facts, what to look at, put right, publish or send back (P04–P07, C5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.console.opening_form import as_form
from backend.store.models import Opening
from tests.integration.console.conftest import FAR_VILLAGE, VILLAGE, words


@pytest.fixture
def posting(make):
    def plant(**more):
        with make() as f:
            fields = {
                "status": "in_review", "published_at": None, "place": "三组果园", "requirements": "手脚快", "meals": True, "lodging": False,
                "transport": None, "insured": True, "hours_from": "07:00", "hours_to": "17:30", "review_flags": [],
            }  # fmt: skip
            return f.make_opening(region=VILLAGE, **{**fields, **more}).id

    return plant


def get(database, opening_id):
    with database.write() as session:
        return session.get(Opening, opening_id)


def form_of(database, opening_id, **changes):
    opening = get(database, opening_id)
    return {"version": opening.updated_at.isoformat(), **as_form(opening), **changes}


def test_an_opening_shows_all_eight_facts_and_hides_the_employers_number(browse, posting, database):
    page = browse("zhen").visit(f"/console/openings/{posting()}")
    seen = words(page)
    for fact in ("摘水果", "摘脆红李", "兴泉社区", "三组果园", "6月11日", "07:00–17:30", "120元/天", "天天结", "手脚快", "管饭", "不管住",
                 "接不接送没说", "买保险", "要2人"):  # fmt: skip
        assert fact in seen
    assert "+86100" not in page.text


def test_publishing_is_recorded_with_who_and_when(browse, posting, database, audited, staff, clock):
    opening_id = posting()
    assert (
        browse("zhen")
        .submit(f"/console/openings/{opening_id}/review", decision="publish", reason="打电话核实过")
        .status_code
        == 303
    )
    opening = get(database, opening_id)
    assert (opening.status, opening.reviewed_by, opening.review_reason) == ("published", staff["zhen"], "打电话核实过")
    assert opening.published_at == clock()
    assert audited("published")[0].object_id == str(opening_id)


def test_a_rejection_needs_a_reason(browse, posting, database):
    opening_id, browser = posting(), browse("zhen")
    refused = browser.submit(f"/console/openings/{opening_id}/review", decision="reject", reason=" ")
    assert refused.status_code == 422
    assert "退回要选个原因，或者写一句" in words(refused)
    browser.submit(f"/console/openings/{opening_id}/review", decision="reject", reason="要先交押金")
    assert (get(database, opening_id).status, get(database, opening_id).review_reason) == ("rejected", "要先交押金")


def test_a_reviewer_chooses_a_plain_ground_and_reads_that_it_is_texted(browse, posting, database):
    """M08: what the employer reads is said beside the box."""
    opening_id, browser = posting(), browse("zhen")
    page = words(browser.visit(f"/console/openings/{opening_id}"))
    assert "不能扣证件" in page and "会发短信给用工方" in page and "不写名字和电话" in page
    browser.submit(
        f"/console/openings/{opening_id}/review", decision="reject", ground="papers", reason="把押证那句去掉"
    )
    opening = get(database, opening_id)
    assert (opening.status, opening.review_reason) == ("rejected", "不能扣证件。把押证那句去掉")


def test_flags_must_be_ticked_as_checked_before_publishing(browse, posting, database):
    opening_id, browser = posting(review_flags=["deposit_words", "pay_low"]), browse("zhen")
    assert "提到押金或先交钱" in words(browser.visit(f"/console/openings/{opening_id}"))
    path = f"/console/openings/{opening_id}/review"
    assert browser.submit(path, decision="publish", reason="").status_code == 422
    assert get(database, opening_id).status == "in_review"
    unexplained = browser.submit(path, decision="publish", reason=" ", checked="yes")
    assert unexplained.status_code == 422 and "写一句怎么核实的" in words(unexplained)
    browser.submit(path, decision="publish", reason="问过老板，不收押金", checked="yes")
    assert get(database, opening_id).status == "published"


def test_of_two_reviewers_one_decides(browse, posting, database, audited):
    opening_id, first, second = posting(), browse("zhen"), browse("xian")
    first.submit(f"/console/openings/{opening_id}/review", decision="reject", reason="假的")
    late = second.submit(f"/console/openings/{opening_id}/review", decision="publish", reason="")
    assert late.status_code == 409
    assert "已经有人审过了" in words(late)
    assert get(database, opening_id).status == "rejected"
    assert audited("published") == []


def test_work_whose_last_day_has_passed_is_not_published(browse, posting, database, clock):
    opening_id = posting()
    clock.advance(days=5)
    answer = browse("zhen").submit(f"/console/openings/{opening_id}/review", decision="publish", reason="")
    assert answer.status_code == 409
    assert "先改好日子" in words(answer)
    assert get(database, opening_id).status == "in_review"


def test_facts_are_put_right_before_publishing(browse, posting, database, audited):
    opening_id, browser = posting(), browse("zhen")
    changes = {
        "title": "摘李子",
        "headcount": "5",
        "pay_min": "130.5",
        "pay_max": "150",
        "transport": "yes",
        "lodging": "",
        "hours_to": "18:00",
    }
    answer = browser.submit(f"/console/openings/{opening_id}/edit", **form_of(database, opening_id, **changes))
    assert answer.status_code == 303
    opening = get(database, opening_id)
    assert (opening.title, opening.headcount, opening.pay_min_fen, opening.pay_max_fen) == ("摘李子", 5, 13_050, 15_000)
    assert (opening.transport, opening.lodging, opening.hours_to, opening.status) == (True, None, "18:00", "in_review")
    assert audited("edited")[0].facts["fields"] == [
        "headcount", "hours_to", "lodging", "pay_max_fen", "pay_min_fen", "title", "transport"]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [
    ("headcount", "0"), ("headcount", "many"), ("headcount", "1000"), ("title", " "), ("pay_min", "-5"), ("pay_min", "1e9"),
    ("pay_min", "200"), ("starts_on", "soon"), ("ends_on", "2020-01-01"), ("hours_from", "25:00"), ("job_type", "Z99"),
    ("pay_unit", "year"), ("meals", "maybe"), ("region_code", FAR_VILLAGE), ("region_code", "%"), ("requirements", "字" * 501),
])  # fmt: skip
def test_facts_that_do_not_hold_are_not_saved_and_what_was_typed_stays(browse, posting, database, field, value):
    opening_id, browser = posting(), browse("zhen")
    before = as_form(get(database, opening_id))
    answer = browser.submit(
        f"/console/openings/{opening_id}/edit", **form_of(database, opening_id, **{field: value, "place": "新地方"})
    )
    assert answer.status_code == 422
    assert "有几处填得不对" in words(answer)
    assert "新地方" in answer.text
    assert as_form(get(database, opening_id)) == before


def test_the_second_of_two_editors_is_shown_the_new_state_instead_of_overwriting_it(browse, posting, database, clock):
    opening_id = posting()
    stale = form_of(database, opening_id, title="摘桃子")
    clock.advance(minutes=1)
    browse("zhen").submit(f"/console/openings/{opening_id}/edit", **form_of(database, opening_id, title="摘李子"))
    answer = browse("xian").submit(f"/console/openings/{opening_id}/edit", **stale)
    assert answer.status_code == 409
    assert get(database, opening_id).title == "摘李子"


def test_what_is_over_cannot_be_edited_any_more(browse, posting, database):
    opening_id = posting(status="withdrawn")
    assert (
        browse("zhen").submit(f"/console/openings/{opening_id}/edit", **form_of(database, opening_id)).status_code
        == 409
    )


def test_the_number_is_shown_for_a_reason(browse, posting, audited):
    opening_id, browser = posting(), browse("zhen")
    browser.submit(f"/console/openings/{opening_id}/reveal", field="phone", reason="verify_posting")
    assert "+86100" in browser.visit(f"/console/openings/{opening_id}").text
    assert audited("revealed")[0].object_kind == "openings"


def test_openings_wait_oldest_first_and_the_tabs_count(browse, make):
    with make() as f:
        for hours, title in ((1, "新来的活"), (9, "老早的活")):
            f.make_opening(region=VILLAGE, status="in_review", title=title, collected_at=f.now - timedelta(hours=hours))
        f.make_opening(region=VILLAGE, title="发布了的活")
    seen = words(browse("zhen").visit("/console/openings"))
    assert seen.index("老早的活") < seen.index("新来的活")
    assert "待审 2" in seen
    assert "已发布 1" in seen
    assert "发布了的活" not in seen


def test_after_a_decision_comes_the_next_of_the_queue_and_at_its_end_the_list(browse, posting):
    """Reviewing goes on without going back to the list; whoever began in the middle is led to what is left."""
    first, second, third = (posting(title=f"活{at}") for at in range(3))
    browser = browse("zhen")
    browser.visit(f"/console/openings/{second}")

    def decide(opening_id):
        return browser.submit(f"/console/openings/{opening_id}/review", decision="publish", reason="").location

    assert decide(second).endswith(f"/console/openings/{third}")
    assert decide(third).endswith(f"/console/openings/{first}")
    assert decide(first).endswith("/console/openings")
