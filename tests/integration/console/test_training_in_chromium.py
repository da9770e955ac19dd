"""Training by pressing, in a real browser: started, watched, put in use, taken back; at a desk, on a phone, by a newcomer."""

from __future__ import annotations

import os
from typing import Any

import pytest

from backend.services import dialogue_models, retrain
from backend.store.models import DialogueModel
from tests.integration.console.test_accessibility import axe, violations
from tests.integration.console.test_in_chromium import address, database_url, log_in, tab, until, width_of
from tests.integration.console.test_training import TREE, own_model, rows, teach
from tests.support.waiting import wait_for

__all__ = ["address", "axe", "database_url", "own_model", "tab", "teach"]

FIGURES = {"intent": 0.9621, "entity_f1": 0.9627, "wrong_acts": 0.0097, "n": 1345, "held": 4, "held_right": 1, "learnt": 16,
           "learnt_right": 2}  # fmt: skip
AFTER = {**FIGURES, "intent": 0.9643, "entity_f1": 0.9631, "held_right": 3, "learnt_right": 15}
COMPARED = {
    "better": [{"intent": "search_jobs", "n": 212, "before": 206, "after": 209,
                "sentences": [{"text": "屋头闲起的 有搞头没", "before": "out_of_scope", "after": "search_jobs"}]}],
    "worse": [{"intent": "ask_market_info", "n": 41, "before": 40, "after": 39,
               "sentences": [{"text": "你们那点人多不多", "before": "ask_market_info", "after": "job_details"}]}],
}  # fmt: skip


def finish(deps: Any, held: Any, status: str, **values: Any) -> None:
    """As the trainer does."""
    retrain.note(deps.db, held, deps.clock(), name="b" * 16, tree=TREE)
    retrain.finish(deps.db, held, deps.clock(), status, sha256="0" * 64, figures=AFTER, figures_before=FIGURES, compared=COMPARED,
                   **values)  # fmt: skip


def picture(tab: Any, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        tab.screenshot(path=f"{folder}/training-{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1366, 390])
def test_two_presses_train_and_put_in_use_while_the_page_keeps_itself_current(tab, deps, own_model, teach, width, axe):
    for number in range(16):
        teach("search_jobs", f"第{number}家的[笋子](job_type)掰得成不")
    tab.set_viewport_size({"width": width, "height": 768})
    log_in(tab, "xian")
    tab.click(".rooms >> text=训练")
    picture(tab, f"before-{width}")
    tab.click("text=重新训练")
    held = wait_for(lambda: retrain.claim(deps.db, deps.clock()), what="the press reached the trainer")
    tab.wait_for_selector("text=正在训练")
    retrain.note(deps.db, held, deps.clock(), step="learning", share=37, seconds_left=170)
    until(tab, "document.querySelector('progress')?.value === 37")  # the bar moves in place
    assert tab.inner_text("#step") == "在学" and "3分钟" in tab.inner_text("#left")
    assert not tab.is_visible("text=刷新看看")
    picture(tab, f"working-{width}")
    assert violations(tab, axe) == []
    assert width_of(tab) <= width
    finish(deps, held, "ready", file_kept=True)
    tab.wait_for_selector("text=换上这个")
    picture(tab, f"ready-{width}")
    for detail in tab.query_selector_all("details:not([open]) > summary"):
        detail.click()
    assert violations(tab, axe) == []
    assert width_of(tab) <= width
    tab.click("text=换上这个")
    tab.wait_for_selector("text=第二个引擎正在起来")
    with deps.db.read() as session:
        change, _ = dialogue_models.asked(session)
    dialogue_models.settle(deps.db, change.id, deps.clock())
    tab.wait_for_selector("text=换回程序自带的")
    tab.wait_for_selector("text=10:00练的")
    picture(tab, f"used-{width}")
    tab.click("text=换回程序自带的")
    tab.wait_for_selector("text=正在换成程序自带的")


def test_a_refusal_opens_what_got_worse(tab, deps, own_model, teach):
    teach("search_jobs", "掰[笋子](job_type)成不")
    tab.set_viewport_size({"width": 1366, "height": 768})
    log_in(tab, "xian")
    tab.goto("/console/training")
    tab.click("text=重新训练")
    held = wait_for(lambda: retrain.claim(deps.db, deps.clock()), what="the press reached the trainer")
    finish(deps, held, "refused", problem="scored_lower", dropped=["intent"])
    tab.wait_for_selector("text=不能换上")
    tab.wait_for_selector("text=你们那点人多不多")
    assert not tab.is_visible("text=换上这个")
    picture(tab, "refused")
    assert [row.status for row in rows(deps, DialogueModel)] == ["ready", "refused"]
