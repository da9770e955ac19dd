"""Every page there is, judged by axe in a real Chromium, at a desk and on a phone; and the main acts done by keyboard alone.

The pages are found in the URL map: whoever adds one with a new kind of argument adds the argument to `ARGUMENTS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.console.conftest import COUNTY, PASSWORD, VILLAGE
from tests.integration.console.test_in_chromium import address, database_url, log_in, rows, tab

__all__ = ["address", "database_url", "rows", "tab"]  # fixtures of the pages in a browser

AXE = Path(__file__).parents[2] / "peers" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
GRAVE = ("serious", "critical")
# What a link leads to beside the bare addresses: lists in their other states.
ALSO = (
    "/console/cases?status=closed",
    "/console/conversations?show=waiting",
    "/console/openings?status=published",
    "/console/openings?status=to_look_at",
    "/console/openings/new?like={opening_id}",
    "/console/stale?tab=openings",
    "/console/forwarded?tab=sent",
    "/console/ledgers/priority?tab=older",
    "/console/figures?period=month",
    "/console/figures/charts/line?period=quarter",
    "/console/figures/charts/need",
    "/console/figures/waiting_verified/rows",
    "/console/figures/conversations/rows",
)
# No pages: files, sounds, pictures, data; the way out; and every address that is nothing.
NO_PAGE = (".csv", ".wav", ".svg", ".pdf", "/recording", "/news", "/state", "/static/", "/logout", "<path:", "/bad-rows", "/empty/",
           "/list")  # fmt: skip


@pytest.fixture
def arguments(rows: dict[str, int], make: Any, staff: Any) -> dict[str, Any]:
    """Argument of an address → something that there is, in a place the county's account sees."""
    from sqlalchemy import select

    from backend.store.models import Hardship, LedgerAct, LedgerImport, Message, Station, Team

    with make() as f:
        f.session.add(team := Team(name="劳动维权班", region_code=COUNTY, topics=["wages"], created_at=f.now))
        act = f._add(LedgerAct(kind="confirm", object_kind="workers", staff_id=staff["xian"], at=f.now, args={},
                               done=[[rows["worker"], None]], failed=[[rows["worker"], "gone"]]))  # fmt: skip
        read = f._add(LedgerImport(kind="workers", staff_id=staff["xian"], region_code=COUNTY, file_name="台账.xlsx",
                                   file_sha256="0" * 64, row_count=1, read_at=f.now,
                                   problems=[{"row": 2, "column": "联系电话", "value": "1380000", "reason": "不是能打通的号码", "notice": False}]))  # fmt: skip
        twin = f.make_worker("欧阳" + "长" * 12, village=VILLAGE, birth_year=1950, job_types=["A04"])
        claim = f._add(Hardship(worker_id=rows["worker"], code="G03", claimed_at=f.now))
        message = f.session.scalars(select(Message)).first()
        station = f.session.scalars(select(Station)).first()
        f.session.flush()
        return {
            "opening_id": rows["live"], "conversation_id": rows["conversation"], "case_id": rows["case"],
            "employer_id": rows["employer"], "worker_id": rows["worker"], "household_id": rows["household"],
            "talk_id": rows["talk"], "forwarding_id": rows["forwarding"], "claim_id": claim.id, "act_id": act.id,
            "import_id": read.id, "message_id": message.id, "staff_id": staff["cun"], "team_id": team.id,
            "station_id": station.id, "station": station.slug, "code": COUNTY, "figure": "places", "chart": "understood", "kind": "workers",
            "kept_id": rows["worker"], "other_id": twin.id,
        }  # fmt: skip


def addresses(app: Any, arguments: dict[str, Any]) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in ("console", "screen") or "GET" not in (rule.methods or ()):
            continue
        if any(sign in rule.rule for sign in NO_PAGE):
            continue
        missing = rule.arguments - set(arguments)
        assert not missing, f"{rule.rule}: say in `arguments` what {missing} may be, so that axe can look at the page"
        with app.test_request_context():
            adapter = app.create_url_adapter(None) or app.url_map.bind("line.test")
            found.append(adapter.build(rule.endpoint, {name: arguments[name] for name in rule.arguments}))
    return sorted(set(found)) + [address.format(**arguments) for address in ALSO]


