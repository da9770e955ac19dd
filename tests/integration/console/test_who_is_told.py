"""What a role is told of people in hardship, and a form of a number in it (H03, H11, T6, T12)."""

from __future__ import annotations

from backend.console.opening_form import as_form
from backend.store.models import Hardship, Household, Opening
from tests.integration.console.conftest import OTHER_TOWN, VILLAGE, words


def test_that_somebody_is_in_hardship_is_told_to_those_who_judge_it_alone(browse, make, staff):
    """H03, T6: neither as a badge nor as a filter, on no page of the ledgers."""
    with make() as f:
        household = f._add(Household(village_code=VILLAGE, created_at=f.now))
        worker = f.make_worker("王小云", village=VILLAGE)
        worker.person.household_id = household.id
        f._add(Hardship(worker_id=worker.id, code="G03", claimed_at=f.now, verified_at=f.now))
        worker_id = worker.id
    pages = ("/console/workers", f"/console/workers/{worker_id}", "/console/households")
    village = browse("cun")
    for page in pages:
        assert "困难" in words(village.visit(page)).replace("困难帮扶", "").replace("有核实困难的", "")
    city = browse("shi")
    for page in pages:
        # The rooms and what a whole place comes to may name the word; nothing that is said of one person or household may.
        told = words(city.visit(page)).replace("困难帮扶", "").replace("有核实困难的", "")
        assert "困难" not in told, told[max(0, told.find("困难") - 60) : told.find("困难") + 60]
    assert "王**" in words(city.visit("/console/workers?verified=no"))
    assert "王**" not in words(village.visit("/console/workers?verified=no"))


def test_h11_city_and_province_see_how_many_wait_for_a_post_and_nobody_of_them(browse, make, staff, audited):
    with make() as f:
        f.make_region(OTHER_TOWN)
        worker = f.make_worker("王小云", village=VILLAGE, failed_matches=6)
        f._add(Hardship(worker_id=worker.id, code="G03", claimed_at=f.now, verified_at=f.now))
        post = f.make_opening(region=VILLAGE, source_kind="policy", title="村道保洁", headcount=2)
        f.make_offer(post, worker, "accepted")
        after_her = f.make_worker("陈小雨", village=VILLAGE)
        f.make_offer(post, after_her, "waitlisted", waitlisted_at=f.now)
        post_id = post.id
    assert "王**" in words(browse("cun").visit("/console/backstop"))
    city = browse("shi")
    seen = words(city.visit("/console/backstop"))
    assert "黔江区 1人" in seen and "村道保洁" in seen and "王**" not in seen and "台账号" not in seen
    assert audited("listed_backstop")[-1].facts["ids"] == []
    page = f"/console/openings/{post_id}"
    assert all(name in words(browse("cun").visit(page)) for name in ("王**", "陈**"))
    assert all(name not in words(city.visit(page)) for name in ("王**", "陈**", "等位子的人"))


def test_the_form_of_an_opening_shows_a_number_in_it_once_it_was_asked_for(browse, make, staff, database):
    """T12: what the page hides stands in no field of it, and stays as it is stored."""
    with make() as f:
        opening = f.make_opening(region=VILLAGE, title="摘果", requirements="先打13812345678问", status="in_review")
        opening_id, version = opening.id, opening.updated_at.isoformat()
        texts = {name: text for name, text in as_form(opening).items() if name not in ("requirements", "negotiable")}
    town = browse("zhen")
    page = f"/console/openings/{opening_id}"
    assert "13812345678" not in town.visit(page).text
    assert "13812345678" not in town.visit(f"/console/openings/new?like={opening_id}").text
    assert town.submit(page + "/edit", version=version, **{**texts, "title": "摘桃子"}).status_code == 303
    with database.read() as session:
        stored = session.get_one(Opening, opening_id)
        assert (stored.title, stored.requirements) == ("摘桃子", "先打13812345678问")
    town.submit(page + "/reveal", field="phone", reason="verify_posting")
    assert "13812345678" in town.visit(page).text
