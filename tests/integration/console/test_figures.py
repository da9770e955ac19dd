"""The dashboard: every number is the length of the list it leads to, for whoever looks (issue: item 7; DESIGN §3.9, §3.10)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest

from backend.domain.figures import NOW, midnight
from backend.settings import TIMEZONE
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words

MARK = "隔壁老莫"
NUMBER = re.compile(r'href="([^"]+)" data-set="(\w+)" data-size="(\d+)"')
NEXT = re.compile(r'rel="next" href="([^"]+rows[^"]+)"')


@pytest.fixture
def busy(make: Any, staff: Any) -> dict[str, Any]:
    """A day and a week ago in two villages of the county, and in another county, where everything is marked."""
    from backend.store.models import Call, Case, Correction, Hardship

    made: dict[str, Any] = {}
    with make() as f:
        for village, times in ((VILLAGE, 3), (OTHER_VILLAGE, 2), (FAR_VILLAGE, 4)):
            name = MARK if village == FAR_VILLAGE else "王小云"
            for n in range(times):
                for ago in (timedelta(minutes=n), timedelta(days=7, minutes=n)):
                    at = f.now - ago - timedelta(hours=1)
                    talk = f.make_conversation(region_code=village, started_at=at, last_at=at)
                    said = {"conversation": talk, "created_at": at, "status": "answered"}
                    f.make_message("有没得活", intent="search_jobs", confidence=0.9, **said)
                    f.make_message("嗯嗯啊啊", intent="nlu_fallback", confidence=0.2, **said)
                    wrong = f.make_message("我要去", intent="search_jobs", confidence=0.5, corrected={"intent": "apply_job"}, **said)  # fmt: skip
                    f.make_message("1", channel="voice", keys="1", **said)
                    f.make_message("好的", **{**said, "status": "delivered"}, direction="outbound")
                    call = {"carrier": "simulator", "handset_id": talk.handset_id, "conversation_id": talk.id,
                            "state": {}, "started_at": at, "last_at": at}  # fmt: skip
                    f._add(Call(call_sid=f"CA{village}{n}{ago.days}", direction="inbound", **call))
                    f._add(Call(call_sid=f"CB{village}{n}{ago.days}", direction="outbound", **call))
                    f._add(Correction(message_id=wrong.id, conversation_id=talk.id, staff_id=staff["xian"], at=at,
                                      kind="intent", before={}, after={"intent": "apply_job"}, ledger=[]))  # fmt: skip
                    if n == 0:
                        f._add(Case(kind="handoff", priority=1, summary=MARK, details={}, conversation_id=talk.id,
                                    handset_id=talk.handset_id, region_code=village, opened_at=at,
                                    due_at=at + timedelta(minutes=10)))  # fmt: skip
                    opening = f.make_opening(region=village, title=f"摘李{n}", headcount=2, published_at=at - timedelta(hours=2),
                                             starts_on=f.today, ends_on=f.today)  # fmt: skip
                    taker = f.make_worker(
                        name, village=village, job_types=["A04"], waiting_since=at - timedelta(days=9)
                    )
                    f._add(Hardship(worker_id=taker.id, code="G03", claimed_at=at, verified_at=at if n else None))
                    f.make_offer(opening, taker, "accepted", offered_at=at, answered_at=at, wave=1)
                    other = f.make_worker(name, village=village, confirmed_at=at - timedelta(days=60))
                    f.make_offer(opening, other, "accepted", offered_at=at, answered_at=at + timedelta(minutes=5))
                    f.make_offer(opening, f.make_worker(name, village=village), "declined", offered_at=at,
                                 answered_at=at, expires_at=at)  # fmt: skip
                    f.make_offer(opening, f.make_worker(name, village=village, confirmed_at=at - timedelta(days=60)),
                                 "no_show", offered_at=at)  # fmt: skip
                    f.make_opening(region=village, confirmed_at=at - timedelta(days=20))
    return made


def numbers(page: str) -> dict[str, tuple[str, int]]:
    return {name: (link.replace("&amp;", "&"), int(size)) for link, name, size in NUMBER.findall(page)}


def follow(browser: Any, link: str) -> tuple[int, str]:
    """How many rows the list has over all its pages, and everything that stood on them."""
    count, seen = 0, ""
    while link:
        answer = browser.visit(link)
        assert answer.status_code == 200, link
        body = answer.text
        listed = body.partition('id="rows">')[2]
        count += len(re.findall(r'<li><(?:a|div) class="row"', listed))
        seen += body
        more = NEXT.search(body)
        link = more.group(1).replace("&amp;", "&") if more else ""
    return count, seen


@pytest.mark.parametrize(
    ("login", "query"),
    [
        *((login, "") for login in ("cun", "zhen", "xian", "shi", "weining", "operator", "auditor")),
        ("xian", "?period=month&place=500114121"),
        ("zhen", "?period=quarter"),
    ],
)
@pytest.mark.parametrize("kept", [False, True])
def test_every_number_is_the_length_of_its_list(browse, busy, make, login, query, kept, deps, monkeypatch):
    """DESIGN §3.10, for every role; what happened in another county is in nobody's figures. Nor does it matter whether those
    who wait were counted just now or by the tick."""
    from backend.services.count_figures import count_standing
    from backend.store.queries import figures as queries
    from tests.integration.console.conftest import COUNTY, HASH

    if kept:
        assert count_standing(deps)
    monkeypatch.setattr(queries, "PAGE", 3)  # so that lists run over several pages
    if login in ("operator", "auditor"):
        with make() as f:
            f.make_staff(login, COUNTY, login=login, password_hash=HASH)
    browser = browse(login)
    answer = browser.visit(f"/console/figures{query}")
    assert answer.status_code == 200
    found = numbers(answer.text)
    assert found["calls_in"][1] > 0 and found["places"][1] > 0
    assert ("waiting_verified" in found) == (login != "operator")
    for name, (link, size) in found.items():
        count, seen = follow(browser, link)
        assert count == size, name
        if login != "weining":
            assert MARK not in seen


def test_what_staff_put_right_is_what_counts(browse, make, staff):
    """Who asked for a person is told by the intent as put right; one "corrected" to what it was was right."""
    from backend.store.models import Correction

    with make() as f:
        for read, meant in (
            ("search_jobs", "talk_to_human"),
            ("talk_to_human", "search_jobs"),
            ("talk_to_human", "talk_to_human"),
        ):
            at = f.now - timedelta(hours=1)
            talk = f.make_conversation(region_code=VILLAGE, started_at=at)
            turn = f.make_message("找个人说", conversation=talk, intent=read, confidence=0.5, status="answered", created_at=at,
                                  corrected={"intent": meant})  # fmt: skip
            f._add(Correction(message_id=turn.id, conversation_id=talk.id, staff_id=staff["xian"], at=f.now, kind="intent",
                              before={}, after={"intent": meant}, ledger=[]))  # fmt: skip
    sizes = {name: size for name, (_, size) in numbers(browse("xian").visit("/console/figures").text).items()}
    assert {name: sizes[name] for name in ("turns", "understood", "corrected", "asked_person")} == {
        "turns": 3, "understood": 1, "corrected": 2, "asked_person": 2,
    }  # fmt: skip


def test_the_figures_of_a_day_are_what_happened_on_it(browse, busy):
    """Five conversations in the county's two villages today; the week before the same, an hour of another county never."""
    page = browse("xian").visit("/console/figures").text
    sizes = {name: size for name, (_, size) in numbers(page).items()}
    assert sizes == {
        "calls_in": 5, "calls_out": 5, "texts_in": 15, "texts_out": 5, "turns": 15, "understood": 5, "corrected": 5,
        "conversations": 5, "contained": 3, "asked_person": 2, "late_cases": 2, "offers_made": 10, "offers_answered": 10,
        "places": 10, "places_verified": 3, "openings_full": 5, "no_shows": 10, "waiting": 10, "waiting_verified": 6,
        "stale_workers": sizes["stale_workers"], "stale_openings": 10,
    }  # fmt: skip
    assert "2.1小时" in words_of(page)


