"""Every route of the service, taken from the URL map, asked by every role of another region: nothing of it shows (T6, T7, T8, T10).

Each foreign record of every kind holds a sign that stands nowhere else, so whatever tells of it is seen. A new route needs
nothing here as long as its parameters have familiar names and its form stands on a page; else the test says what to add.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.domain.access import VERBS, may
from backend.services import audit_chain
from backend.services.staff_login import digest
from backend.store.models import StaffSession
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, Browser
from tests.integration.console.every_route import (
    FIELDS,
    Patient,
    address,
    forms_of_own,
    leaks,
    plain,
    routes,
    state,
    told,
)
from tests.integration.console.planted import FAR, OWN, SIBLING, Planted, plant, share_phones

# The role, its region, what of the planted records is foreign to it.
ROLES = {
    "village": (VILLAGE, (SIBLING, FAR)),
    "town": (TOWN, (SIBLING, FAR)),
    "county": (COUNTY, (FAR,)),
    "city": ("5001", (FAR,)),
    "province": ("50", (FAR,)),
    "operator": (COUNTY, (FAR,)),
    "auditor": (COUNTY, (FAR,)),
}
# Records that belong to the line and to no region: not asked for as foreign ones.
OF_NO_REGION = frozenset({"model_id"})
# What every member of staff may send, whatever their role: it concerns themselves alone, or reads like a GET.
OF_ONES_OWN = frozenset(
    {
        "console.language", "console.logout", "console.change_password", "console.set_own_phone", "console.end_own_session",
        "console.end_other_sessions", "console.begin_second_factor", "console.prove_second_factor", "console.new_paper_codes",
        "console.take_off_second_factor", "console.drop_draft", "console.try_sentence", "console.search_workers",
        "console.export_audit", "console.login", "console.first_password", "console.second_step", "console.nothing",
        "console.mark_conversations", "console.mark_unread", "console.mark_read", "console.outlook",
        "console.search_conversations",
    }
)  # fmt: skip


# One role on PostgreSQL too: what a role may see does not differ between the databases, what SQL finds could.
RUNS = (*ROLES, "town on postgresql")


@pytest.fixture
def role(run: str) -> str:
    return run.partition(" ")[0]


@pytest.fixture
def database_url(request: Any, tmp_path: Any) -> Iterator[str]:
    if "postgresql" not in _run_of(request):
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.sqlite3")
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


def _run_of(request: Any) -> str:
    spec = getattr(request.node, "callspec", None)
    return str(spec.params.get("run", "")) if spec else ""


@pytest.fixture
def planted(make: Any, staff: Any, deps: Any, carrier: Any) -> dict[tuple[str, str], Planted]:
    found = {
        sign: plant(make, region, sign)
        for sign, region in ((OWN, VILLAGE), (SIBLING, OTHER_VILLAGE), (FAR, FAR_VILLAGE))
    }
    share_phones(make, list(found.values()))
    for _, digits in found:
        carrier.recordings[f"http://carrier.test/{digits}"] = b"RIFF" + digits.encode()
    deps.regions.reload()
    audit_chain.seal(deps)
    return found


@pytest.fixture
def enter(app: Any, database: Any, make: Any, clock: Any) -> Callable[[str], Browser]:
    """A browser in which somebody of this role is logged in; no password is hashed for it."""

    def start(role: str) -> Browser:
        with make() as f:
            member = f.make_staff(role, ROLES[role][0], login=f"role-{role}", name=f"岗{role}")
            token = secrets.token_urlsafe(16)
            f._add(StaffSession(token_hash=digest(token), staff_id=member.id, created_at=clock(), last_seen_at=clock(),
                                csrf_secret=secrets.token_hex(16)))  # fmt: skip
        browser = Patient(app.test_client())
        browser.client.set_cookie("lg_staff", token)
        assert browser.visit("/console/account").status_code == 200
        return browser

    return start


# -- what must not happen ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("run", RUNS)
def test_no_page_list_search_or_error_shows_anything_of_another_region(app, enter, planted, role):
    browser, signs = enter(role), ROLES[role][1]
    found, shown = [], 0
    searches = ("", *(f"?words={rare}&q={rare}&name={rare}&number={digits}" for rare, digits in signs))
    for rule in routes(app):
        if "GET" not in rule.methods:
            continue
        for query in searches if not rule.arguments else ("",):
            answer = browser.visit(address(rule, planted[OWN]) + query)
            assert answer.status_code < 500, f"{rule}{query}"
            text = told(answer)
            if query:
                # A page repeats what was looked for, in its field, its links and at most once in its words.
                text = re.sub(r'(?:href|value|action|content)="[^"]*"', "", text)
            hits = [mark for sign in signs for mark in sign if text.count(mark) > (1 if mark in query else 0)]
            found += [(str(rule), query, hit) for hit in hits]
            shown += any(mark in text for mark in OWN)
    assert found == []
    assert shown >= 8, "the planted records of one's own do not show: this test would see nothing"


@pytest.mark.parametrize("run", RUNS)
def test_what_lies_elsewhere_answers_like_what_does_not_exist_and_stays_as_it_is(app, enter, planted, database, role):
    browser, signs = enter(role), ROLES[role][1]
    fields = forms_of_own(app, browser, planted[OWN])
    before = state(database)
    wrong = []
    for rule in routes(app, "console."):
        if (
            not any(name.endswith("_id") or name in ("code",) for name in rule.arguments)
            or rule.endpoint == "console.nothing"
        ):
            continue
        if rule.arguments & OF_NO_REGION:
            continue
        nowhere = address(rule, None)
        for sign in signs:
            there = address(rule, planted[sign])
            for method in rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}:
                if method == "GET":
                    answer, absent = browser.visit(there), browser.visit(nowhere)
                else:
                    form = fields.get(rule.endpoint, {})
                    form = {k: v for k, v in form.items() if not leak_in(v)}
                    answer, absent = browser.submit(there, **form), browser.submit(nowhere, **form)
                if (answer.status_code, plain(answer, there)) != (absent.status_code, plain(absent, nowhere)):
                    wrong.append((method, str(rule), answer.status_code, absent.status_code))
                if answer.status_code < 400 and rule.endpoint not in OF_ONES_OWN:
                    wrong.append((method, str(rule), "answers", answer.status_code))
                wrong += [(method, str(rule), "tells", leak) for leak in leaks(answer, signs)]
    assert wrong == []
    after = state(database)
    assert [name for name in before if before[name] != after[name]] == []


def leak_in(text: str) -> bool:
    return any(mark in text for sign in (SIBLING, FAR) for mark in sign)


@pytest.mark.parametrize("run", RUNS)
def test_nothing_taken_along_holds_anything_of_another_region(app, enter, planted, role):
    """Files, workbooks and pictures that a form of one's own pages gives."""
    browser, signs = enter(role), ROLES[role][1]
    fields = forms_of_own(app, browser, planted[OWN])
    for rule in routes(app, "console."):
        if "POST" in rule.methods and re.search(r"export|csv|file|print|search|rows", rule.rule):
            form = {k: v for k, v in fields.get(rule.endpoint, {}).items() if not leak_in(v)}
            answer = browser.submit(address(rule, planted[OWN]), **form)
            assert answer.status_code < 500, rule
            assert leaks(answer, signs) == [], rule


