"""Every route of the console, taken from the URL map: login, CSRF, tenant, headers (T6, T7, T8, T10)."""

from __future__ import annotations

import re

import pytest

from backend.store.models import Household, Talk
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words

OPEN = {"console.login", "console.second_step", "console.first_password", "console.static", "console.language"}
NOT_FOR_VILLAGES = {"console.give_post"}
# What an address names that lies in one region.
OF_A_REGION = {
    "conversation_id", "message_id", "case_id", "opening_id", "employer_id", "planned_id", "worker_id", "household_id", "talk_id",
}  # fmt: skip


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


FIELDS = {
    "console.reply": {"text": "您好", "form_id": "a"}, "console.reply_to_case": {"text": "您好", "form_id": "a"},
    "console.reveal": {"field": "phone", "reason": "call_back"}, "console.reveal_case": {"field": "phone", "reason": "call_back"},
    "console.reveal_opening": {"field": "phone", "reason": "call_back"}, "console.correct": {"intent": "greet"},
    "console.close_case": {"resolution": "办好了"}, "console.write_name": {"name": "王小云"},
    "console.review": {"decision": "publish", "reason": ""},
    "console.review_after": {"decision": "publish", "reason": ""}, "console.close_opening": {"how": "off", "reason": "够了"},
    "console.verify_employer": {"verified": "yes", "reason": "看过"}, "console.set_employer_kind": {"kind": "grower"},
    "console.set_employer_number": {"employer_phone": "10000098765"},
    "console.edit_opening": {"version": "x", "title": "摘李子", "job_type": "A04", "headcount": "2", "region_code": VILLAGE, "place": "",
                             "starts_on": "2026-06-12", "ends_on": "2026-06-12", "hours_from": "", "hours_to": "", "pay_min": "",
                             "pay_max": "", "pay_unit": "", "settlement": "", "requirements": "", "meals": "", "lodging": "",
                             "transport": "", "insured": ""},
    "console.edit_card": {"version": "x", "gender": "", "birth_year": "", "village": "兴泉社区", "job_types": "", "skill_level": "", "pay": "",
                          "available_from": "", "available_to": "", "employment_status": "", "job_willingness": "", "at_home": "",
                          "service_needs": "", "preferred_channel": "", "waiting_since": ""},
    "console.visit_worker": {"kind": "home", "note": "", "next_on": ""}, "console.set_officer": {"officer": ""},
    "console.judge_hardship": {"code": "G03", "decision": "verify", "reason": "papers_seen"},
    "console.reveal_worker": {"field": "phone", "reason": "call_back"}, "console.change_household": {"change": "new"},
    "console.add_to_household": {"worker": "1", "reason": "moved"}, "console.merge_household": {"other": "2", "reason": "moved"},
    "console.add_to_talk": {"worker": "1"}, "console.talk_outcome": {"worker": "1", "outcome": "refused"},
    "console.keep_worker": {"said": "looking", "tab": "workers"}, "console.keep_opening": {"said": "more"},
    "console.forward_opening_to": {"to_region": "500114121", "note": ""}, "console.give_post": {"post": "1"},
    "console.steer_waves_of": {"step": "stop"}, "console.say_outcome": {"offer_id": "1", "outcome": "arrived"},
    "console.try_sentence": {"text": "你好", "channel": "sms"},
}  # fmt: skip


def test_every_page_asks_for_a_login_first(app, browse, objects):
    ids, browser = objects(VILLAGE), browse()
    for rule in routes(app):
        if "GET" in rule.methods:
            answer = browser.visit(address(rule, ids))
            assert answer.status_code == 302, rule
            assert answer.headers["Location"].startswith("/console/login"), rule


def test_every_form_without_its_token_is_refused_also_with_a_login(app, browse, objects):
    ids, browser = objects(VILLAGE), browse("zhen")
    for rule in [
        *routes(app),
        *(r for r in app.url_map.iter_rules() if r.endpoint in ("console.login", "console.language")),
    ]:
        if "POST" in rule.methods:
            answer = browser.client.post(address(rule, ids), data=FIELDS.get(rule.endpoint, {}))
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


@pytest.mark.parametrize(("login", "region"), [("cun", OTHER_VILLAGE), ("cun", FAR_VILLAGE), ("zhen", OTHER_VILLAGE),
                                               ("zhen", FAR_VILLAGE), ("xian", FAR_VILLAGE), ("weining", VILLAGE)])  # fmt: skip
def test_nothing_of_another_region_is_found_by_any_route(app, browse, objects, outgoing, login, region):
    ids, browser = objects(region), browse(login)
    missing = dict.fromkeys(ids, 2_147_483_647)
    with_id = [rule for rule in routes(app) if rule.arguments & OF_A_REGION]
    assert len(with_id) >= 28
    for rule in with_id:
        path = address(rule, ids)
        if "POST" in rule.methods:
            answer = browser.submit(path, **FIELDS.get(rule.endpoint, {}))
        else:
            answer = browser.visit(path)
            absent = browser.visit(address(rule, missing))
            # The same body as for what does not exist.
            assert body(answer, path) == body(absent, address(rule, missing)), rule
        # What only town and county do is refused to a village whether the thing is there or not.
        assert answer.status_code == (403 if login == "cun" and rule.endpoint in NOT_FOR_VILLAGES else 404), rule
    assert outgoing() == []


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


def body(answer, path):
    """The page without what differs from one request to the next."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text.replace(path, ""))


def test_city_staff_look_but_do_not_act(app, browse, objects, outgoing):
    ids, browser = objects(VILLAGE), browse("shi")
    for rule in routes(app):
        if "POST" in rule.methods and rule.arguments & OF_A_REGION:
            assert browser.submit(address(rule, ids), **FIELDS.get(rule.endpoint, {})).status_code == 403, rule
    assert browser.visit(f"/console/conversations/{ids['conversation_id']}").status_code == 200
    assert outgoing() == []


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
        assert "<script" not in answer.text
        assert " onclick" not in answer.text
    sheet = browser.visit("/console/static/console.css")
    sheet.close()
    assert "no-store" not in sheet.headers["Cache-Control"]
