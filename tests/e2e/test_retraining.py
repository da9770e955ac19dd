"""A correction is learnt: put right in the console, trained with the real engine, put in use without a pause, taken back."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.support.stack import Stack
from tests.support.waiting import wait_for

# A way of asking for work that the model takes for none of ours: digging bamboo shoots, for the child needs milk powder.
STRANGE = "掰笋子嘞门路搞得成不 娃儿要吃奶粉咯"
MEANT = "search_jobs"
TRAINED_WITHIN_S = 1500  # two minutes on a quiet machine
SWITCHED_WITHIN_S = 200


class Desk:
    """The county's window in a browser."""

    def __init__(self, stack: Stack) -> None:
        self._client = httpx.Client(base_url=stack.url, trust_env=False, timeout=30)
        self._token = ""
        self.visit("/console/login")
        login, password = (stack.secrets[f"DEMO_STAFF_COUNTY_{name}"] for name in ("LOGIN", "PASSWORD"))
        assert self.submit("/console/login", login=login, password=password).status_code == 303
        self.visit("/console/try")

    def visit(self, path: str) -> httpx.Response:
        return self._seen(self._client.get(path))

    def submit(self, path: str, **fields: str) -> httpx.Response:
        return self._seen(self._client.post(path, data={"csrf_token": self._token, **fields}))

    def close(self) -> None:
        self._client.close()

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self._token = found[1]
        return answer


class Texter(threading.Thread):
    """Somebody who texts without a pause, from a new number each time."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self._stack, self._over = stack, threading.Event()
        self.answered, self.failed = 0, []

    def run(self) -> None:
        while not self._over.is_set():
            try:
                self._stack.text(f"+861000077{self.answered:04d}", "我想找点摘果子的活路")
            except Exception as problem:
                self.failed.append(problem)
            self.answered += 1

    def stop(self) -> None:
        self._over.set()
        self.join(60)


def understood(stack: Stack, text: str) -> str:
    answer = stack.api("POST", "/understand", json={"text": text, "channel": "sms"}).raise_for_status().json()
    return str(answer["intent"]["name"])


def turn_of(stack: Stack, words: str) -> int:
    with closing(sqlite3.connect(f"file:{stack.data_dir / 'linggong.sqlite3'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT max(id) FROM messages WHERE body = ?", (words,)).fetchone()[0])


def decided_by(stack: Stack, words: str) -> set[str]:
    with closing(sqlite3.connect(f"file:{stack.data_dir / 'linggong.sqlite3'}?mode=ro", uri=True)) as database:
        found = database.execute(
            "SELECT DISTINCT handled_by FROM messages WHERE direction = 'inbound' AND body = ?", (words,)
        )
        return {row[0] for row in found}


@pytest.fixture
def desk(stack: Stack) -> Iterator[Desk]:
    made = Desk(stack)
    yield made
    made.close()


def switch(desk: Desk, stack: Stack, path: str) -> Texter:
    """Press, and wait until it is done, while somebody texts all the time."""
    texter = Texter(stack)
    texter.start()
    wait_for(lambda: texter.answered >= 2, 60, "texts are answered")
    assert desk.submit(path).status_code == 303
    wait_for(lambda: "正在换成" not in desk.visit("/console/training").text, SWITCHED_WITHIN_S, "it was changed")
    so_far = texter.answered
    wait_for(lambda: texter.answered >= so_far + 3, 60, "texts are answered afterwards")
    texter.stop()
    return texter


def test_a_corrected_sentence_is_understood_after_training_and_not_one_turn_fails_meanwhile(
    stack: Stack, desk: Desk
) -> None:
    """Issue 6, item 3; T17. The training is the real one, so everything about it is in this one test."""
    assert understood(stack, STRANGE) != MEANT
    stack.text("+8610000771999", STRANGE)
    turn = turn_of(stack, STRANGE)
    assert desk.submit(f"/console/turns/{turn}/correct", intent=MEANT, version="0").status_code == 303
    reviewed = (stack.data_dir / "training" / "reviewed.yml").read_text(encoding="utf-8")
    assert f"- intent: {MEANT}" in reviewed

    assert desk.submit("/console/training/start").status_code == 303
    said: list[str] = []

    def trained() -> Any:
        state = desk.visit("/console/training/state").json()
        if state["share"] is not None and state["step"] not in said:
            said.append(state["step"])
        return state["share"] is None

    wait_for(trained, TRAINED_WITHIN_S, "it is trained and scored")
    page = desk.visit("/console/training").text
    assert "换上这个" in page, page[page.find('id="result"') :][:1500]
    assert {"在学", "新的在考试", "现在用的也考一遍，好比较"} <= set(said)
    assert understood(stack, STRANGE) != MEANT  # trained is not yet in use

    model = re.search(r"/console/training/(\d+)/use", page)
    assert model is not None
    texter = switch(desk, stack, f"/console/training/{model[1]}/use")
    assert texter.failed == []
    assert understood(stack, STRANGE) == MEANT

    texter = switch(desk, stack, "/console/training/back")
    assert texter.failed == []
    assert understood(stack, STRANGE) != MEANT
    assert decided_by(stack, "我想找点摘果子的活路") == {"rasa"}