@pytest.mark.parametrize("run", ["city", "province", "auditor"])
def test_who_only_looks_is_refused_every_act(app, enter, planted, database, role):
    browser = enter(role)
    county = enter("county")
    fields = {**forms_of_own(app, county, planted[OWN]), **forms_of_own(app, browser, planted[OWN])}
    before = state(database)
    done = []
    for rule in routes(app, "console."):
        if rule.endpoint in OF_ONES_OWN:
            continue
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = browser.submit(address(rule, planted[OWN]), **fields.get(rule.endpoint, {}))
            if answer.status_code < 400 or answer.status_code >= 500:
                done.append((method, str(rule), answer.status_code))
    assert done == [], "these let somebody act whose role only looks; or add them to OF_ONES_OWN, if nothing is changed"
    after = state(database)
    assert [name for name in before if before[name] != after[name]] == []


def test_an_operator_neither_reads_nor_writes_who_is_in_need(app, enter, planted):
    """Talks with people and posts work; no hardship, no ledgers of need, no exports in the clear, no verification (L20)."""
    browser = enter("operator")
    for page in ("households", "ledgers/priority?tab=disabled", "backstop", "claims", "people", "audit"):
        assert browser.visit(f"/console/{page}").status_code == 403, page
    worker = planted[OWN].ids["worker_id"]
    card = f"/console/workers/{worker}"
    assert browser.submit(f"{card}/reveal", field="hardship", reason="check_record").status_code == 403
    assert browser.submit(f"{card}/reveal", field="phone", reason="call_back").status_code == 303
    assert browser.submit(f"{card}/hardship", code="G04", decision="verify", reason="papers_seen").status_code == 403
    assert browser.submit("/console/ledgers/priority/open", tab="disabled", reason="check_record").status_code == 403
    assert browser.visit(f"/console/conversations/{planted[OWN].ids['conversation_id']}").status_code == 200
    assert not may("operator", "export_ledger")


