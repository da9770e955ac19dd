"""Two entries of one person become one, with all that hangs on them, and can be taken apart for a day (W15, C5, T6)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.store.models import (
    Consent,
    Employer,
    HandsetOwner,
    Hardship,
    LedgerAct,
    MergedEntry,
    Offer,
    Opening,
    Visit,
    Worker,
    WorkerTrade,
)
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words


@pytest.fixture
def twins(make, staff):
    """The same woman twice, with an offer, a visit, a claim and consent on either side."""
    with make() as f:
        kept = f.make_worker("王小云", village=VILLAGE, job_types=["A04"], birth_year=1968, gender="female")
        other = f.make_worker("王小芸", village=VILLAGE, job_types=["B03"], birth_year=1968)
        opening, second = f.make_opening(region=VILLAGE), f.make_opening(region=VILLAGE)
        f.make_offer(opening, kept)
        f.make_offer(opening, other, "accepted")
        f.make_offer(second, other, "declined")
        f._add(Visit(worker_id=other.id, staff_id=staff["cun"], kind="home", at=f.now, note="在家"))
        f._add(Hardship(worker_id=kept.id, code="G03", claimed_at=f.now))
        f._add(Hardship(worker_id=other.id, code="G03", claimed_at=f.now - timedelta(days=3), verified_at=f.now,
                        verified_by=staff["cun"], evidence="看了证"))  # fmt: skip
        f._add(Hardship(worker_id=other.id, code="G05", claimed_at=f.now))
        return {"kept": kept.id, "other": other.id, "opening": opening.id, "second": second.id}


def state(database, *ids):
    with database.read() as session:
        return {
            one: {
                "name": (worker := session.get(Worker, one)).person.name,
                "status": worker.status,
                "trades": worker.job_types,
                "offers": sorted(
                    (offer.opening_id, offer.status)
                    for offer in session.scalars(select(Offer).where(Offer.worker_id == one))
                ),
                "visits": len(session.scalars(select(Visit).where(Visit.worker_id == one)).all()),
                "claims": sorted(
                    (label.code, label.verified_at is not None, label.evidence)
                    for label in session.scalars(select(Hardship).where(Hardship.worker_id == one))
                ),
                "phones": len(
                    session.scalars(select(HandsetOwner).where(HandsetOwner.person_id == worker.person_id)).all()
                ),
                "consents": len(session.scalars(select(Consent).where(Consent.person_id == worker.person_id)).all()),
                "found_by": sorted(session.scalars(select(WorkerTrade.job_type).where(WorkerTrade.worker_id == one))),
            }
            for one in ids
        }


def merge(browser, twins, **take):
    page = browser.visit(f"/console/merge/workers/{twins['kept']}/{twins['other']}")
    versions = {name: re.search(f'name="{name}" value="([^"]+)"', page.text).group(1)
                for name in ("kept_version", "other_version")}  # fmt: skip
    return browser.submit(f"/console/merge/workers/{twins['kept']}/{twins['other']}", **versions, **take)


def test_likely_twins_are_found_and_laid_side_by_side(browse, twins):
    browser = browse("cun")
    page = browser.visit("/console/merge")
    assert "同一个村，名字同音" in words(page)
    assert "王小云" not in page.text
    beside = words(browser.visit(f"/console/merge/workers/{twins['kept']}/{twins['other']}"))
    assert "王** 王**" in beside.replace("王**王**", "王** 王**")


def test_everything_moves_to_the_one_that_is_kept_and_back_again(browse, twins, database):
    before = state(database, twins["kept"], twins["other"])
    browser = browse("cun")
    assert merge(browser, twins, job_types="other", name="kept").status_code == 303
    after = state(database, twins["kept"], twins["other"])
    kept, gone = after[twins["kept"]], after[twins["other"]]
    assert kept["trades"] == kept["found_by"] == ["B03"]
    assert kept["offers"] == [(twins["opening"], "accepted"), (twins["second"], "declined")]
    assert kept["visits"] == 1
    assert kept["claims"] == [("G03", True, "看了证"), ("G05", False, None)]
    assert kept["phones"] == kept["consents"] == 2
    assert (gone["status"], gone["name"], gone["offers"], gone["found_by"]) == ("erased", None, [], [])
    moved = browser.visit(f"/console/workers/{twins['other']}")
    assert moved.status_code == 303
    assert moved.location.endswith(f"/console/workers/{twins['kept']}")
    assert "刚并进来" in words(browser.visit(f"/console/workers/{twins['kept']}"))
    with database.read() as session:
        [act] = session.scalars(select(LedgerAct.id))
    assert browser.submit(f"/console/merge/{act}/apart").status_code == 303
    assert state(database, twins["kept"], twins["other"]) == before
    with database.read() as session:
        assert session.scalars(select(MergedEntry)).all() == []
        assert session.scalars(select(LedgerAct.undo)).all() == [{}]


def test_a_merge_is_taken_apart_whole_or_not_at_all(browse, twins, database, clock):
    browser = browse("cun")
    merge(browser, twins, job_types="other")
    with database.write() as session:
        session.get(Worker, twins["kept"]).job_types = ["C01"]
        act = session.scalar(select(LedgerAct.id))
    merged = state(database, twins["kept"], twins["other"])
    browser.submit(f"/console/merge/{act}/apart")
    assert "拆不开了" in words(browser.visit("/console/merge"))
    assert state(database, twins["kept"], twins["other"]) == merged
    clock.advance(hours=25)
    later = browse("cun")
    later.submit(f"/console/merge/{act}/apart")
    assert "过了一天" in words(later.visit("/console/merge"))


def test_consent_taken_back_on_one_side_is_taken_back(browse, twins, database):
    with database.write() as session:
        person = session.get(Worker, twins["other"]).person_id
        session.scalar(select(Consent).where(Consent.person_id == person)).withdrawn_at = session.get(
            Worker, twins["other"]
        ).created_at
    merge(browse("cun"), twins)
    with database.read() as session:
        person = session.get(Worker, twins["kept"]).person_id
        assert all(each.withdrawn_at for each in session.scalars(select(Consent).where(Consent.person_id == person)))


def test_two_places_in_one_opening_are_not_merged_away(browse, twins, database):
    with database.write() as session:
        opening = session.get(Opening, twins["opening"])
        opening.filled = 2
        for offer in session.scalars(select(Offer).where(Offer.opening_id == opening.id)):
            offer.status = "accepted"
    page = merge(browse("cun"), twins, job_types="other")
    assert page.status_code == 409
    assert "先替他退一个" in words(page)
    assert re.search(r'name="job_types" value="other" checked', page.text)


def test_nobody_merges_whom_they_cannot_see(browse, make, twins):
    with make() as f:
        near = f.make_worker("王小云", village=OTHER_VILLAGE).id
        far = f.make_worker("王小云", village=FAR_VILLAGE).id
    browser = browse("cun")
    browser.visit("/console/merge")
    for other in (near, far):
        assert browser.visit(f"/console/merge/workers/{twins['kept']}/{other}").status_code == 404
        sent = browser.submit(f"/console/merge/workers/{twins['kept']}/{other}", kept_version="x", other_version="y")
        assert sent.status_code == 404
    assert browse("shi").visit("/console/merge").status_code == 403


def test_two_employers_become_one_and_two_again(browse, make, database):
    with make() as f:
        kept = f.make_employer("兴泉果园", region_code=VILLAGE)
        other = f.make_employer("兴泉果园场", region_code=VILLAGE)
        opening = f.make_opening(employer=other, region=VILLAGE).id
        ids = kept.id, other.id
        phone = other.phone
    browser = browse("cun")
    browser.visit(f"/console/merge/employers?kept={ids[0]}&other={ids[1]}")
    sent = browser.submit("/console/merge/employers", kept=str(ids[0]), other=str(ids[1]), phone="other")
    assert sent.status_code == 303
    with database.read() as session:
        assert session.get(Opening, opening).employer_id == ids[0]
        assert session.get(Employer, ids[0]).phone == phone
        assert session.get(Employer, ids[1]) is None
        act = session.scalar(select(LedgerAct.id))
    assert browser.visit(f"/console/employers/{ids[1]}").location.endswith(f"/console/employers/{ids[0]}")
    browser.submit(f"/console/merge/{act}/apart")
    with database.read() as session:
        assert session.get(Opening, opening).employer_id == ids[1]
        assert session.get(Employer, ids[1]).name == "兴泉果园场"
