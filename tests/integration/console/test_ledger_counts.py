"""The ledgers' numbers are kept with their time, and their lists go on behind a row; both tell what a plain count tells."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from backend.domain.freshness import BETWEEN_ASKINGS, STALE_AFTER
from backend.domain.households import earning_since
from backend.domain.inbox import areas
from backend.services import count_ledgers
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.models import Hardship, Household, LedgerCount, Worker
from backend.store.queries import households, ledger_counts, ledgers, posts, stale
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words

PLACES = (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE, None)
TRADES = (["A04"], [], ["B01", "A04"], ["B01"], ["A04"], ["A04"], [], ["B01"], ["B01"])
LABELS = (None, "G04", "G03", "G05", "G06", "G08")


@pytest.fixture
def library(make, staff):
    """Workers of four places, of every label, long and shortly without work, by household and alone; returns `now`."""
    with make() as f:
        homes = [f._add(Household(village_code=code, created_at=f.now)) for code in (*PLACES[:2], *PLACES[:2], None)]
        for n in range(72):
            worker = f.make_worker(
                f"王{n}", village=PLACES[n % 4] or VILLAGE, number=f"+8610000{n:06}", job_types=TRADES[n % 9],
                birth_year=(1950, 1990, None)[n % 3], failed_matches=n % 7, asked_in_vain=n % 3,
                waiting_since=None if n % 5 == 0 else f.now - timedelta(days=(n * 37) % 200),
                confirmed_at=None if n % 4 == 1 else f.now - timedelta(days=(n * 11) % 70),
                asked_current_at=f.now - BETWEEN_ASKINGS - timedelta(days=1) if n % 3 else None,
                status="paused" if n % 11 == 10 else "active", employment_status="working" if n % 17 == 0 else None,
            )  # fmt: skip
            worker.updated_at = f.now - timedelta(days=(n * 13) % 70)
            worker.person.village_code = PLACES[n % 4]
            if n % 2:
                worker.person.household_id = homes[n // 2 % 5].id
            if code := LABELS[n % 6]:
                f._add(Hardship(worker_id=worker.id, code=code, claimed_at=f.now, verified_at=f.now if n % 8 else None))
        return f.now


def plainly(session, now):
    """The same numbers, counted row by row: division → what → how many."""
    found: dict[str, Counter[str]] = {}

    def add(codes, name):
        for area in {area for code in codes for area in areas(code or HOME_REGION)}:
            found.setdefault(area, Counter())[name] += 1

    people = session.query(Worker).all()
    by_home: dict[int, list[Worker]] = {}
    for one in people:
        codes = {label.code for label in one.hardships if label.verified_at}
        waits, place = one.waiting_since, one.person.village_code
        if one.person.household_id:
            by_home.setdefault(one.person.household_id, []).append(one)
        if one.status != "active":
            continue
        for trade in one.job_types:
            add([place], f"does:{trade}")
        tabs = {
            "waiting": waits and (now - waits > timedelta(days=90) or "G06" in codes), "disabled": "G04" in codes,
            "low_income": "G03" in codes, "others": "G08" in codes,
            "older": "G05" in codes or (one.person.birth_year and one.person.birth_year <= now.year - 50),
        }  # fmt: skip
        for name, counts in tabs.items():
            if counts:
                add([place], name)
        if codes and one.failed_matches >= 4 and place:
            add([place], "hardest")
    for home in session.query(Household):
        members = by_home.get(home.id, [])
        if not members:
            continue
        labelled = any(label.verified_at for one in members for label in one.hardships)
        earning = any(one.employment_status == "working" for one in members)
        places = [home.village_code, *(one.person.village_code for one in members if one.person.village_code)]
        for name, counts in (
            ("labelled", labelled),
            ("without", not earning),
            ("labelled_without", labelled and not earning),
        ):
            if counts:
                add(places, name)
    return found


def test_what_is_kept_is_what_a_plain_count_finds_in_every_division(library, deps, database):
    count_ledgers.count_everywhere(deps)
    with database.read() as session:
        wanted = plainly(session, library)
        kept = {row.area: Counter(row.sizes) for row in session.query(LedgerCount)}
        # Places of no county the line serves are nobody's to read.
        assert kept == {area: sizes for area, sizes in wanted.items() if area in kept}
        assert {COUNTY, TOWN, VILLAGE, OTHER_VILLAGE, "50", "5001"} <= set(kept)
        assert all(kept[COUNTY][name] for name in (*ledgers.TABS, *ledger_counts.HOUSEHOLDS, ledger_counts.HARDEST))
        by_hand = plainly(session, library)
        for region in (COUNTY, TOWN, VILLAGE, "50"):
            live = ledger_counts.counted(session, region, count_ledgers.asked(deps))
            assert live[region] == by_hand[region]


def test_at_the_window_the_trades_of_its_own_people_come_first_the_commonest_before_the_rest(library, deps, database):
    for _ in range(2):
        with database.read() as session:
            asked = count_ledgers.asked(deps)
            sizes = plainly(session, library)
            for region in (COUNTY, VILLAGE, OTHER_VILLAGE):
                does = {name[5:]: size for name, size in sizes[region].items() if name.startswith("does:")}
                wanted = sorted(does, key=lambda trade: (-does[trade], trade))
                assert len(wanted) == 2 and ledger_counts.usual_trades(session, region, asked, 10) == wanted
                assert ledger_counts.usual_trades(session, region, asked, 1) == wanted[:1]
        count_ledgers.count_everywhere(deps)


def test_the_pages_tell_the_kept_number_with_its_time_and_before_that_count_themselves(
    library, deps, browse, clock, make
):
    browser = browse("xian")
    with deps.db.read() as session:
        sizes = plainly(session, library)[COUNTY]
    lead = f"有核实困难的{sizes['labelled']}户，其中{sizes['labelled_without']}户没人上工"
    for _ in range(2):
        assert lead in words(browser.visit("/console/households"))
        assert f"大龄 {sizes['older']}" in words(browser.visit("/console/ledgers/priority"))
        count_ledgers.count_everywhere(deps)
    counted_at = clock().astimezone(TIMEZONE).strftime("%H:%M")
    with make() as f:
        f.make_worker("新一", birth_year=1950, number="+8610000999999")
    clock.advance(minutes=7)
    page = words(browser.visit("/console/ledgers/priority"))
    assert f"大龄 {sizes['older']}" in page
    assert f"数到今天 {counted_at}为止" in page
    assert f"数到今天 {counted_at}为止" in words(browser.visit("/console/households"))
    assert f"{sizes['hardest']}公益岗兜底今天 {counted_at}数的" in words(browser.visit("/console/"))
    count_ledgers.count_everywhere(deps)
    assert f"大龄 {sizes['older'] + 1}" in words(browser.visit("/console/ledgers/priority"))


def test_h11_the_city_reads_how_many_wait_in_vain_county_by_county(library, deps, browse):
    with deps.db.read() as session:
        wanted = plainly(session, library)[COUNTY]["hardest"]
    for _ in range(2):
        assert f"{wanted}人" in words(browse("shi").visit("/console/backstop"))
        count_ledgers.count_everywhere(deps)


def through(read):
    """Every row of a list, page by page: their ids; no page is read twice."""
    ids, after, seen = [], "", set()
    while True:
        rows, after = read(after)
        ids += [getattr(row, "worker", getattr(row, "household", row)).id for row in rows]
        if not after:
            return ids
        assert after not in seen
        seen.add(after)


@pytest.mark.parametrize("region", [COUNTY, TOWN, VILLAGE])
def test_lists_go_on_behind_a_row_and_show_each_row_once_in_the_order_of_before(
    library, database, region, monkeypatch, deps
):
    for module, size in ((ledgers, 3), (stale, 3), (posts, 2), (households, 1)):
        monkeypatch.setattr(module, "PAGE", size)
    now, since = library, earning_since(library.astimezone(TIMEZONE).date())
    with database.read() as session:
        for tab in ledgers.TABS:
            rows = list(session.scalars(ledgers.priority(region, HOME_REGION, tab, now)))
            rows.sort(key=lambda one: (one.waiting_since is None, one.waiting_since or now, one.id))
            found = through(lambda after, tab=tab: ledgers.priority_page(session, region, HOME_REGION, tab, now, after))
            assert found == [one.id for one in rows], tab
        ours = [one for one in session.query(Worker) if (one.person.village_code or "").startswith(region)]
        said = lambda one: (one.confirmed_at or one.updated_at, one.id)  # noqa: E731 - the order, twice
        quiet = [one for one in ours if one.status == "active" and (
            now - said(one)[0] >= STALE_AFTER or (one.asked_in_vain >= 2 and one.asked_current_at))]  # fmt: skip
        assert through(lambda after: stale.workers(session, region, now, after)) == [
            one.id for one in sorted(quiet, key=said)
        ]
        aside = sorted((one for one in ours if one.status == "paused" and one.asked_in_vain >= 2), key=said)
        assert through(lambda after: stale.set_aside(session, region, after)) == [one.id for one in aside]
        hard = [one for one in ours if one.status == "active" and one.failed_matches >= 4
                and any(label.verified_at for label in one.hardships)]  # fmt: skip
        hard.sort(key=lambda one: (-one.failed_matches, -one.id))
        assert through(lambda after: posts.hardest(session, region, 4, after)) == [one.id for one in hard]
        homes = list(session.scalars(households.listed(region, HOME_REGION)))
        told = {each.household.id: each for each in households.told(session, homes, since)}
        listed = through(lambda after: households.page(session, region, HOME_REGION, since, after=after))
        assert sorted(listed) == sorted(told)
        # Those of here first, then those kept elsewhere; in either those with nobody at work, the labelled before the rest.
        order = [
            (not (told[n].household.village_code or HOME_REGION).startswith(region) and not HOME_REGION.startswith(region),
             told[n].earning, not told[n].labelled and not told[n].earning) for n in listed
        ]  # fmt: skip
        own = [each for each in order if not each[0]]
        assert own == sorted(own)
        without = through(lambda after: households.page(session, region, HOME_REGION, since, without=True, after=after))
        assert sorted(without) == sorted(n for n, each in told.items() if not each.earning)


@pytest.mark.parametrize("after", ["x", "9~1", "0~x~y", "²~1", "1", "~", "0~2026-06-01T00:00:00~5"])
def test_a_place_in_a_list_that_does_not_read_begins_at_the_beginning(library, browse, after):
    browser = browse("xian")
    for path in ("stale", "stale?tab=openings", "stale?tab=set_aside", "backstop", "households", "ledgers/priority"):
        page = browser.visit(f"/console/{path}{'&' if '?' in path else '?'}after={after}")
        assert page.status_code == 200
        first = words(browser.visit(f"/console/{path}"))
        assert words(page) == first or after in ("1", "9~1", "0~2026-06-01T00:00:00~5"), path


def test_openings_gone_quiet_go_on_behind_a_row_the_longest_silent_first(make, staff, database, monkeypatch):
    monkeypatch.setattr(stale, "PAGE", 2)
    with make() as f:
        wanted = []
        for n in range(9):
            said = f.now - timedelta(days=20 - n)
            more = {"confirmed_at": said, "updated_at": f.now} if n % 2 else {"updated_at": said}
            wanted.append(f.make_opening(starts_on=f.today, ends_on=f.today + timedelta(days=9), **more).id)
        now = f.now
    with database.read() as session:
        assert through(lambda after: stale.openings(session, COUNTY, now, after)) == wanted
        assert stale.counts(session, COUNTY, now)["openings"] == 9


def test_a_count_of_one_region_holds_nothing_of_another(library, make, deps, database):
    """Also of a household that two counties see: each counts it for its own divisions alone."""
    with make() as f:
        for n, (kept_at, lives_at) in enumerate(((VILLAGE, FAR_VILLAGE), (FAR_VILLAGE, VILLAGE))):
            home = f._add(Household(village_code=kept_at, created_at=f.now))
            for m, code in enumerate((kept_at, lives_at)):
                one = f.make_worker(f"两边{n}{m}", village=code, number=f"+86100009{n}{m:04}", failed_matches=6)
                one.person.household_id = home.id
                f._add(Hardship(worker_id=one.id, code="G05", claimed_at=f.now, verified_at=f.now))
    with database.read() as session:
        everywhere = plainly(session, library)
        for region in (VILLAGE, TOWN, COUNTY, FAR_VILLAGE, FAR_VILLAGE[:9], FAR_VILLAGE[:6], "50", FAR_VILLAGE[:2]):
            found = ledger_counts.counted(session, region, count_ledgers.asked(deps))
            assert found == {area: sizes for area, sizes in everywhere.items() if area.startswith(region)}, region
            assert found[region]["labelled"] >= 2, "those two are among them"
