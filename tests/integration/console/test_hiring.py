"""派活 on an opening's page: waves and their figures, offers, who waits; stop, go on, urgent, now; what became of places (E03)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.domain.messages import SHANGHAI
from backend.services import instant_hire
from backend.store.models import AuditEvent, Offer, Opening, Outcome
from tests.integration.console.conftest import VILLAGE, words


@pytest.fixture
def hiring(make, staff, deps):
    """An opening whose first wave has gone out to three people; its id."""
    with make() as f:
        for n in range(3):
            f.make_worker(f"王秀英{n}", job_types=["A04"], village=VILLAGE)
        opening_id = f.make_opening(region=VILLAGE, headcount=2, next_wave_at=f.now).id
    deps.regions.reload()
    assert instant_hire.send_waves(deps) == 3
    return opening_id


def get(database, opening_id):
    with database.read() as session:
        return session.get_one(Opening, opening_id)


def test_the_page_shows_the_waves_with_what_sized_them_and_the_offers(browse, hiring):
    seen = words(browse("cun").visit(f"/console/openings/{hiring}"))
    assert "第1轮" in seen and "问了3个" in seen and "空位2" in seen and "每一百个人答应30个" in seen
    assert "问了，没回 3" in seen


def test_names_are_hidden_until_revealed(browse, hiring, database, make, deps):
    with database.write() as session:
        offer = session.query(Offer).filter_by(opening_id=hiring).first()
        offer.status = "accepted"
        other = session.query(Offer).filter(Offer.id != offer.id).first()
        other.status, other.waitlisted_at = "waitlisted", deps.clock()
    page = browse("cun").visit(f"/console/openings/{hiring}")
    assert "要来的人" in words(page) and "等位子的人" in words(page)
    assert "王秀英" not in page.text


@pytest.mark.parametrize(
    ("step", "says"),
    [("stop", "停了，不再问人"), ("urgent", "标成急招了"), ("next_now", "马上再问一批")],
)
def test_staff_stop_hurry_or_send_the_next_wave(browse, hiring, database, deps, step, says):
    browser = browse("zhen")
    browser.visit(f"/console/openings/{hiring}")
    answer = browser.submit(f"/console/openings/{hiring}/waves", step=step)
    assert answer.status_code == 303
    assert says in words(browser.visit(f"/console/openings/{hiring}"))
    opening = get(database, hiring)
    if step == "stop":
        deps.clock.advance(hours=3)
        assert opening.waves_stopped_at is not None and instant_hire.send_waves(deps) == 0
    elif step == "urgent":
        assert opening.urgent
    else:
        assert opening.next_wave_at == deps.clock()
    with database.read() as session:
        assert session.query(AuditEvent).filter_by(verb=f"waves_{step}").count() == 1


def test_what_was_stopped_goes_on(browse, hiring, database, deps):
    browser = browse("cun")
    browser.visit(f"/console/openings/{hiring}")
    browser.submit(f"/console/openings/{hiring}/waves", step="stop")
    browser.submit(f"/console/openings/{hiring}/waves", step="go_on")
    opening = get(database, hiring)
    assert opening.waves_stopped_at is None and opening.next_wave_at == deps.clock()


def test_what_is_there_to_be_searched_only_goes_out_when_staff_say_so(browse, make, staff, database, deps):
    with make() as f:
        f.make_worker(job_types=["A04"], village=VILLAGE)
        opening_id = f.make_opening(region=VILLAGE).id
    deps.regions.reload()
    browser = browse("cun")
    assert "没有问人，只等人来找" in words(browser.visit(f"/console/openings/{opening_id}"))
    browser.submit(f"/console/openings/{opening_id}/waves", step="go_on")
    assert instant_hire.send_waves(deps) == 1


@pytest.mark.parametrize(("login", "status"), [("cun2", 404), ("weining", 404), ("shi", 403)])
def test_others_cannot_steer(browse, hiring, database, login, status):
    browser = browse(login)
    browser.visit("/console/try")
    assert browser.submit(f"/console/openings/{hiring}/waves", step="stop").status_code == status
    assert get(database, hiring).waves_stopped_at is None


def test_an_unknown_step_and_a_closed_opening_are_told(browse, hiring, database):
    browser = browse("cun")
    browser.visit(f"/console/openings/{hiring}")
    assert browser.submit(f"/console/openings/{hiring}/waves", step="explode").status_code == 400
    with database.write() as session:
        session.get_one(Opening, hiring).status = "withdrawn"
    assert browser.submit(f"/console/openings/{hiring}/waves", step="stop").status_code == 303
    assert "已经不招了" in words(browser.visit(f"/console/openings/{hiring}"))


def test_staff_say_what_became_of_a_place(browse, hiring, database, deps):
    with database.write() as session:
        offer = session.query(Offer).filter_by(opening_id=hiring).first()
        offer.status, offer_id = "accepted", offer.id
        session.get_one(Opening, hiring).filled = 1
    browser = browse("cun")
    browser.visit(f"/console/openings/{hiring}")
    for outcome, becomes in (("no_show", "no_show"), ("arrived", "arrived"), ("paid", "paid")):
        deps.clock.advance(minutes=1)
        answer = browser.submit(f"/console/openings/{hiring}/outcomes", offer_id=str(offer_id), outcome=outcome)
        assert answer.status_code == 303
        with database.read() as session:
            assert session.get_one(Offer, offer_id).status == becomes
    with database.read() as session:
        assert {row.side for row in session.query(Outcome)} == {"staff"}
        assert all(row.staff_id is not None for row in session.query(Outcome))
    assert "工作人员说" in words(browser.visit(f"/console/openings/{hiring}"))


def test_the_next_look_is_told(browse, hiring, database, deps):
    looks = get(database, hiring).next_wave_at
    assert looks >= deps.clock() + timedelta(minutes=5)
    seen = words(browse("cun").visit(f"/console/openings/{hiring}"))
    assert f"{looks.astimezone(SHANGHAI):%H:%M}再看一回，没招满就问下一批" in seen


def test_an_outcome_is_said_only_on_the_page_of_its_own_opening(browse, hiring, database, make):
    with make() as f:
        other = f.make_opening(title="别处").id
    with database.write() as session:
        offer = session.query(Offer).filter_by(opening_id=hiring).first()
        offer.status, offer_id = "accepted", offer.id
    browser = browse("cun")
    browser.visit(f"/console/openings/{hiring}")
    answer = browser.submit(f"/console/openings/{other}/outcomes", offer_id=str(offer_id), outcome="arrived")
    assert answer.status_code == 404
    with database.read() as session:
        assert session.get_one(Offer, offer_id).status == "accepted"