def test_an_auditor_reads_lists_and_the_trail_and_has_nothing_shown_in_the_clear(app, enter, planted):
    browser = enter("auditor")
    assert browser.visit("/console/audit").status_code == 200
    for kind, key in (
        ("workers", "worker_id"),
        ("conversations", "conversation_id"),
        ("cases", "case_id"),
        ("openings", "opening_id"),
    ):
        page = f"/console/{kind}/{planted[OWN].ids[key]}"
        assert browser.visit(page).status_code == 200
        assert browser.submit(f"{page}/reveal", field="phone", reason="check_record").status_code == 403
    text = told(browser.visit("/console/workers"))
    assert OWN[0] * 2 not in text and f"138002{OWN[1]}" not in text


def test_no_session_of_the_console_opens_the_programs_interface(app, enter, planted):
    browser = enter("county")
    for rule in routes(app, "api.", "internal."):
        path = address(rule, planted[OWN])
        for method in rule.methods & {"GET", "POST", "PATCH", "PUT", "DELETE"}:
            answer = browser.client.open(path, method=method)
            assert answer.status_code in (401, 403), rule
            assert leaks(answer, (OWN, SIBLING, FAR)) == []


def test_every_unsafe_route_refuses_a_form_without_its_token(app, enter, planted, database):
    """T10; also with a login."""
    browser = enter("county")
    before = state(database)
    for rule in routes(app):
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            path = address(rule, planted[OWN])
            answer = browser.client.open(path, method=method, data=FIELDS.get(rule.endpoint, {}))
            assert answer.status_code == 403, rule
    assert state(database) == before


def test_the_public_board_of_one_market_shows_nothing_of_another_county(app, client, planted):
    for rule in routes(app, "screen."):
        if "GET" in rule.methods:
            answer = Patient(client).visit(address(rule, planted[OWN]))
            assert answer.status_code < 500
            assert leaks(answer, (FAR,)) == [], rule


def test_what_a_role_may_do_is_said_in_one_table_only():
    """The role's name decides nothing anywhere else: only verbs do."""
    from backend.settings import ROOT

    names = "|".join(VERBS)
    judged = re.compile(rf"(?:member|me\(\))\.role\s*(?:==|!=|in)\s*[\[(\"']\s*[\"']?(?:{names})\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("backend/console", "backend/services")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".html") and path.name != "remind_staff.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if judged.search(line)
    ]
    assert found == []