@pytest.fixture
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; run `npm ci` in tests/peers")
    return AXE.read_text(encoding="utf-8")


def violations(page: Any, axe: str) -> list[str]:
    """What axe holds against the page as it stands, the grave things only, with where."""
    page.wait_for_load_state()
    page.evaluate(axe)  # through the debugger: the page's own policy would let in no script that is not ours
    # Only rules of WCAG 2 A and AA; "best practice" is the tool's own opinion.
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})"
    )["violations"]
    return [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['target']} {each['nodes'][0]['html'][:120]}"
        for each in found
        if each["impact"] in GRAVE
    ]


def look_at(page: Any, axe: str, path: str) -> Iterator[str]:
    page.emulate_media(reduced_motion="reduce")  # what is half faded in has no contrast to measure
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        answer = page.goto(path)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            yield f"{path}: {answer.status} {answer.headers['content-type']}, no page to look at"
            return
        for detail in page.query_selector_all("details:not([open]) > summary"):
            if detail.is_visible():
                detail.click()
        page.evaluate("scrollTo(0, 0)")  # what sticks to the screen covers other things wherever one stops
        yield from (f"{path} at {size['width']}: {words}" for words in violations(page, axe))


def test_no_page_has_a_serious_fault(tab, app, arguments, axe):
    """WCAG 2 A and AA by axe-core: labels, names, contrast, order, at 1366×768 and 390×844."""
    log_in(tab, "xian")
    found = [words for path in addresses(app, arguments) for words in look_at(tab, axe, path)]
    assert found == [], "\n".join(found)


def test_the_way_in_has_no_serious_fault(tab, app, arguments, axe):
    found = [words for path in ("/console/login", "/console/nowhere", f"/screen/{arguments['station']}")
             for words in (look_at(tab, axe, path) if path != "/console/nowhere" else ())]  # fmt: skip
    assert found == [], "\n".join(found)


def tab_to(page: Any, wanted: str, most: int = 120) -> None:
    """Press Tab until what is focused matches; fails when it never does, or when nothing shows where the focus is."""
    page.wait_for_load_state()  # what is not there yet is neither reached nor drawn
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", wanted):
            width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
            assert width >= 2, f"{wanted}: nobody sees where the focus is"
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def test_a_case_is_taken_answered_and_closed_by_keyboard_alone(tab, rows, outgoing):
    tab.goto("/console/login")
    tab.keyboard.type("cun") if tab.evaluate("document.activeElement.name") == "login" else tab_to(tab, "[name=login]")
    if tab.evaluate("document.activeElement.value") == "":
        tab.keyboard.type("cun")
    tab_to(tab, "[name=password]")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    tab.locator(".rooms").wait_for()
    tab_to(tab, ".rows a.row")
    tab.keyboard.press("Enter")
    tab.locator("textarea[name=text]").wait_for()
    tab_to(tab, "textarea[name=text]")
    tab.keyboard.type("您好，十分钟后给您打电话")
    tab_to(tab, ".reply button.main")
    tab.keyboard.press("Enter")
    tab.locator(".notice.done").wait_for()
    assert "十分钟后" in outgoing()[-1].body


def test_the_skip_link_leads_past_the_head(tab, rows):
    log_in(tab)
    tab.goto("/console/cases")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_number_of_the_dashboard_is_opened_by_keyboard(tab, rows):
    log_in(tab)
    tab.goto("/console/figures")
    tab_to(tab, "[data-set=conversations]")
    tab.keyboard.press("Enter")
    tab.locator("#rows, .empty").first.wait_for()
    assert "/figures/conversations/rows" in tab.url


def test_a_fault_would_be_found(tab, rows, axe):
    """The test of the test: a field without a name on an otherwise sound page."""
    log_in(tab)
    tab.goto("/console/cases")
    assert violations(tab, axe) == []
    tab.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert any(words.startswith("label (critical)") for words in violations(tab, axe))


assert VILLAGE.startswith(COUNTY)  # the county's account sees whatever `rows` made
