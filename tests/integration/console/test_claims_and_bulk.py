"""Claims judged one after the other with evidence, and many rows done at once (H01, W15, P04; vocabulary §4.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.store.models import Hardship, LedgerAct, Opening, Worker
from tests.integration.console.conftest import FAR_VILLAGE, VILLAGE, words


@pytest.fixture
def claims(make):
    def plant(*names, village=VILLAGE):
        ids = []
        with make() as f:
            for at, name in enumerate(names):
                worker = f.make_worker(name, village=village)
                claim = Hardship(worker_id=worker.id, code="G03", claimed_at=f.now - timedelta(days=10 - at))
                ids.append(f._add(claim).id)
        return ids

    return plant


def claim(database, claim_id):
    with database.read() as session:
        return session.get(Hardship, claim_id)


def test_the_oldest_claim_comes_first_and_is_judged_with_evidence(browse, claims, database):
    first, second = claims("赵一", "钱二")
    browser = browse("cun")
    seen = words(browser.visit("/console/claims"))
    assert seen.index("赵*") < seen.index("钱*")
    page = browser.visit(f"/console/claims/{first}")
    assert "低保" not in page.text
    browser.submit(f"/console/claims/{first}/reveal", field="hardship", reason="check_record")
    assert "低保或低收入" in words(browser.visit(f"/console/claims/{first}"))
    bare = {"decision": "verify", "found_true": "papers_seen", "not_so": "", "evidence": ""}
    assert browser.submit(f"/console/claims/{first}", **bare).status_code == 422
    done = browser.submit(f"/console/claims/{first}", **{**bare, "evidence": "看了低保证"})
    assert done.location.endswith(f"/console/claims/{second}")
    assert claim(database, first).verified_at
    assert claim(database, first).evidence == "看了低保证"
    assert browser.submit(f"/console/claims/{first}", **{**bare, "evidence": "再看"}).status_code == 409


def test_a_claim_found_untrue_leaves_the_queue_and_comes_back_when_taken_back(browse, claims, database, clock):
    [only] = claims("赵一")
    browser = browse("cun")
    browser.visit("/console/claims")
    sent = {"decision": "reject", "found_true": "", "not_so": "not_on_the_list", "evidence": "名单里没有他"}
    assert browser.submit(f"/console/claims/{only}", **sent).status_code == 303
    assert claim(database, only).rejected_for == "not_on_the_list"
    page = words(browser.visit("/console/claims"))
    assert "没有要核实的" in page
    assert browse("zhen").submit(f"/console/claims/{only}/undo").status_code == 303
    assert claim(database, only).rejected_at, "only whoever judged it takes it back"
    browser.submit(f"/console/claims/{only}/undo")
    assert claim(database, only).rejected_at is None
    assert "赵*" in words(browser.visit("/console/claims"))


def test_a_note_of_a_hundred_thousand_characters_is_told_and_kept(browse, claims):
    [only] = claims("赵一")
    browser = browse("cun")
    browser.visit("/console/claims")
    browser.submit(f"/console/claims/{only}/reveal", field="hardship", reason="check_record")
    text = "证" * 100_000
    page = browser.submit(f"/console/claims/{only}", decision="verify", found_true="visited", not_so="", evidence=text)
    assert page.status_code == 422
    assert "写了100000个字，最多300个" in words(page)
    assert text in page.text


def test_claims_of_elsewhere_are_not_there(browse, claims):
    [far] = claims("远人", village=FAR_VILLAGE)
    assert browse("cun").visit(f"/console/claims/{far}").status_code == 404
    assert browse("shi").visit("/console/claims").status_code in (403, 200)


# -- many at once ---------------------------------------------------------------------------------------------------
def test_ticked_workers_are_shown_done_and_taken_back_together(browse, make, database):
    with make() as f:
        ids = [f.make_worker(name, village=VILLAGE, at_home=False).id for name in ("赵一", "钱二", "孙三")]
        far = f.make_worker("远人", village=FAR_VILLAGE, at_home=False).id
    browser = browse("cun")
    browser.visit("/console/workers")
    picked = [str(one) for one in (*ids[:2], far)]
    page = browser.submit("/console/bulk/workers", act="at_home", pick=picked)
    assert "把3个人都记成“在家”" in words(page)
    assert "远" not in words(page).replace("撤", "")
    done = browser.submit("/console/bulk/workers/start", act="at_home", pick=picked)
    page = browser.visit(done.location)
    assert "办好了2个" in words(page)
    assert f"台账号{far}：已经不在您的辖区" in words(page)

    def homes():
        with database.read() as session:
            return [session.get(Worker, one).at_home for one in (*ids, far)]

    assert homes() == [True, True, False, False]
    assert browse("zhen").visit(done.location).status_code == 404
    browser.submit(done.location + "/undo")
    assert homes() == [False, False, False, False]


def test_what_somebody_changed_since_is_not_taken_back(browse, make, database):
    with make() as f:
        one = f.make_worker("赵一", village=VILLAGE).id
    browser = browse("cun")
    browser.visit("/console/workers")
    act = browser.submit("/console/bulk/workers/start", act="at_home", pick=[str(one)]).location
    browser.submit("/console/bulk/workers/start", act="away", pick=[str(one)])
    browser.submit(act + "/undo")
    assert "后来又改过，没有撤" in words(browser.visit(act))
    with database.read() as session:
        assert session.get(Worker, one).at_home is False


def test_more_than_a_hundred_go_on_where_they_stopped(browse, make, database):
    with make() as f:
        ids = [f.make_worker(f"人{number}", village=VILLAGE).id for number in range(103)]
    browser = browse("cun")
    browser.visit("/console/workers")
    act = browser.submit("/console/bulk/workers/start", act="away", pick=[str(one) for one in ids]).location
    assert "办到第100个，一共103个" in words(browser.visit(act))
    browser.submit(act + "/on")
    assert "办好了103个" in words(browser.visit(act))
    with database.read() as session:
        [row] = session.scalars(select(LedgerAct))
        assert (row.waiting, row.failed) == ([], [])


def test_openings_with_something_to_look_at_are_not_published_by_the_dozen(browse, make, database):
    with make() as f:
        clean = f.make_opening(region=VILLAGE, status="in_review").id
        flagged = f.make_opening(region=VILLAGE, status="in_review", review_flags=["pay_low"]).id
    browser = browse("zhen")
    browser.visit("/console/openings")
    act = browser.submit("/console/bulk/openings/start", act="publish", pick=[str(clean), str(flagged)]).location
    page = words(browser.visit(act))
    assert "办好了1个" in page
    assert "有要留心的地方，要一个个审" in page
    with database.read() as session:
        assert session.get(Opening, clean).status == "published"
        assert session.get(Opening, flagged).status == "in_review"


def test_whoever_only_looks_does_nothing_in_bulk(browse, make):
    with make() as f:
        one = f.make_worker("赵一", village=VILLAGE).id
    browser = browse("shi")
    assert browser.submit("/console/bulk/workers", act="away", pick=[str(one)]).status_code == 403
    assert browser.submit("/console/bulk/workers/start", act="away", pick=[str(one)]).status_code == 403
