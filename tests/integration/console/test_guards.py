"""Every route of the console, taken from the URL map: login, CSRF, headers (T8, T10). Tenants: test_isolation.py."""

from __future__ import annotations

import re

import pytest

from backend.console.guard import ASKED_BY_SCRIPT
from backend.store.models import Household, Talk
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words

OPEN = {"console.login", "console.second_step", "console.first_password", "console.static", "console.language"}


def routes(app):
    return [
        rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("console.") and rule.endpoint not in OPEN
    ]


def address(rule, ids):
    return rule.build({name: ids.get(name, "1") for name in rule.arguments})[1]


@pytest.fixture
def objects(make):
    """One conversation, turn, case, opening, planned call, worker, household and talk in a village; the same in another village and another county."""

    def plant(region):
        with make() as f:
            conversation = f.make_conversation(region_code=region)
            turn = f.make_message("我在找活", conversation=conversation, media_url="http://carrier.test/r1")
            case = f._add(_case(f, region, conversation, turn))
            opening = f.make_opening(region=region, status="in_review")
            worker = f.make_worker(village=region)
            f.make_offer(opening, worker)
            household = f._add(Household(village_code=region, created_at=f.now))
            worker.person.household_id = household.id
            talk = Talk(kind="one_to_one", region_code=region, employer_id=opening.employer_id, held_on=f.today, note="",
                        staff_id=f.make_staff(region=region).id, created_at=f.now)  # fmt: skip
            return {
                "worker_id": worker.id,
                "household_id": household.id,
                "talk_id": f._add(talk).id,
                "kind": "workers",
                "conversation_id": conversation.id,
                "message_id": turn.id,
                "case_id": case.id,
                "opening_id": opening.id,
                "employer_id": opening.employer_id,
                "planned_id": f._add(_planned(f, conversation)).id,
                "anything": "nowhere",
                "filename": "console.css",
            }

    return plant


def _planned(f, conversation):
    from datetime import timedelta

    from backend.store.models import PlannedCall

    soon, later = f.now + timedelta(minutes=3), f.now + timedelta(hours=1)
    return PlannedCall(handset_id=conversation.handset_id, purpose="callback", status="planned", due_at=soon,
                       expires_at=later, attempts=0, created_at=f.now)  # fmt: skip


def _case(f, region, conversation, turn):
    from datetime import timedelta

    from backend.store.models import Case

    return Case(
        kind="handoff",
        priority=1,
        summary="找个人",
        details={},
        conversation_id=conversation.id,
        handset_id=conversation.handset_id,
        region_code=region,
        source_message_id=turn.id,
        recording_url="http://carrier.test/r2",
        opened_at=f.now,
        due_at=f.now + timedelta(hours=1),
    )


def test_every_page_asks_for_a_login_first(app, browse, objects):
    ids, browser = objects(VILLAGE), browse()
    for rule in routes(app):
        if "GET" in rule.methods:
            answer = browser.visit(address(rule, ids))
            if rule.endpoint in ASKED_BY_SCRIPT:
                assert (answer.status_code, answer.json) == (401, {"error": "session_over"})
                continue
            assert answer.status_code == 302, rule
            assert answer.headers["Location"].startswith("/console/login"), rule


def test_every_form_without_its_token_is_refused_also_with_a_login(app, browse, objects):
    ids, browser = objects(VILLAGE), browse("zhen")
    for rule in [
        *routes(app),
        *(r for r in app.url_map.iter_rules() if r.endpoint in ("console.login", "console.language")),
    ]:
        if "POST" in rule.methods:
            answer = browser.client.post(address(rule, ids))
            assert answer.status_code == 403, rule


def test_the_token_of_one_session_does_not_serve_another(browse):
    mine, theirs = browse("zhen"), browse("cun")
    theirs.token = mine.token
    assert theirs.submit("/console/language", language="en").status_code == 403


def test_a_form_sent_from_another_site_is_refused(browse):
    browser = browse("zhen")
    answer = browser.client.post(
        "/console/language",
        data={"csrf_token": browser.token, "language": "en"},
        headers={"Origin": "https://evil.test"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "page",
    [
        "/console/",
        "/console/conversations",
        "/console/conversations?number=",
        "/console/cases",
        "/console/openings",
        "/console/workers",
        "/console/households",
        "/console/ledgers/priority?tab=older",
        "/console/talks",
    ],
)
def test_no_list_count_or_search_tells_of_another_region(browse, objects, make, page):
    browser = browse("cun")
    before = words(browser.visit(page))
    objects(OTHER_VILLAGE), objects(FAR_VILLAGE)
    assert words(browser.visit(page)) == before


def test_unknown_or_doubled_fields_are_refused(browse, objects):
    ids, browser = objects(VILLAGE), browse("zhen")
    path = f"/console/openings/{ids['opening_id']}/review"
    assert browser.submit(path, decision="publish", reason="", status="published").status_code == 400
    doubled = browser.client.post(
        path, data={"csrf_token": browser.token, "decision": ["reject", "publish"], "reason": "x"}
    )
    assert doubled.status_code == 400
    assert browser.submit(path, decision="delete", reason="").status_code == 400


@pytest.mark.parametrize("path", ["/console/conversations/0", "/console/conversations/99999999999999999999", "/console/cases/-1",
                                  "/console/openings/1e3", "/console/turns/7/recording", "/console/%00", "/console/conversations/١"])  # fmt: skip
def test_odd_addresses_are_not_found(browse, path):
    assert browse("xian").visit(path).status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=99999999999", "page=١", "number=%00", "number=' or 1", "number=%25%25%25%25",
                                   "status=%00", "kind=%00", "show=x", "village=50&trade=x&waiting=7&after=-1&tab=%00"])  # fmt: skip
def test_odd_questions_get_an_ordinary_page(browse, query):
    browser = browse("xian")
    for page in ("conversations", "cases", "openings", "workers", "households", "ledgers/priority", "talks"):
        assert browser.visit(f"/console/{page}?{query}").status_code == 200


def test_every_answer_forbids_framing_inline_code_and_keeping(app, browse, objects):
    ids, browser = objects(VILLAGE), browse("zhen")
    for path in ("/console/", "/console/login", "/console/nowhere", f"/console/conversations/{ids['conversation_id']}"):
        answer = browser.visit(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert " style=" not in answer.text
        assert all(" src=" in tag for tag in re.findall("<script[^>]*>", answer.text))
        assert " onclick" not in answer.text
    sheet = browser.visit("/console/static/console.css")
    sheet.close()
    assert "no-store" not in sheet.headers["Cache-Control"]
