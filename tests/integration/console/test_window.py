"""Registration at the window: without a phone, consent on record, nobody twice, nothing typed lost (W01, PIPL 13–17)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.store.models import Consent, HandsetOwner, Worker
from tests.integration.console.conftest import FAR_VILLAGE, VILLAGE, words


def fields(**changes):
    return {
        "name": "冉光明", "gender": "male", "birth_year": "1968", "village": VILLAGE, "pay": "120元/天",
        "available_from": "", "available_to": "", "phone": "", "phone_of": "none", "relation": "", "how": "spoken",
        "given_by": "", "form_number": "f1", "trades": ["A04", "B03"], "hardships": ["G03"],
        "uses": ["offers", "employers"], **changes,
    }  # fmt: skip


def workers(database):
    with database.read() as session:
        found = list(session.scalars(select(Worker).order_by(Worker.id)))
        for worker in found:
            _ = worker.person.name, [label.code for label in worker.hardships]
        return found


def test_somebody_without_a_phone_is_registered_with_her_consent_and_gets_a_slip(browse, staff, database, audited):
    browser = browse("cun")
    browser.visit("/console/window")
    answer = browser.submit("/console/window", **fields())
    assert answer.status_code == 303
    [worker] = workers(database)
    assert (worker.person.name, worker.person.birth_year, worker.job_types) == ("冉光明", 1968, ["A04", "B03"])
    assert [(label.code, label.verified_at) for label in worker.hardships] == [("G03", None)]
    with database.read() as session:
        [consent] = session.scalars(select(Consent))
        assert (consent.how, consent.given_by, consent.uses) == ("spoken", "self", ["employers", "offers"])
        assert consent.taken_by == staff["cun"]
        assert session.scalars(select(HandsetOwner)).all() == []
    slip = words(browser.visit(answer.location))
    assert "冉光明" in slip
    assert "没有号码" in slip
    assert "定了以后把名字电话告诉老板" in slip
    assert "冉光明" not in browse("zhen").visit(answer.location).text
    assert audited("registered_at_window")


def test_a_relatives_phone_and_word_are_kept_as_such(browse, staff, database):
    browser = browse("cun")
    browser.visit("/console/window")
    sent = fields(phone="13800001234", phone_of="relative", relation="mother", how="relative", given_by="son")
    assert browser.submit("/console/window", **sent).status_code == 303
    with database.read() as session:
        [owner] = session.scalars(select(HandsetOwner))
        [consent] = session.scalars(select(Consent))
        assert (owner.relation, consent.given_by) == ("mother", "son")


def test_whose_phone_it_is_keeps_it_however_long_it_was_silent(browse, make, staff, database, deps):
    """To write a number down is not to hear from it: nobody loses it over that (T4)."""
    with make() as f:
        daughter = f.make_worker("冉小妹", number="+8613800001234", village=VILLAGE).person_id
    deps.clock.advance(days=200)
    browser = browse("cun")
    browser.visit("/console/window")
    sent = fields(phone="13800001234", phone_of="relative", relation="mother")
    assert browser.submit("/console/window", **sent).status_code == 303
    with database.read() as session:
        owners = list(session.scalars(select(HandsetOwner).where(HandsetOwner.until.is_(None))))
        assert len(owners) == 2
        assert daughter in {owner.person_id for owner in owners}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"uses": ["calls"]}, "他要同意派活，才能登记。"),
        ({"name": ""}, "写姓名。"),
        ({"village": FAR_VILLAGE}, "请选是哪个村（社区）。"),
        ({"phone_of": "own"}, "写能打通的号码"),
        ({"how": "relative"}, "请选是谁代他说的。"),
        ({"pay": "好多都行" * 25_000}, "写了100000个字，最多200个"),
    ],
)
def test_what_does_not_hold_is_told_and_what_was_typed_stays(browse, staff, database, changes, told):
    browser = browse("cun")
    browser.visit("/console/window")
    page = browser.submit("/console/window", **fields(**changes))
    assert page.status_code == 422
    assert told in words(page)
    assert 'value="1968"' in page.text
    if "pay" in changes:
        assert changes["pay"] in page.text
    assert workers(database) == []


def test_somebody_very_like_her_is_shown_first(browse, make, staff, database):
    with make() as f:
        known = f.make_worker("冉光明", village=VILLAGE, birth_year=1968).id
    browser = browse("cun")
    browser.visit("/console/window")
    page = browser.submit("/console/window", **fields())
    assert page.status_code == 409
    assert "已经有一个很像的人" in words(page)
    assert f"/console/workers/{known}" in page.text
    assert len(workers(database)) == 1
    assert browser.submit("/console/window", **fields(not_the_same="yes")).status_code == 303
    assert len(workers(database)) == 2


def test_one_form_makes_one_entry_and_who_only_looks_makes_none(browse, staff, database):
    browser = browse("cun")
    browser.visit("/console/window")
    for _ in range(2):
        assert browser.submit("/console/window", **fields()).status_code == 303
    assert len(workers(database)) == 1
    assert browse("shi").visit("/console/window").status_code == 403


def test_whoever_is_here_already_is_registered_and_laid_beside_what_is_known(browse, make, database):
    with make() as f:
        known = f.make_worker("冉光明", number="+8613800001111", village=VILLAGE, birth_year=1967).id
    browser = browse("cun")
    browser.visit("/console/window")
    page = browser.submit("/console/window", **fields())
    assert page.status_code == 409
    assert f'name="same_as" value="{known}"' in page.text
    assert len(workers(database)) == 1
    sent = browser.submit("/console/window", **fields(), same_as=str(known))
    made = workers(database)[-1].id
    assert sent.location.endswith(f"/console/merge/workers/{known}/{made}")
    assert "是一个人，并成一条" in words(browser.visit(sent.location))
    assert f"/console/merge/workers/{known}/{made}" in browser.visit(f"/console/window/{made}/slip").text
    likely = browser.visit("/console/merge")
    assert "同一个村，名字一样" in words(likely)
    assert browser.submit("/console/window", **fields(), same_as="x").status_code == 400


def test_the_trades_of_the_place_stand_open_and_the_others_by_group(browse, make):
    with make() as f:
        for at in range(3):
            f.make_worker(f"赵{at}", village=VILLAGE, job_types=["A04"] if at else ["A04", "S08"])
    page = browse("cun").visit("/console/window").text
    often = page.index('value="A04"'), page.index('value="S08"')
    assert often[0] < often[1] < page.index("<summary>农活、林果</summary>")
    assert page.count('name="trades"') == 101


def test_the_slip_says_numbers_as_they_are_dialled_and_speaks_of_no_phone_only_to_whom_has_none(browse, staff):
    browser = browse("cun")
    browser.visit("/console/window")
    sent = fields(phone="13800139999", phone_of="own", uses=["offers", "calls"])
    slip = words(browser.visit(browser.submit("/console/window", **sent).location))
    assert "13800139999" in slip
    assert "+86" not in slip
    assert "100 0001 2333" in slip
    assert "没有手机" not in slip
    assert "派活、发短信；打电话告诉" in slip
    bare = words(browser.visit(browser.submit("/console/window", **fields(form_number="f2", name="张三")).location))
    assert "没有手机" in bare
