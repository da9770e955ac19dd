"""久未更新, 转来的 and 公益岗兜底 in the console: own region, masked, audited, and by role (P01, P07, P08, H11, T6, T7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.settings import TIMEZONE
from backend.store.models import Forwarding, Hardship, Offer, Opening, Worker
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, words
from tests.support.placed import count

NUMBER, PHONE = "+8610006660001", "+8610006660009"


@pytest.fixture
def quiet(make, staff):
    """A worker of the village and an opening of it, of which nobody has spoken for a while; their ids."""
    with make() as f:
        worker = f.make_worker("罗桂芳", number=NUMBER, confirmed_at=f.now - timedelta(days=40), job_types=["A04"])
        employer = f.make_employer("田家果园", phone=PHONE)
        first = f.today + timedelta(days=20)
        opening = f.make_opening(employer=employer, starts_on=first, ends_on=first, title="摘柑子",
                                 updated_at=f.now - timedelta(days=12))  # fmt: skip
        return worker.id, opening.id


@pytest.fixture
def at_ten(clock):
    clock.set(clock().astimezone(TIMEZONE).replace(hour=10))


def read(database, model, id_):
    with database.read() as session:
        return session.get_one(model, id_)


# -- 久未更新 ------------------------------------------------------------------------------------------------------------


def test_p01_the_list_shows_who_has_gone_quiet_masked_and_for_how_long(browse, quiet, audited):
    page = words(browse("cun").visit("/console/stale"))
    assert "久未更新 40天" in page and "罗桂芳" not in page and "还没有问过" in page
    assert audited("listed_stale")
    assert "摘柑子" in words(browse("cun").visit("/console/stale?tab=openings"))


def test_the_first_page_counts_them_and_every_list_shows_the_badge(browse, quiet):
    staff = browse("zhen")
    assert "2久未更新" in words(staff.visit("/console/"))
    assert "久未更新 12天" in words(staff.visit("/console/openings?status=published"))
    assert "久未更新 40天" in words(staff.visit("/console/workers"))


def test_t6_what_lies_elsewhere_is_not_listed_and_cannot_be_spoken_for(browse, quiet, database):
    worker_id, opening_id = quiet
    there = browse("cun2")
    assert "久未更新 40天" not in words(there.visit("/console/stale"))
    assert there.submit(f"/console/stale/workers/{worker_id}", said="not_looking", tab="workers").status_code == 404
    assert there.submit(f"/console/stale/openings/{opening_id}", said="more").status_code == 404
    assert read(database, Worker, worker_id).status == "active"


def test_staff_note_what_she_told_them(browse, quiet, database, clock, audited):
    worker_id, _ = quiet
    staff = browse("cun")
    assert staff.submit(f"/console/stale/workers/{worker_id}", said="looking", tab="workers").status_code == 303
    assert read(database, Worker, worker_id).confirmed_at == clock()
    assert "这里没有要问的" in words(staff.visit("/console/stale"))
    staff.submit(f"/console/stale/workers/{worker_id}", said="not_looking", tab="workers")
    assert read(database, Worker, worker_id).status == "paused"
    assert len(audited("still_looking")) == len(audited("not_looking")) == 1


def test_whoever_was_set_aside_is_in_a_list_of_their_own_and_comes_back_by_a_word(browse, quiet, database, make):
    worker_id, _ = quiet
    with make() as f:
        worker = f.session.get_one(Worker, worker_id)
        worker.status, worker.asked_in_vain = "paused", 2
    staff = browse("cun")
    assert "先不派活的 1" in words(staff.visit("/console/stale?tab=set_aside"))
    staff.submit(f"/console/stale/workers/{worker_id}", said="looking", tab="set_aside")
    assert (read(database, Worker, worker_id).status, read(database, Worker, worker_id).asked_in_vain) == ("active", 0)


def test_asking_now_keeps_to_one_message_a_day(browse, quiet, outgoing, at_ten):
    worker_id, opening_id = quiet
    staff = browse("cun")
    staff.submit(f"/console/stale/workers/{worker_id}", said="ask", tab="workers")
    staff.submit(f"/console/stale/workers/{worker_id}", said="ask", tab="workers")
    assert "今天已经找过这个号码了" in words(staff.visit("/console/stale"))
    staff.submit(f"/console/stale/openings/{opening_id}", said="ask")
    sent = [(row.to_number, row.body) for row in outgoing()]
    assert [number for number, _ in sent] == [NUMBER, PHONE]
    assert "还在找活吗" in sent[0][1] and "还要人吗" in sent[1][1]


def test_m10_nobody_is_asked_at_night(browse, quiet, outgoing, clock):
    worker_id, _ = quiet
    clock.set(clock().astimezone(TIMEZONE).replace(hour=20))
    staff = browse("cun")
    staff.submit(f"/console/stale/workers/{worker_id}", said="ask", tab="workers")
    assert outgoing() == [] and "这个时候不问人" in words(staff.visit("/console/stale"))


def test_an_opening_is_confirmed_or_stopped_for_whoever_hires(browse, quiet, database, clock):
    _, opening_id = quiet
    staff = browse("cun")
    assert f"/console/openings/{opening_id}#close" in staff.visit("/console/stale?tab=openings").text
    staff.submit(f"/console/stale/openings/{opening_id}", said="more")
    assert read(database, Opening, opening_id).confirmed_at == clock()
    assert staff.submit(f"/console/stale/openings/{opening_id}", said="enough").status_code == 400
    staff.submit(f"/console/openings/{opening_id}/close", how="off", reason="老板说不要人了")
    assert read(database, Opening, opening_id).status == "withdrawn"
    staff.submit(f"/console/stale/openings/{opening_id}", said="more")
    assert "已经停了" in words(staff.visit("/console/stale"))


def test_the_city_only_looks(browse, quiet):
    worker_id, _ = quiet
    city = browse("shi")
    assert "发短信" not in words(city.visit("/console/stale"))
    assert city.submit(f"/console/stale/workers/{worker_id}", said="looking", tab="workers").status_code == 403


def test_an_unknown_word_changes_nothing(browse, quiet):
    worker_id, _ = quiet
    assert browse("cun").submit(f"/console/stale/workers/{worker_id}", said="erase", tab="x").status_code == 422


# -- 转来的 --------------------------------------------------------------------------------------------------------------


def test_p08_passed_on_the_other_village_reads_it_with_the_number_hidden_and_nothing_else(
    browse, quiet, database, audited
):
    """T6: the page made for it, and no other door."""
    _, opening_id = quiet
    town = browse("xian")
    page = words(town.visit(f"/console/openings/{opening_id}/forward"))
    assert "还没有转给别的地方" in page
    assert town.submit(f"/console/openings/{opening_id}/forward", to_region=OTHER_TOWN, note="急").status_code == 303
    assert "还没看" in words(town.visit(f"/console/openings/{opening_id}/forward"))
    with database.read() as session:
        [row] = session.query(Forwarding).all()
    there, elsewhere = browse("cun2"), browse("weining")
    assert there.visit(f"/console/forwarded/{row.id}").status_code == 404  # put before the town, not the village
    assert there.visit("/console/forwarded").status_code == 200
    assert elsewhere.visit(f"/console/forwarded/{row.id}").status_code == 404
    assert audited("forwarded")


def test_the_first_look_is_kept_and_no_longer_counted(browse, quiet, database, make, clock, staff):
    _, opening_id = quiet
    browse("xian").submit(f"/console/openings/{opening_id}/forward", to_region=OTHER_TOWN)
    with make() as f:
        from tests.integration.console.conftest import HASH

        other = f.make_staff("town", OTHER_TOWN, login="zhen2", name="蓬东干部", password_hash=HASH).id
    there = browse("zhen2")
    assert "1转来的没看" in words(there.visit("/console/"))
    listed = there.visit("/console/forwarded")
    assert "摘柑子" in words(listed) and "还没看" in words(listed)
    with database.read() as session:
        [row] = session.query(Forwarding).all()
    page = there.visit(f"/console/forwarded/{row.id}")
    assert "摘柑子" in words(page) and PHONE not in page.text and "6660009" not in page.text
    assert "田家果园" in words(page) or "●" in words(page) or "*" in words(page)
    seen = read(database, Forwarding, row.id)
    assert (seen.seen_by, seen.seen_at) == (other, clock())
    assert "0转来的没看" in words(there.visit("/console/"))
    for path in ("", "/candidates"):
        assert there.visit(f"/console/openings/{opening_id}{path}").status_code == 404
    for path, given in (
        ("reveal", {"field": "phone", "reason": "call_back"}),
        ("review", {"decision": "reject", "reason": "x"}),
    ):
        assert there.submit(f"/console/openings/{opening_id}/{path}", **given).status_code == 404
    assert read(database, Opening, opening_id).status == "published"


def test_e10_one_click_puts_it_before_every_village(browse, quiet, database, make):
    _, opening_id = quiet
    with make() as f:
        f.make_region("500114121003", "双石村")
    town = browse("zhen")
    assert "标成急招，发到各村" in words(town.visit(f"/console/openings/{opening_id}"))
    assert town.submit(f"/console/openings/{opening_id}/to-villages").status_code == 303
    assert "发到了1个村" in words(town.visit(f"/console/openings/{opening_id}/forward"))
    assert read(database, Opening, opening_id).urgent
    assert count(database, Forwarding, Forwarding.to_region == "500114121003") == 1


def test_out_of_reach_or_out_of_turn_is_told_plainly(browse, quiet, make, database):
    _, opening_id = quiet
    village = browse("cun")
    assert village.submit(f"/console/openings/{opening_id}/forward", to_region=FAR_VILLAGE).status_code == 422
    assert village.submit(f"/console/openings/{opening_id}/forward", to_region=OTHER_VILLAGE).status_code == 422
    assert village.submit(f"/console/openings/{opening_id}/forward", to_region="'; drop").status_code == 422
    with make() as f:
        f.session.get_one(Opening, opening_id).status = "withdrawn"
    assert village.submit(f"/console/openings/{opening_id}/forward", to_region=TOWN).status_code == 409
    assert browse("cun2").visit(f"/console/openings/{opening_id}/forward").status_code == 404
    assert browse("shi").submit(f"/console/openings/{opening_id}/forward", to_region=TOWN).status_code == 403
    assert count(database, Forwarding) == 0


# -- 公益岗兜底 ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hard(make, quiet):
    worker_id, _ = quiet
    with make() as f:
        worker = f.session.get_one(Worker, worker_id)
        worker.failed_matches, worker.waiting_since = 5, f.now - timedelta(days=50)
        f.session.add(Hardship(worker_id=worker_id, code="G04", claimed_at=f.now, verified_at=f.now))
    return worker_id


def post_form(clock, **more):
    first = clock().date() + timedelta(days=9)
    return {"title": "村道保洁", "employer": "兴泉社区居委会", "region": VILLAGE, "starts_on": first.isoformat(),
            "ends_on": (first + timedelta(days=100)).isoformat(), "headcount": "1", "pay_month": "800",
            "hours_from": "07:30", "hours_to": "11:30", **more}  # fmt: skip


def test_h11_a_post_is_made_put_to_her_and_her_answer_noted(browse, hard, database, clock, outgoing, audited):
    town = browse("zhen")
    assert "1公益岗兜底" in words(town.visit("/console/"))
    assert town.submit("/console/backstop/posts", **post_form(clock)).status_code == 303
    page = words(town.visit("/console/backstop"))
    assert "5周没找到" in page and "罗桂芳" not in page and "村道保洁" in page
    with database.read() as session:
        post_id = session.query(Opening).filter_by(title="村道保洁").one().id
    assert read(database, Opening, post_id).status == "draft"
    assert town.submit(f"/console/backstop/workers/{hard}", post=str(post_id)).status_code == 303
    assert any("村道保洁" in row.body for row in outgoing() if row.to_number == NUMBER)
    with database.read() as session:
        offer_id = session.query(Offer).one().id
    assert "等本人回话" in words(town.visit("/console/backstop"))
    town.submit(f"/console/backstop/offers/{offer_id}", answer="accept")
    assert (read(database, Offer, offer_id).status, read(database, Opening, post_id).filled) == ("accepted", 1)
    page = words(town.visit("/console/backstop"))
    assert "本人来" in page and "没有要兜底的人" in page
    assert audited("made_post") and audited("gave_post") and audited("answered_for") and audited("listed_backstop")


def test_villages_look_and_do_not_give(browse, hard, clock, database):
    village = browse("cun")
    page = words(village.visit("/console/backstop"))
    assert "5周没找到" in page and "新设一个公益岗" not in page
    assert village.submit("/console/backstop/posts", **post_form(clock)).status_code == 403
    assert "5周没找到" not in words(browse("cun2").visit("/console/backstop"))  # T6


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": "2026-02-30"}, {"headcount": "0"}, {"headcount": "1000000"}, {"pay_month": "0"},
        {"pay_month": "10" * 8}, {"region": FAR_VILLAGE}, {"title": ""}, {"hours_from": "99:99"}, {"ends_on": "2020-01-01"},
    ],
)  # fmt: skip
def test_a_post_that_cannot_be_is_refused_with_what_was_typed(browse, hard, clock, database, wrong):
    answer = browse("zhen").submit("/console/backstop/posts", **post_form(clock, **wrong))
    assert answer.status_code == 422 and "有几处填得不对" in answer.text and "兴泉社区居委会" in answer.text
    assert count(database, Opening, Opening.source_kind == "policy") == 0


def test_a_full_post_or_nonsense_is_told_plainly(browse, hard, clock, database):
    town = browse("zhen")
    assert town.submit(f"/console/backstop/workers/{hard}", post="x").status_code == 422
    assert town.submit(f"/console/backstop/workers/{hard}", post="999").status_code == 404
    assert town.submit("/console/backstop/offers/999", answer="accept").status_code == 404
