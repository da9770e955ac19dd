"""Nobody's name, number or need is seen, and nothing changed, from outside its region; whatever way is tried (T6, T12, P08)."""

from __future__ import annotations

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
