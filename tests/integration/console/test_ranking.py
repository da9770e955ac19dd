"""The ranking explained to staff, and a county's weights: who may set them, what is refused, how they are taken back (W03 T6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.domain.weights import DEFAULT_WEIGHTS
from backend.services.weights import weights_for
from backend.store.models import AuditEvent, Hardship, MatchingWeights
from tests.integration.console.conftest import OTHER_VILLAGE, VILLAGE, words

COUNTY = VILLAGE[:6]
FORM = {name: f"{value:g}" for name, value in DEFAULT_WEIGHTS.to_json().items()}


@pytest.fixture
def opening(make):
    """An opening with a worker who waits, one with a verified disability, and one in another village."""
    with make() as f:
        f.make_worker("罗桂芳", village=VILLAGE, job_types=["A04"], waiting_since=f.now - timedelta(days=60))
        helped = f.make_worker("田大山", village=VILLAGE, job_types=["A04"])
        f.session.add(Hardship(worker_id=helped.id, code="G04", claimed_at=f.now, verified_at=f.now))
        f.make_worker("杨秀英", village=OTHER_VILLAGE, job_types=["A04"])
        return f.make_opening(region=VILLAGE).id


def send(desk, **changed):
    return desk.submit("/console/weights", **{**FORM, "reason": "", "do": "save", "opening_id": "", **changed})


def test_the_page_of_an_opening_says_who_suits_and_where_each_point_comes_from(browse, opening):
    page = browse("cun").visit(f"/console/openings/{opening}/candidates")
    seen = words(page)
    assert "工种对口：摘水果" in seen and "就在本村" in seen and "等活路已经60天" in seen
    assert "罗桂芳" not in page.text and "田大山" not in page.text  # masked until revealed
    # The label itself stays in the worker's record (vocabulary §4.7).
    assert "帮扶对象（已核实），优先" in seen and "残疾" not in seen


def test_whoever_lives_outside_of_ones_region_is_shown_without_name_and_place(browse, opening, database):
    seen = words(browse("cun").visit(f"/console/openings/{opening}/candidates"))
    assert "不在您的辖区" in seen
    with database.read() as session:
        note = session.query(AuditEvent).filter_by(verb="listed_candidates").one()
        assert len(note.facts["ids"]) == 2
    assert "不在您的辖区" not in words(browse("xian").visit(f"/console/openings/{opening}/candidates"))


def test_a_county_sets_its_weights_with_a_reason_and_sees_who_when_and_why(browse, opening, database):
    desk = browse("xian")
    assert send(desk, distance="30", reason="这里山路难走").status_code == 303
    with database.read() as session:
        assert weights_for(session, COUNTY).distance == 30
        assert weights_for(session, "520526") == DEFAULT_WEIGHTS
        event = session.query(AuditEvent).filter_by(verb="weights_set").one()
        assert event.facts["changed"] == {"distance": [20.0, 30.0]}
    seen = words(desk.visit("/console/weights"))
    assert "这里山路难走" in seen and "路程 20 → 30" in seen


@pytest.mark.parametrize("login", ["cun", "zhen", "shi"])
def test_only_the_county_sets_them(browse, opening, database, login):
    assert send(browse(login), distance="30", reason="试试").status_code == 403
    with database.read() as session:
        assert session.query(MatchingWeights).count() == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"distance": "1000000000"}, "写5到40之间的数。"),
        ({"distance": "-1"}, "写5到40之间的数。"),
        ({"older": "很多"}, "写2到10之间的数。"),
        ({"kindred": "40"}, "相近的工种不能比对口的还高。"),
        ({"no_earner": "8"}, "不能少于困难群体、残疾人、大龄、等得久四项加起来。"),
        ({"distance": "30", "reason": " "}, "写一句为什么要改"),
    ],
)
def test_a_weight_outside_of_its_limits_is_refused_with_a_sentence(browse, opening, database, changed, sentence):
    answer = send(browse("xian"), **{"reason": "试试", **changed})
    assert answer.status_code == 422 and sentence in words(answer)
    with database.read() as session:
        assert session.query(MatchingWeights).count() == 0


def test_a_preview_shows_before_and_after_and_changes_nothing(browse, opening, database):
    seen = words(send(browse("xian"), do="preview", opening_id=str(opening), waiting="10", no_earner="25"))
    assert "改了以后" in seen and "还没有存下。" in seen
    with database.read() as session:
        assert session.query(MatchingWeights).count() == 0


def test_earlier_weights_and_the_defaults_can_be_put_back(browse, opening, database):
    desk = browse("xian")
    send(desk, distance="30", reason="第一回")
    send(desk, distance="10", reason="第二回")
    with database.read() as session:
        first = session.query(MatchingWeights).order_by(MatchingWeights.id).first()
    assert desk.submit("/console/weights/restore", row_id=str(first.id), reason="还是第一回好").status_code == 303
    with database.read() as session:
        assert weights_for(session, COUNTY).distance == 30
    desk.submit("/console/weights/restore", row_id="", reason="都恢复")
    with database.read() as session:
        assert weights_for(session, COUNTY) == DEFAULT_WEIGHTS
        assert session.query(MatchingWeights).count() == 4


def test_weights_of_another_county_cannot_be_put_back_by_number(browse, opening, database):
    send(browse("xian"), distance="30", reason="第一回")
    with database.read() as session:
        row = session.query(MatchingWeights).one()
    answer = browse("weining").submit("/console/weights/restore", row_id=str(row.id), reason="拿来用用")
    assert answer.status_code in (403, 404)
