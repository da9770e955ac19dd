"""The wall and the map in a real browser: kept current in place, whole at every size, reached by keys (P02, §4.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.store.models import Opening
from tests.integration.console.conftest import COUNTY, OTHER_VILLAGE, TOWN, VILLAGE
from tests.integration.console.test_accessibility import axe, tab_to, violations
from tests.integration.console.test_in_chromium import address, database_url, log_in, playwright, tab, until, width_of

__all__ = ["address", "axe", "database_url", "tab"]  # fixtures of the pages in a browser

SIZES = {"wall": (1920, 1080), "desk": (1366, 768), "on its side": (1080, 1920), "phone": (390, 844)}


@pytest.fixture
def wall(make: Any) -> str:
    """A town with nine openings, two of them with words as long as they may be."""
    with make() as f:
        f.make_region(VILLAGE), f.make_region(OTHER_VILLAGE)
        f.make_station(TOWN, slug="zhongtang", name="中塘镇零工驿站", kind="station", address="中塘镇社保所旁边")
        f.make_station(COUNTY, slug="qianjiang")
        long = {"title": "摘" * 60, "place": "兴泉社区" + "边" * 90, "pay_max_fen": 15_000, "negotiable": True, "hours_from": "07:30",
                "hours_to": "05:05", "meals": True, "lodging": True, "transport": True, "insured": True, "urgent": True}  # fmt: skip
        boss = f.make_employer("中塘" + "果" * 30 + "专业合作社", kind="cooperative")
        for n in range(9):
            more = long if n in (0, 4) else {"title": f"活路{n}"}
            f.make_opening(region=VILLAGE, employer=boss, starts_on=f.today + timedelta(days=1 + n),
                           ends_on=f.today + timedelta(days=40), **more)  # fmt: skip
    return "/screen/zhongtang"


def cut_off(page: Any) -> list[str]:
    """Lines of shown openings that reach out of their card, or cards out of the wall."""
    return page.evaluate("""() => [...document.querySelectorAll('#list > li:not([hidden])')].flatMap(card => {
        const box = card.getBoundingClientRect(), room = card.parentElement.getBoundingClientRect();
        const out = [...card.querySelectorAll('h2, p')].filter(line => {
            const at = line.getBoundingClientRect();
            return at.top < box.top - 1 || at.bottom > box.bottom + 1 || at.right > box.right + 1;
        }).map(line => line.innerText);
        return box.bottom > room.bottom + 1 ? [...out, 'card'] : out;
    })""")


def test_a_title_gives_way_to_nothing_but_its_own_length(tab, make):
    """At six lines a laptop's wall shows titles and places whole; a trade without room beside its title goes."""
    jobs = {"果园打药施肥": "A04", "砌堡坎的石工": "B09", "装修吊顶": "B05", "服装厂普工": "C01", "学校食堂帮厨": "D01"}
    with make() as f:
        f.make_region(VILLAGE)
        f.make_station(TOWN, slug="zhongtang", name="中塘镇零工驿站", kind="station")
        for n, (title, trade) in enumerate(jobs.items()):
            f.make_opening(region=VILLAGE, title=title, job_type=trade, place="二组", pay_min_fen=450_000, pay_max_fen=550_000,
                           pay_unit="month", starts_on=f.today + timedelta(days=n + 3),
                           ends_on=f.today + timedelta(days=40))  # fmt: skip
    tab.set_viewport_size({"width": 1366, "height": 768})
    tab.goto("/screen/zhongtang")
    cut = tab.evaluate("""() => [...document.querySelectorAll('#list > li :is(h2 span span, .where b)')]
        .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)""")
    assert tab.locator("#list > li").count() == len(jobs) and cut == []


@pytest.mark.parametrize("size", SIZES)
def test_nothing_on_the_wall_is_cut_off_at_any_size_or_number_of_lines(tab, wall, deps, make, size):
    from backend.store.models import Screen, Station

    width, height = SIZES[size]
    tab.set_viewport_size({"width": width, "height": height})
    for per_page in (6, 2, 4, 8, 12):
        with make() as f:
            station = f.session.query(Station).filter_by(slug="zhongtang").one()
            f.session.merge(
                Screen(station_id=station.id, around=[], per_page=per_page, seconds=15, version=1, changed_at=f.now)
            )
        tab.goto(wall)
        until(tab, "document.getElementById('list').dataset.lines > 0")
        assert cut_off(tab) == [], per_page
        assert width_of(tab) <= width
        if size != "phone":
            assert tab.evaluate("document.documentElement.scrollHeight") <= height, per_page


