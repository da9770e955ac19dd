"""Accounts and the trail in a real browser: a colleague invited, let in with a second factor, and found in the trail (item 8)."""

from __future__ import annotations

import re
from typing import Any

import pyotp

from backend.services import audit_chain
from tests.integration.console.test_in_chromium import address, database_url, log_in, tab, width_of

__all__ = ["address", "database_url", "tab"]
PASSWORD = "orchard-lantern-52-rain"
PAGES = ("people", "people?role=village", "audit", "account", "account/roles", "account/second-factor", "login/code")


def test_the_pages_fit_a_phone_and_keep_to_the_content_policy(tab: Any, staff: Any, deps: Any) -> None:
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    log_in(tab, "zhen")
    audit_chain.seal(deps)
    audit_chain.check_some(deps)
    for page in (*PAGES, f"people/{staff['cun']}"):
        tab.goto(f"/console/{page}")
        for detail in tab.query_selector_all("details:not([open]) > summary"):
            detail.click()
        assert width_of(tab) <= 390, page
        small = [
            button.inner_text()
            for button in tab.query_selector_all(
                "main button:visible, main select:visible, main input:visible, .rooms a, .row"
            )
            if (box := button.bounding_box()) and box["height"] < 44
        ]
        assert small == [], page
    assert complaints == []


def test_a_colleague_is_invited_sets_up_a_second_factor_and_is_in(tab: Any, staff: Any, clock: Any) -> None:
    log_in(tab, "zhen")
    tab.goto("/console/people")
    tab.click("summary:has-text('请一个人进来')")
    tab.fill("[name=name] >> nth=0", "新来的")
    tab.fill("[name=login]", "xinren")
    tab.select_option("form[action$=invite] [name=role]", "village")
    tab.select_option("form[action$=invite] [name=region_code]", index=2)
    tab.click("text=出码")
    code = tab.inner_text(".onetime code")
    tab.click("text=退出 >> nth=0")
    tab.click("text=拿到了设密码的码")
    tab.fill("[name=code]", code)
    tab.fill("[name=password]", PASSWORD)
    tab.fill("[name=again]", PASSWORD)
    tab.click("button.main")
    tab.fill("[name=login]", "xinren")
    tab.fill("[name=password]", PASSWORD)
    tab.click(".door button.main")
    tab.goto("/console/account/second-factor")
    tab.fill("[name=password]", PASSWORD)
    tab.click("main button.main")
    assert tab.locator(".qr").evaluate("code => code.decode().then(() => code.naturalWidth)") > 100
    tab.click("summary")
    app = pyotp.TOTP(re.sub(r"\s", "", tab.inner_text(".onetime code")))
    tab.fill("[name=totp_code]", app.at(clock()))
    tab.click("main button.main")
    tab.locator(".paper li").nth(9).wait_for()
    assert tab.locator(".paper li").count() == 10
    tab.click("header >> text=退出")
    tab.fill("[name=login]", "xinren")
    tab.fill("[name=password]", PASSWORD)
    tab.click(".door button.main")
    clock.advance(seconds=30)
    tab.fill("[name=totp_code]", app.at(clock()))
    tab.click(".door button.main")
    tab.locator(".rooms").wait_for()
    tab.goto("/console/account")
    tab.wait_for_selector("text=已开")