def words_of(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


def test_a_town_is_picked_out_and_a_place_elsewhere_does_not_exist(browse, busy):
    browser = browse("xian")
    there = numbers(browser.visit("/console/figures?place=500114122").text)
    assert there["calls_in"][1] == 2
    assert "place=500114122" in there["calls_in"][0]
    for elsewhere in ("520526", "50", "500114999", "x"):
        for page in ("figures", "figures/calls_in/rows", "figures/charts/line", "figures/charts/line.svg"):
            assert browser.visit(f"/console/{page}?place={elsewhere}").status_code == 404, page


def test_the_first_page_shows_today_with_the_same_numbers(browse, busy):
    browser = browse("xian")
    on_first = numbers(browser.visit("/console/").text)
    assert on_first.keys() == numbers(browser.visit("/console/figures").text).keys() - NOW
    for name, (link, size) in on_first.items():
        assert follow(browser, link)[0] == size, name


def test_a_talk_that_began_before_the_day_and_a_call_back_into_yesterdays_count_on_their_day(browse, busy, make, deps):
    """A day is looked for among the conversations of its time: one that goes on into it, and one the line rings back into."""
    from backend.store.models import Call

    browser = browse("xian")
    before = numbers(browser.visit("/console/figures").text)
    with make() as f:
        today = midnight(f.today)
        goes_on = f.make_conversation(region_code=VILLAGE, started_at=today - timedelta(hours=5), last_at=f.now)
        f.make_message(
            "还有没得",
            conversation=goes_on,
            intent="more_jobs",
            status="answered",
            created_at=f.now - timedelta(minutes=1),
        )
        silent = f.make_conversation(
            region_code=VILLAGE, started_at=today - timedelta(hours=25), last_at=today - timedelta(hours=23)
        )
        f._add(Call(carrier="simulator", call_sid="CAback", handset_id=silent.handset_id, conversation_id=silent.id, state={},
                    direction="outbound", started_at=today + timedelta(minutes=50), last_at=today + timedelta(minutes=51)))  # fmt: skip
    after = numbers(browser.visit("/console/figures").text)
    for name in ("texts_in", "calls_out"):
        assert after[name][1] == before[name][1] + 1, name


def test_who_is_in_need_is_read_for_a_reason_and_written_down(browse, busy, audited):
    """T12: to stand in the list tells of a need."""
    browser = browse("zhen")
    link = numbers(browser.visit("/console/figures").text)["waiting_verified"][0]
    before = browser.visit(link)
    assert "/console/workers/" not in before.text and "王**" not in before.text
    assert browser.submit(link, reason="nosiness").status_code == 422
    assert browser.submit(link, reason="handle_case").status_code == 303
    assert "王**" in browser.visit(link).text
    (event,) = audited("opened_figure")
    assert (event.object_id, event.facts["reason"]) == ("waiting_verified", "handle_case")


@pytest.mark.parametrize("login", ["shi", "auditor"])
def test_whoever_only_looks_reads_how_many_and_never_who(browse, busy, make, login):
    from tests.integration.console.conftest import COUNTY, HASH

    if login == "auditor":
        with make() as f:
            f.make_staff(login, COUNTY, login=login, password_hash=HASH)
    browser = browse(login)
    link = numbers(browser.visit("/console/figures").text)["waiting_verified"][0]
    assert "您的角色只看有几个" in words(browser.visit(link))
    assert browser.submit(link, reason="handle_case").status_code == 403


def test_an_operator_reads_nothing_of_who_is_in_need(browse, busy, make):
    """L20: whoever runs the line under contract."""
    from tests.integration.console.conftest import COUNTY, HASH

    with make() as f:
        f.make_staff("operator", COUNTY, login="operator", password_hash=HASH)
    browser = browse("operator")
    assert browser.visit("/console/figures/waiting_verified/rows").status_code == 403
    for address in ("/console/figures/charts/need.svg", "/console/figures/charts/need"):
        assert browser.visit(address).status_code == 403
    assert "charts/need" not in browser.visit("/console/figures").text


def test_lists_are_written_down_and_hide_names_and_numbers(browse, busy, audited):
    browser = browse("xian")
    page = browser.visit("/console/figures/places/rows").text
    assert "王小云" not in page and "王**" in page
    assert not re.search(r"1000\d{6}\b", browser.visit("/console/figures/calls_in/rows").text)
    assert [event.facts["figure"] for event in audited("listed_figure")] == ["places", "calls_in"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_are_pictures_without_scripts_under_a_policy_of_their_own(browse, busy, language):
    browser = browse("xian")
    browser.submit("/console/language", language=language)
    for chart in ("line", "understood", "trades", "need"):
        answer = browser.visit(f"/console/figures/charts/{chart}.svg")
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert ElementTree.fromstring(answer.data).tag.endswith("svg")
        assert b"script" not in answer.data and b"http://" not in answer.data.replace(b"http://www.w3.org", b"")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert browser.visit(f"/console/figures/charts/{chart}.svg").data == answer.data


def test_nobody_counts_fewer_than_five_with_the_same_need_apart(browse, busy):
    """Six waiting in the county have it: shown; three of the town: not."""
    for address in ("/console/figures/charts/need", "/console/figures/charts/need.svg"):
        assert "低保或低收入" not in browse("zhen").visit(address).text
        assert "低保或低收入" in browse("xian").visit(address).text
        assert "低保或低收入" not in browse("cun2").visit(address).text


@pytest.mark.parametrize(("period", "steps"), [("day", 14), ("ten_days", 14), ("month", 0), ("quarter", 9)])
def test_the_table_of_a_chart_holds_the_numbers_of_its_steps_and_leads_to_the_records_behind_each(
    browse, busy, period, steps, clock
):
    """Of a running month its days so far, two weeks at least; of a quarter the nine ten-day stretches up to now."""
    steps = steps or max(14, clock().astimezone(TIMEZONE).day)
    browser = browse("xian")
    front = browser.visit(f"/console/figures?period={period}").text
    for chart in ("line", "understood"):
        assert f"/console/figures/charts/{chart}?period={period}" in front
        page = browser.visit(f"/console/figures/charts/{chart}?period={period}").text
        cells = re.findall(r'<a href="([^"]*/figures/(\w+)/rows[^"]*)">(\d+)</a>', page)
        assert len({href for href, _, _ in cells}) == steps * len({name for _, name, _ in cells}), chart
        shown = [(unescape(href), int(size)) for href, _, size in cells if size != "0"]
        assert shown, chart
        for href, size in shown:
            assert browser.visit(href).text.count('class="row"') == size, href
    assert "这些天没有" in browse("cun2").visit(f"/console/figures/charts/trades?period={period}&on=2021-01-05").text


def test_a_period_nobody_knows_is_read_as_today_or_the_nearest_there_is(browse, staff):
    browser = browse("xian")
    for query in (
        "period=year",
        "on=yesterday",
        "on=9999-12-31",
        "on=0001-01-01",
        "on=2026-02-30",
        "period=ten_days&on=",
    ):
        assert browser.visit(f"/console/figures?{query}").status_code == 200
        assert browser.visit(f"/console/figures/calls_in/rows?{query}").status_code == 200


def test_a_mark_nobody_gave_begins_at_the_beginning(browse, busy):
    browser = browse("xian")
    marks = ("x", "~", "2026-11-22~1", "2026-11-22T00:00:00~2", "~9" * 20, "2026-13-01T00:00:00+00:00~1")
    for mark in marks:
        answer = browser.visit("/console/figures/calls_in/rows", query_string={"after": mark})
        assert answer.text.count('class="row"') == 5, mark


def test_a_set_nobody_knows_does_not_exist(browse, busy):
    browser = browse("xian")
    for address in ("/console/figures/salaries/rows", "/console/figures/charts/salaries.svg",
                    "/console/figures/charts/salaries"):  # fmt: skip
        assert browser.visit(address).status_code == 404


def test_when_a_place_was_taken_stays_whatever_is_said_of_it_later(make, database):
    """She is asked after the job and answers: the place still belongs to the day of her yes."""
    from backend.store.models import Offer

    with make() as f:
        offer = f.make_offer(f.make_opening(), f.make_worker(), "accepted", answered_at=f.now)
        key, yes = offer.id, f.now
    with database.write() as session:
        offer = session.get_one(Offer, key)
        offer.status, offer.answered_at = "paid", yes + timedelta(days=3)
    with database.read() as session:
        assert session.get_one(Offer, key).taken_at == yes
    with database.write() as session:
        session.get_one(Offer, key).status = "withdrawn"
    with database.write() as session:
        offer = session.get_one(Offer, key)
        offer.status, offer.answered_at = "accepted", yes + timedelta(days=5)
    with database.read() as session:
        assert session.get_one(Offer, key).taken_at == yes + timedelta(days=5)


def test_what_the_line_did_alone_and_who_wished_for_a_person_are_told_turn_by_turn(database, make, staff):
    """Every way a turn can be: by hand from the rows, and as the figures find it among the few turns that can matter."""
    from itertools import product

    from backend.store.queries.figure_sets import Scope
    from backend.store.queries.figures import counts

    alone = wished = 0
    with make() as f:
        for direction, handler, status, intent, corrected in product(
            ("inbound", "outbound"), (None, "staff", "rasa"), ("answered", "failed"), (None, "talk_to_human", "search_jobs"),
            (None, {"intent": "talk_to_human"}, {"intent": "search_jobs"}, {"entities": []}),
        ):  # fmt: skip
            talk = f.make_conversation(region_code=VILLAGE, started_at=f.now - timedelta(hours=1))
            f.make_message("有没得活", conversation=talk, status="answered", intent="search_jobs")
            f.make_message("话", conversation=talk, direction=direction, handled_by=handler, status=status, intent=intent,
                           **({} if corrected is None else {"corrected": corrected}))  # fmt: skip
            meant = (corrected or {}).get("intent") or intent
            by_staff, failed = (
                direction == "outbound" and handler == "staff",
                direction == "inbound" and status == "failed",
            )
            alone += not (by_staff or failed)
            wished += direction == "inbound" and meant == "talk_to_human"
        scope = Scope(VILLAGE, VILLAGE[:6], f.now - timedelta(days=1), f.now, f.now)
    with database.read() as session:
        found = counts(session, scope, ["contained", "asked_person", "conversations"])
    assert found == {"contained": alone, "asked_person": wished, "conversations": 144}


def test_those_few_turns_are_found_by_indexes_of_their_own(database):
    """Whatever else was said: a quarter holds seven turns to a conversation."""
    from sqlalchemy import text

    from backend.store.queries.figure_sets import Scope
    from backend.store.queries.figures import counting

    now = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
    scope = Scope(VILLAGE[:6], VILLAGE[:6], now - timedelta(days=90), now, now)
    ((_, query),) = counting(scope, ["contained", "asked_person"])
    with database.read() as session:
        explain = "EXPLAIN QUERY PLAN " if session.get_bind().dialect.name == "sqlite" else "EXPLAIN "
        if explain == "EXPLAIN ":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        written = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = " ".join(
            str(row) for row in session.connection().exec_driver_sql(explain + str(written).replace("%", "%%"))
        )
    for index in ("ix_messages_not_by_the_line", "ix_messages_maybe_a_wish"):
        assert index in plan, plan
