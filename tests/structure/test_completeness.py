"""What must not be forgotten: settings are documented, actions have classes, addresses have guards."""

from __future__ import annotations

import re

import pytest
import yaml
from flask import Flask

from backend.settings import ROOT
from tests.structure.test_imports import modules

# Open by design: health, the public board, the login itself, style sheets, recorded prompts, and the demo handset.
OPEN_TO_ALL = re.compile(
    r"^/(healthz|readyz|metrics)$|^/screen/|^/console/(login|static/|language|lang)|^/phone|^/twilio/voice/audio/|^/api/v1/openapi\.json$|^/static/|^/$"
)


def settings_read() -> set[str]:
    """Every environment variable that the settings and the commands read."""
    names: set[str] = set()
    for module, path in modules():
        if module == "backend.settings" or module.startswith("backend.run"):
            text = path.read_text(encoding="utf-8")
            names |= set(re.findall(r'environ(?:\.get)?[\[(]"([A-Z][A-Z_]+)"', text))
            names |= set(re.findall(r'^\s+"([A-Z][A-Z_]+)": lambda', text, re.MULTILINE))
    return {name for name in names if not name.startswith("DEMO_STAFF_")} - {"RUN_ID"}


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_setting_is_in_the_settings_table(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert sorted(name for name in settings_read() if f"`{name}`" not in text) == []


def test_the_settings_test_sees_the_settings() -> None:
    assert {"DATABASE_URL", "DATA_DIR", "PORT", "SECRET_KEY", "TWILIO_AUTH_TOKEN", "CARRIER"} <= settings_read()


def test_every_action_of_the_domain_has_a_class_and_every_class_is_in_the_domain() -> None:
    from actions.server import concrete_actions

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain.get("actions") or []) == set(concrete_actions())


def test_no_response_of_the_engine_tells_of_success() -> None:
    """DESIGN §3.2: Rasa answers 200 even when an action failed."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    said = [
        str(variant.get("text", "")) for variants in (domain.get("responses") or {}).values() for variant in variants
    ]
    assert [text for text in said if re.search("已|成功|好了|定了", text)] == []


def filled(rule: str) -> str:
    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: "1" if m[1] == "int" else "x", rule)


# The addresses are the same on both databases.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def rules(app: Flask) -> list[tuple[str, str]]:
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


@one_database
def test_every_address_refuses_a_stranger_unless_it_is_open_by_design(app: Flask, rules: list[tuple[str, str]]) -> None:
    client = app.test_client()
    wrong = []
    for method, rule in rules:
        if OPEN_TO_ALL.search(rule):
            continue
        answer = client.open(filled(rule), method=method)
        sent_to_login = answer.status_code in {302, 303} and "/console/login" in answer.headers.get("Location", "")
        # A form without its token is refused before anybody asks who sent it.
        no_form_token = rule.startswith("/console") and method == "POST" and answer.status_code == 400
        refused = answer.status_code in {401, 403} or sent_to_login or no_form_token
        if not refused:
            wrong.append(f"{method} {rule} → {answer.status_code}")
    assert wrong == []


@one_database
def test_that_test_sees_every_room(rules: list[tuple[str, str]]) -> None:
    seen = {rule.split("/")[1] for _, rule in rules}
    assert {"twilio", "console", "api", "internal", "screen", "phone", "healthz"} <= seen


@one_database
def test_every_page_of_the_console_is_led_to_by_another(app: Flask) -> None:
    """A page nobody finds is not there: its address stands in a template or in the table of the rooms."""
    console = ROOT / "backend/console"
    leads = "".join(
        file.read_text(encoding="utf-8") for file in (*(console / "templates").rglob("*.html"), console / "rooms.py")
    )
    named = set(re.findall(r"['\"](?:console\.)?(\w+)['\"]", leads))
    found = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.removeprefix("console.") in named}
    pages = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ()) and "<path:" not in rule.rule
    }
    after_an_act = re.compile(r"^/console/(bulk/<.*>|drafts|login/second|window/<.*>/slip|logout)$")
    assert sorted(page for page in pages - found if not after_an_act.search(page)) == []
