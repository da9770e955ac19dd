"""Two entries of one person become one, with all that hangs on them, and can be taken apart for a day (W15, C5, T6)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.services import find_duplicates
from backend.store.models import (
    Consent,
    DuplicateCount,
    Employer,
    Handset,
    HandsetOwner,
    Hardship,
    Household,
    InboxEntry,
    LedgerAct,
    MergedEntry,
    Offer,
    Opening,
    Visit,
    Worker,
    WorkerTrade,
)
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words

LAST_VILLAGE = "500114122201"
OTHER_NEAR = f"{TOWN}003"  # another village of the same town


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
    return browser.submit(f"/console/merge/workers/{twins['kept']}/{twins['other']}", **versions_in(page), **take)


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
        sent = browser.submit(
            f"/console/merge/workers/{twins['kept']}/{other}", kept_version="x", other_version="y", pair_version="z"
        )
        assert sent.status_code == 404
    assert browse("shi").visit("/console/merge").status_code == 403


def merge_firms(browser, ids, **take):
    page = browser.visit(f"/console/merge/employers?kept={ids[0]}&other={ids[1]}")
    return send_firms(browser, ids, versions_in(page), **take)


def versions_in(page):
    return dict(re.findall(r'name="((?:kept|other|pair)_version)" value="([^"]+)"', page.text))


def send_firms(browser, ids, versions, **take):
    return browser.submit("/console/merge/employers", kept=str(ids[0]), other=str(ids[1]), **versions, **take)


def test_two_employers_become_one_and_two_again(browse, make, database):
    with make() as f:
        kept = f.make_employer("兴泉果园", region_code=VILLAGE)
        other = f.make_employer("兴泉果园场", region_code=VILLAGE)
        opening = f.make_opening(employer=other, region=VILLAGE).id
        ids = kept.id, other.id
        phone = other.phone
    browser = browse("cun")
    browser.visit(f"/console/merge/employers?kept={ids[0]}&other={ids[1]}")
    sent = merge_firms(browser, ids, phone="other")
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


def test_what_only_the_other_one_tells_is_not_lost(browse, twins, make, database):
    with make() as f:
        home = f._add(Household(village_code=VILLAGE, created_at=f.now)).id
        other = f.session.get(Worker, twins["other"])
        other.unavailable, other.within_km, other.travel = [["2026-12-01", "2026-12-05"]], 5, "bus"
        other.day_parts, other.term, other.person.household_id = ["morning"], "long", home
        other.person.place_as_said, other.person.wording = "河边那头", "mandarin"
    browser = browse("cun")
    page = browser.visit(f"/console/merge/workers/{twins['kept']}/{twins['other']}")
    for shown in ("household_id", "day_parts", "term"):
        assert re.search(f'name="{shown}" value="other" checked', page.text), shown
    merge(browser, twins, household_id="other", day_parts="other", term="other")
    with database.read() as session:
        kept, gone = session.get(Worker, twins["kept"]), session.get(Worker, twins["other"])
        assert kept.unavailable == [["2026-12-01", "2026-12-05"]]
        assert (kept.within_km, kept.travel, kept.term, kept.day_parts) == (5, "bus", "long", ["morning"])
        assert (kept.person.household_id, kept.person.wording) == (home, "mandarin")
        assert (gone.within_km, gone.person.place_as_said, gone.person.household_id) == (None, None, None)
        act = session.scalar(select(LedgerAct.id))
    browser.submit(f"/console/merge/{act}/apart")
    with database.read() as session:
        kept, gone = session.get(Worker, twins["kept"]), session.get(Worker, twins["other"])
        assert (kept.within_km, kept.person.household_id, kept.unavailable) == (None, None, [])
        assert (gone.within_km, gone.person.household_id, gone.person.place_as_said) == (5, home, "河边那头")


def test_one_person_does_not_get_two_places_on_the_same_days(browse, twins, make, database):
    with make() as f:
        days = {"starts_on": f.today + timedelta(days=40), "ends_on": f.today + timedelta(days=41)}
        kept, other = (f.session.get(Worker, twins[name]) for name in ("kept", "other"))
        one, two = (f.make_opening(region=VILLAGE, title=title, **days) for title in ("摘脐橙", "采茶"))
        mine, theirs = f.make_offer(one, kept, "accepted"), f.make_offer(two, other, "accepted")
        for offer in (mine, theirs):
            offer.starts_on, offer.ends_on = days["starts_on"], days["ends_on"]
        theirs_id = theirs.id
    browser = browse("cun")
    page = merge(browser, twins)
    assert page.status_code == 409
    assert "同几天各定了一个活" in words(page)
    assert "摘脐橙" in words(page)
    assert "采茶" in words(page)
    with database.write() as session:
        session.get(Offer, theirs_id).status = "withdrawn"
    assert merge(browser, twins).status_code == 303


def test_a_phone_that_changes_hands_is_listed_by_whose_it_is_now(browse, make, twins, database):
    with make() as f:
        kept, other = (f.session.get(Worker, twins[name]) for name in ("kept", "other"))
        kept.person.birth_year, other.person.birth_year = 1950, None
        handset = f.session.scalar(select(HandsetOwner.handset_id).where(HandsetOwner.person_id == other.person_id))
        talk = f.make_conversation(f.session.get(Handset, handset), region_code=VILLAGE).id

    def marks():
        with database.read() as session:
            return set(session.scalars(select(InboxEntry.mark).where(InboxEntry.conversation_id == talk)))

    assert "elder" not in marks()
    browser = browse("cun")
    merge(browser, twins)
    assert "elder" in marks()
    with database.read() as session:
        act = session.scalar(select(LedgerAct.id))
    browser.submit(f"/console/merge/{act}/apart")
    assert "elder" not in marks()


def test_a_village_takes_nothing_apart_that_comes_back_elsewhere(browse, make, twins, database):
    with make() as f:
        f.make_region(OTHER_NEAR)
        f.session.get(Worker, twins["other"]).person.village_code = OTHER_NEAR
    assert merge(browse("zhen"), twins).status_code == 303
    with database.read() as session:
        act = session.scalar(select(LedgerAct.id))
    merged = state(database, twins["kept"], twins["other"])
    assert browse("cun").submit(f"/console/merge/{act}/apart").status_code == 404
    assert state(database, twins["kept"], twins["other"]) == merged
    assert browse("zhen").submit(f"/console/merge/{act}/apart").status_code == 303


def test_an_employer_changed_meanwhile_is_looked_at_again(browse, make, database):
    with make() as f:
        kept = f.make_employer("兴泉果园", region_code=VILLAGE, phone="+8610000555011")
        other = f.make_employer("兴泉果园场", region_code=VILLAGE, phone="+8610000555012")
        ids = kept.id, other.id
    browser = browse("cun")
    versions = versions_in(browser.visit(f"/console/merge/employers?kept={ids[0]}&other={ids[1]}"))
    with database.write() as session:
        session.get(Employer, ids[0]).phone = "+8610000555013"
    page = send_firms(browser, ids, versions, phone="other", name="kept")
    assert page.status_code == 409
    assert "有人动过" in words(page)
    assert re.search('name="phone" value="other" checked', page.text)
    with database.read() as session:
        assert session.get(Employer, ids[0]).phone == "+8610000555013"
    assert send_firms(browser, ids, versions_in(page), phone="other").status_code == 303


def test_likely_employers_are_shown_and_two_can_be_ticked(browse, make):
    with make() as f:
        one = f.make_employer("兴泉果园合作社", kind="cooperative", region_code=VILLAGE, phone="+8610000555011")
        two = f.make_employer("兴泉果园合作社有限公司", kind="enterprise", region_code=VILLAGE, phone="+8610000555012")
        f.make_employer("顺达建筑公司", kind="enterprise", region_code=VILLAGE, phone="+8610000555013")
        ids = one.id, two.id
    browser = browse("cun")
    page = browser.visit("/console/merge/employers")
    assert "同一个乡镇，名字一样" in words(page)
    assert f"kept={ids[0]}&amp;other={ids[1]}" in page.text
    assert "顺达" not in page.text
    assert f'name="pick" value="{ids[0]}"' in browser.visit("/console/employers").text
    assert "是一家，并成一条" in words(browser.visit(f"/console/merge/employers?pick={ids[0]}&pick={ids[1]}"))
    assert "正好勾两个" in words(browser.visit(f"/console/merge/employers?pick={ids[0]}"))


def test_a_county_begins_where_somebody_is_likely_twice(browse, make, twins, deps, clock, database):
    with make() as f:
        f.make_region(LAST_VILLAGE)
        for year in (1966, 1967):
            f.make_worker("王二妹", village=LAST_VILLAGE, birth_year=year)
    towns = deps.regions.towns_of(COUNTY)
    while find_duplicates.compare_one(deps):
        pass
    with database.read() as session:
        found = {row.town_code: row.pairs for row in session.scalars(select(DuplicateCount))}
    assert {code: pairs for code, pairs in found.items() if pairs} == {TOWN: 1, LAST_VILLAGE[:9]: 1}
    browser = browse("xian")
    page = browser.visit("/console/merge")
    first = next(code for code, _ in towns if found[code])
    assert f'<option value="{first}" selected>' in page.text
    assert "王二妹" not in page.text
    assert f"place={TOWN}" in page.text
    # Merged they are two no more, and the town is counted again before the others.
    merge(browse("cun"), twins)
    assert f"place={TOWN}" not in browser.visit("/console/merge").text
    assert (find_duplicates.compare_one(deps), find_duplicates.compare_one(deps)) == (1, 0)
    clock.advance(hours=7)
    assert find_duplicates.compare_one(deps) == 1


def test_two_numbers_can_be_laid_side_by_side(browse, twins):
    sent = browse("cun").visit(f"/console/merge?kept={twins['kept']}&other={twins['other']}")
    assert sent.location.endswith(f"/console/merge/workers/{twins['kept']}/{twins['other']}")
