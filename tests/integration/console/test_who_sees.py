"""Nobody's name, number or need is seen, and nothing changed, from outside its region; whatever way is tried (T6, T12, P08)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.console.opening_form import as_form
from backend.store.models import (
    Employer,
    Forwarding,
    HandsetOwner,
    Hardship,
    Household,
    LedgerImport,
    Offer,
    Opening,
    Person,
    Talk,
    TalkPerson,
    Visit,
)
from backend.store.queries.openings import employer_by
from tests.integration.console.conftest import (
    FAR_VILLAGE,
    OTHER_TOWN,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    words,
)
from tests.integration.console.test_ledger_files import book, read


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
    assert "王老板" in seen.text and "要来的人" in words(seen)
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


@pytest.fixture
def two_households(make, staff):
    """One of each village; in the one of the other village somebody of ours lives. Returns their numbers and the neighbour."""
    with make() as f:
        ours = Household(village_code=VILLAGE, created_at=f.now)
        theirs = Household(village_code=OTHER_VILLAGE, created_at=f.now)
        f.session.add_all([ours, theirs])
        f.session.flush()
        for name, village, home in (
            ("冉本村", VILLAGE, ours),
            ("石嫁来", VILLAGE, theirs),
            ("石外村", OTHER_VILLAGE, theirs),
        ):
            worker = f.make_worker(name, village=village)
            worker.person.household_id = home.id
        f.session.flush()
        return ours.id, theirs.id, worker.id


def test_a_village_cannot_take_over_the_household_of_another(browse, database, two_households):
    ours, theirs, neighbour = two_households
    village = browse("cun")
    page = village.visit(f"/console/households/{theirs}")
    assert "不在您的辖区" in words(page) and f"/console/workers/{neighbour}" not in page.text and "石**" in words(page)
    refused = village.submit(f"/console/households/{ours}/merge", other=str(theirs), reason="married")
    assert refused.status_code == 409 and "要请管得到两边的镇或者区县" in words(refused)
    with database.read() as session:
        assert session.get(Household, theirs) is not None
    assert browse("cun2").visit(f"/console/households/{theirs}").status_code == 200
    county = browse("xian")
    county.visit(f"/console/households/{ours}")
    assert county.submit(f"/console/households/{ours}/merge", other=str(theirs), reason="married").status_code == 303


def test_a_talk_shows_nobody_of_another_village(browse, make, staff):
    with make() as f:
        opening = f.make_opening(region=VILLAGE).id
        near, far = f.make_worker("冉本村").id, f.make_worker("石外村", village="500114121003").id
    town = browse("zhen")
    town.visit("/console/talks")
    talk = town.submit(
        "/console/talks", kind="one_to_many", held_on="2026-06-10", note="", **{"with": f"opening:{opening}"}
    ).headers["Location"]
    for who in (near, far):
        assert town.submit(talk + "/add", worker=str(who)).status_code == 303
    seen = browse("cun").visit(talk)
    assert "冉**" in words(seen) and "石**" not in words(seen) and "不在您的辖区" in words(seen)
    assert f"/workers/{far}" not in seen.text and f'value="{far}"' not in seen.text
    assert "石**" in words(town.visit(talk))


def test_the_posts_page_shows_nobody_of_another_town_and_takes_no_answer_for_her(browse, make, staff):
    """H11."""
    with make() as f:
        f.make_region(OTHER_TOWN)
        post = f.make_opening(region=VILLAGE, source_kind="policy", title="村道保洁")
        far = f.make_worker("石外镇", village=OTHER_VILLAGE)
        offer, far_id = f.make_offer(post, far).id, far.id
    town = browse("zhen")
    seen = town.visit("/console/backstop")
    assert "村道保洁" in words(seen) and "不在您的辖区" in words(seen)
    assert "石**" not in words(seen) and f"/workers/{far_id}" not in seen.text
    assert town.submit(f"/console/backstop/offers/{offer}", answer="accept").status_code == 404
    assert "石**" in words(browse("xian").visit("/console/backstop"))


def test_numbers_in_a_title_are_hidden_in_the_title_of_the_page_too(browse, make, staff):
    with make() as f:
        opening = f.make_opening(region=VILLAGE, title="摘果打13812345678")
        f.make_region(OTHER_TOWN)
        sent = f._add(Forwarding(opening_id=opening.id, to_region=OTHER_TOWN, forwarded_at=f.now))
        pages = {"cun": f"/console/openings/{opening.id}", "xian": f"/console/forwarded/{sent.id}"}
    for login, page in pages.items():
        seen = browse(login).visit(page)
        [title] = re.findall(r"(?s)<title>(.*?)</title>", seen.text)
        assert "摘果打" in title and "13812345678" not in title


def test_who_stands_in_a_ledger_of_need_is_read_for_a_reason_only(browse, make, staff, audited, clock):
    """H03, T12: being in the list says what the card hides; city and province see how many."""
    with make() as f:
        worker = f.make_worker("赵残疾")
        f._add(Hardship(worker_id=worker.id, code="G04", claimed_at=f.now, verified_at=f.now))
    tab = "/console/ledgers/priority?tab=disabled"
    city = browse("shi")
    seen = city.visit(tab)
    assert "这一类有1人" in words(seen) and "赵**" not in words(seen) and f"/workers/{worker.id}" not in seen.text
    assert city.submit("/console/ledgers/priority/open", tab="disabled", reason="check_record").status_code == 403
    village = browse("cun")
    assert "赵**" not in words(village.visit(tab))
    assert village.submit("/console/ledgers/priority/open", tab="disabled", reason="curious").status_code == 422
    village.visit(tab)
    assert village.submit("/console/ledgers/priority/open", tab="disabled", reason="check_record").status_code == 303
    assert "赵**" in words(village.visit(tab))
    [event] = audited("opened_tab")
    assert (event.object_id, event.facts) == ("disabled", {"reason": "check_record"})
    assert "赵**" not in words(browse("cun").visit("/console/ledgers/priority?tab=low_income"))
    clock.advance(minutes=11)
    assert "赵**" not in words(village.visit(tab))


WORKER_HEADS = ["姓名", "村（社区）", "联系电话"]


def test_a_file_attaches_nobody_to_a_number_of_elsewhere_and_tells_nothing_of_it(browse, database, make, staff, deps):
    with make() as f:
        f.make_worker("远方人", number="+8613800001111", village=FAR_VILLAGE)
        f.make_worker("没村人", number="+8613800002222").person.village_code = None
    deps.regions.reload()
    village, told = browse("cun2"), []
    for name, phone in (("王小云", "13800001111"), ("远方人", "13800001111"), ("没村人", "13800002222")):
        place, page = read(village, book([[name, "第500114122201区", phone]], heads=WORKER_HEADS))
        told.append([row for row in words(page).split("。") if "登记在别的地方" in row])
        assert village.submit(place + "/store", given_by="self", signed="yes").status_code == 409
    assert all(told)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(HandsetOwner)) == 2
        assert session.scalars(select(Person.village_code).where(Person.name == "没村人")).one() is None
        problems = [
            one.problems[0]["reason"] for one in session.scalars(select(LedgerImport).order_by(LedgerImport.id))
        ]
        assert len(set(problems)) == 1  # the same words whether the name was right or not
    county = browse("xian")
    place, _ = read(county, book([["没村人", "第500114122201区", "13800002222"]], heads=WORKER_HEADS))
    assert county.submit(place + "/store", given_by="self", signed="yes").status_code == 303


def test_the_trail_keeps_no_names_or_numbers_out_of_a_reason(browse, make, staff, audited):
    with make() as f:
        boss = f.make_employer("冉老板", kind="person", region_code=VILLAGE)
        sent_back = f.make_opening(employer=boss, region=VILLAGE, status="in_review").id
        closed = f.make_opening(employer=boss, region=VILLAGE)
        f.make_offer(closed, f.make_worker("赵大明"), "accepted")
        closed_id, boss_id = closed.id, boss.id
    town, why = browse("zhen"), "打13812345678问过冉老板，是假的"
    town.submit(f"/console/openings/{sent_back}/review", decision="reject", reason=why)
    town.submit(f"/console/openings/{closed_id}/close", how="off", reason=f"赵大明说的，{why}")
    town.submit(f"/console/employers/{boss_id}/verify", verified="yes", reason=why)
    for verb in ("rejected", "closed_by_staff", "employer_verified"):
        [event] = audited(verb)
        kept = str(event.facts)
        assert "问过" in kept and not any(told in kept for told in ("13812345678", "冉老板", "赵大明")), verb


@pytest.mark.parametrize(
    ("field", "value"),
    [("pay_min", "0"), ("headcount", "501"), ("ends_on", "2099-01-01"), ("starts_on", "2020-01-01"), ("requirements", "要" * 201),
     ("ends_on", "2020-01-01")],
)  # fmt: skip
def test_editing_in_review_goes_no_farther_than_posting(browse, make, staff, database, field, value):
    """E01."""
    with make() as f:
        opening = f.make_opening(region=VILLAGE, status="in_review")
        page, opening_id = f"/console/openings/{opening.id}", opening.id
        facts = {**as_form(opening), "version": opening.updated_at.isoformat(), "place": "老茶山", field: value}
    if field == "pay_min":
        facts["pay_max"] = "0"
    if value == "2020-01-01" and field == "ends_on":
        facts["starts_on"] = value
    browser = browse("cun")
    browser.visit(page)
    refused = browser.submit(page + "/edit", **facts)
    assert refused.status_code == 422 and "有几处填得不对" in words(refused)
    with database.read() as session:
        assert session.get_one(Opening, opening_id).place == ""


def test_a_place_both_sides_were_told_of_is_not_taken_back_by_a_note(browse, make, staff, database):
    """H05."""
    with make() as f:
        opening, worker = f.make_opening(region=VILLAGE).id, f.make_worker("冉本村", number="+8613800001111").id
    browser = browse("cun")
    browser.visit("/console/talks")
    talk = browser.submit(
        "/console/talks", kind="one_to_one", held_on="2026-06-10", note="", **{"with": f"opening:{opening}"}
    ).headers["Location"]
    browser.submit(talk + "/add", worker=str(worker))
    assert browser.submit(talk + "/outcome", worker=str(worker), outcome="hired").status_code == 303
    refused = browser.submit(talk + "/outcome", worker=str(worker), outcome="refused")
    assert refused.status_code == 409 and "要退，请本人自己回短信" in words(refused)
    with database.write() as session:
        assert session.scalars(select(TalkPerson.outcome)).one() == "hired"
        session.scalars(select(Offer)).one().status = "withdrawn"  # she stepped back herself
    assert browser.submit(talk + "/outcome", worker=str(worker), outcome="refused").status_code == 303


def test_a_form_sent_twice_makes_one(browse, make, staff, database, clock):
    """A double click on a slow line: one opening, one talk, one visit, one post (C5)."""
    with make() as f:
        f.make_region(TOWN)
        boss = f.make_employer("田家果园", region_code=VILLAGE)
        opening, worker = f.make_opening(employer=boss, region=VILLAGE), f.make_worker("冉本村")
        card, about, employer = f"/console/workers/{worker.id}", f"opening:{opening.id}", boss.id
        day = (f.today + timedelta(days=9)).isoformat()
        facts = {**as_form(opening), "repeats": "", "employer": str(employer), "employer_name": "", "employer_phone": "",
                 "employer_kind": "", "source_kind": "gig", "employment_kind": "flexible", "consent": "yes"}  # fmt: skip
    post = {"title": "村道保洁", "employer": "村委会", "region": VILLAGE, "starts_on": day, "ends_on": day, "headcount": "1",
            "pay_month": "600", "hours_from": "", "hours_to": ""}  # fmt: skip
    talk = {"kind": "one_to_many", "held_on": "2026-06-10", "note": "", "with": about}
    visit = {"kind": "home", "note": "都好", "next_on": ""}
    browser = browse("zhen")
    for page, action, given, model, made in (
        ("/console/openings/new", "/console/openings/new", facts, Opening, 2),
        ("/console/talks", "/console/talks", talk, Talk, 1),
        (card, card + "/visit", visit, Visit, 1),
        ("/console/backstop", "/console/backstop/posts", post, Opening, 3),
    ):
        numbers = re.findall(r'name="form_number" value="([0-9a-f]{16})"', browser.visit(page).text)
        assert len(numbers) == 1, page
        for _ in range(2):
            assert browser.submit(action, **given, form_number=numbers[0]).status_code == 303, action
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(model)) == made, action
        clock.advance(minutes=1)
    # The next form is another: two talks on one day are two.
    again = re.findall(r'name="form_number" value="([0-9a-f]{16})"', browser.visit("/console/talks").text)[0]
    assert browser.submit("/console/talks", **talk, form_number=again).status_code == 303
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Talk)) == 2