def test_the_wall_follows_in_place_and_keeps_the_last_list_when_the_network_is_away(tab, wall, make):
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    tab.set_viewport_size({"width": 1920, "height": 1080})
    tab.clock.install()
    tab.goto(wall)
    tab.wait_for_selector("text=活路1")
    tab.evaluate("window.stillHere = document.querySelector('#list li:nth-child(2)')")
    with make() as f:
        gone = f.session.query(Opening).filter_by(title="活路1").one()
        gone.status = "withdrawn"
        f.make_opening(region=VILLAGE, title="刚来的活", starts_on=f.today)
    tab.clock.run_for(15_500)
    tab.locator("#list li", has_text="刚来的活").wait_for(state="attached")
    crossed = tab.locator("#list li.gone")
    assert "活路1" in crossed.text_content() and tab.evaluate("stillHere.isConnected")  # the same page, the same card
    tab.clock.run_for(60_000)  # a whole turn
    until(tab, "!document.querySelector('.gone')")

    tab.context.set_offline(True)
    tab.clock.run_for(16_000)
    tab.locator("#away").wait_for(state="visible")
    assert tab.locator("#list li").count() == 9
    tab.context.set_offline(False)
    tab.clock.run_for(16_000)
    tab.locator("#away").wait_for(state="hidden")
    assert complaints == []


def test_a_press_holds_the_page_and_another_lets_it_go_on(tab, wall):
    tab.set_viewport_size({"width": 1366, "height": 768})
    tab.clock.install()
    tab.goto(wall)
    tab.wait_for_selector("text=1/2")
    tab.click("text=停一下")
    tab.clock.run_for(40_000)
    assert tab.inner_text("#page") == "1/2" and tab.get_attribute("#hold", "aria-pressed") == "true"
    tab.click("text=接着放")
    tab.clock.run_for(15_500)
    assert tab.inner_text("#page") == "2/2"


def test_without_script_the_wall_turns_its_pages_itself(address, wall, make):
    from tests.integration.console.test_in_chromium import CHROMIUM

    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with make() as f:
        from backend.store.models import Screen, Station

        station = f.session.query(Station).filter_by(slug="zhongtang").one()
        f.session.add(Screen(station_id=station.id, around=[], per_page=6, seconds=5, version=1, changed_at=f.now))
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(java_script_enabled=False, base_url=address).new_page()
        first = page.request.get(wall).text()  # beside the tab: in it the wall turns on
        assert "活路1" in first and "活路8" not in first
        page.goto(wall)
        page.wait_for_url("**?page=2")
        page.wait_for_selector("text=活路8", state="attached")
        page.wait_for_url("**?page=1")
        browser.close()


@pytest.mark.parametrize(
    "path", ["/screen/zhongtang", "/screen/zhongtang/map", "/screen/qianjiang/map", "/screen/zhongtang/map?town=x"]
)
def test_the_public_faces_have_no_serious_fault(tab, wall, axe, path):
    tab.emulate_media(reduced_motion="reduce")
    for width, height in SIZES.values():
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(path)
        assert violations(tab, axe) == [], (path, width)
        assert width_of(tab) <= width
        assert tab.evaluate("getComputedStyle(document.querySelector('li') || document.body).animationName") == "none"


def test_the_map_is_walked_by_keys_from_the_county_to_a_villages_work(tab, wall):
    tab.goto("/screen/qianjiang/map")
    tab_to(tab, f"svg.map a[href*='town={TOWN}']")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**town={TOWN}")
    tab_to(tab, f"svg.map a[href='#p-{VILLAGE}']")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**#p-{VILLAGE}")
    tab.locator(f"#p-{VILLAGE}", has_text="活路1").wait_for()


def test_staff_change_a_screen_by_tapping_on_a_phone(tab, wall, staff):
    log_in(tab, "zhen")
    tab.goto("/console/faces")
    assert width_of(tab) <= 390
    tab.locator(".wall", has_text="中塘镇零工驿站").locator("summary").click()
    assert width_of(tab) <= 390
    tab.locator("[name=per_page]:visible").fill("8")
    tab.locator(".tick:visible").first.click()
    tab.locator("button.main:visible", has_text="存下").click()
    tab.wait_for_selector("text=大屏改好了")
    tab.wait_for_selector("text=一页8个")
    tab.goto("/console/map")
    assert width_of(tab) <= 390


@pytest.fixture
def staff(make: Any) -> None:
    from tests.integration.console.conftest import HASH

    with make() as f:
        f.make_staff("town", TOWN, login="zhen", name="田镇干", password_hash=HASH)
