"""Nobody's name, number or need is seen, and nothing changed, from outside its region; whatever way is tried (T6, T12, P08)."""

from __future__ import annotations

from backend.store.models import Employer
from backend.store.queries.openings import employer_by
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words


def test_revealing_an_employers_name_reveals_no_workers(browse, make, staff):
    with make() as f:
        boss = f.make_employer("王老板", kind="person")
        opening = f.make_opening(employer=boss, region=VILLAGE, headcount=5)
        near, far = f.make_worker("赵近邻"), f.make_worker("钱远方", village=FAR_VILLAGE)
        waits = f.make_worker("孙候补", village=OTHER_VILLAGE)
        f.make_offer(opening, near, "accepted")
        f.make_offer(opening, far, "accepted")
        f.make_offer(opening, waits, "waitlisted", waitlisted_at=f.now)
        page, cards = f"/console/openings/{opening.id}", [f"/console/workers/{w.id}" for w in (near, far, waits)]
    browser = browse("cun")
    browser.visit(page)
    assert browser.submit(page + "/reveal", field="name", reason="verify_posting").status_code == 303
    seen = browser.visit(page)
    assert "王老板" in seen.text and "报上的人" in words(seen)
    assert not any(name in seen.text for name in ("赵近邻", "钱远方", "孙候补"))
    # Her card is the way to a name, for those whose region she is of.
    assert [card in seen.text for card in cards] == [True, False, False]


def test_a_posting_in_ones_village_gives_no_say_over_an_employer_of_elsewhere(browse, database, make, staff):
    """P04: what an employer is, is its own region's to say; from elsewhere its page is there to be read."""
    with make() as f:
        far = f.make_employer("王远方老板", kind="person", region_code=FAR_VILLAGE)
        f.make_opening(employer=far, region=VILLAGE)
        near = f.make_employer("冉近邻老板", kind="person", region_code=VILLAGE)
        f.make_opening(employer=near, region=VILLAGE)
        pages = {one.name: f"/console/employers/{one.id}" for one in (far, near)}
        far_id = far.id
    town = browse("zhen")
    for name, kind, verify in (("王远方老板", 403, 403), ("冉近邻老板", 303, 303)):
        page = town.visit(pages[name])
        assert page.status_code == 200 and name not in page.text
        assert ("核实过了" in words(page)) == (verify == 303)
        assert town.submit(pages[name] + "/kind", kind="enterprise").status_code == kind
        assert name not in town.visit(pages[name]).text  # a kind somebody chose makes no firm of a person's name
        assert town.submit(pages[name] + "/verify", verified="yes", reason="上门看过").status_code == verify
    with database.read() as session:
        employer = session.get_one(Employer, far_id)
        assert (employer.kind, employer.verified_at) == ("person", None)


def test_a_name_without_a_phone_means_an_employer_of_the_same_county_alone(make, deps, staff, clock):
    with make() as f:
        far = f.make_employer("村委会", phone=None, kind="work_relief", region_code=FAR_VILLAGE)
        near = f.make_employer("村委会", phone=None, kind="work_relief", region_code=OTHER_VILLAGE)
        session = f.session
        assert employer_by(session, None, "村委会", VILLAGE).id == near.id
        assert employer_by(session, None, "村委会", FAR_VILLAGE).id == far.id
        assert employer_by(session, None, "村委会", "500101001001") is None
