"""Stepping in with a real browser: a quick reply is put in and changed, its length is told, a talk is handed over and closed."""

from __future__ import annotations

import os
from typing import Any

from tests.integration.console.test_in_chromium import address, database_url, log_in, rows, tab, width_of

__all__ = ["address", "database_url", "rows", "tab"]  # fixtures of the pages in a browser


def test_a_talk_is_answered_noted_handed_over_and_closed_by_tapping(tab: Any, rows: Any, outgoing: Any) -> None:
    complaints: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(tab, "zhen")
    page = f"/console/conversations/{rows['conversation']}"
    tab.goto(page)
    tab.click("summary:has-text('常用的话')")
    tab.click("button:has-text('放进去改') >> nth=0")
    assert tab.input_value("#text").startswith("好的")
    tab.fill("#text", tab.input_value("#text") + "等我电话。")
    assert "条短信" in tab.inner_text("[data-count-of=text]")
    tab.click("button:has-text('发短信')")
    tab.wait_for_selector(".turn.out >> text=等我电话")
    assert "等我电话" in outgoing()[-1].body
    assert width_of(tab) <= 390
    tab.fill("#notes textarea", "她赶场天在家")
    tab.click("text=记下备注")
    tab.wait_for_selector("text=她赶场天在家")
    tab.click("summary:has-text('转给同事或班组')")
    tab.select_option("#handover-to", label="黔江窗口（黔江区） · 现在不在")
    tab.fill("#hand-over textarea", "请窗口核一下低保")
    tab.click("text=转过去")
    tab.wait_for_selector("text=黔江窗口在回话")
    assert "现在由黔江窗口接着帮你" in outgoing()[-1].body
    tab.click("summary:has-text('办结这段对话')")
    tab.select_option("#close [name=reason]", "answered")
    tab.check(f"[name=case_{rows['case']}][value=keep]")
    tab.click("#close button")
    tab.wait_for_selector("text=撤回办结")
    tab.click("text=撤回办结")
    tab.wait_for_selector("text=黔江窗口在回话")
    assert complaints == []
    if folder := os.environ.get("PICTURES"):
        for size in ((1366, 768), (390, 844)):
            tab.set_viewport_size({"width": size[0], "height": size[1]})
            for name in (page, "/console/cases", f"/console/cases/{rows['case']}", "/console/teams"):
                tab.goto(name)
                tab.screenshot(
                    path=f"{folder}/{size[0]}-{name.rsplit('/', 2)[1]}-{name.rsplit('/')[-1]}.png", full_page=True
                )


def test_teams_are_made_by_tapping(tab: Any, rows: Any) -> None:
    log_in(tab, "zhen")
    tab.goto("/console/teams")
    form = "form[action='/console/teams']"
    tab.fill(f"{form} [name=name]", "中塘帮办组")
    tab.check(f"{form} [name=topic][value=jobs]")
    tab.check(f"{form} label:has-text('田镇干') input")
    tab.click("text=建班组")
    tab.wait_for_selector("h2:has-text('中塘帮办组')")
    tab.click("summary:has-text('改班组')")
    assert width_of(tab) <= 390
