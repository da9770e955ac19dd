"""The whole service as `make run` starts it: comes up, gets up again, leaves nothing behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import httpx
import psutil
import pytest

from tests.support.processes import alive
from tests.support.stack import Stack
from tests.support.waiting import wait_for

EVERY_PROCESS = ("rasa", "actions", "network", "web", "worker", "scheduler")
UP_AGAIN_WITHIN_S = 180


def tree(stack: Stack) -> list[psutil.Process]:
    watcher = psutil.Process(stack.supervisor_pid)
    return [watcher, *watcher.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(map(alive, processes))


def test_it_says_where_everything_is_once_it_is_ready(stack: Stack) -> None:
    said = wait_for(lambda: "Ctrl-C stops everything" in stack.console() and stack.console(), what="the welcome")
    for wanted in (f"{stack.url}/phone", f"{stack.url}/console", stack.secrets["DEMO_STAFF_VILLAGE_LOGIN"],
                   stack.secrets["DEMO_STAFF_COUNTY_PASSWORD"], 'lingong text "', "lingong call"):  # fmt: skip
        assert wanted in said


def test_every_process_listens_on_this_machine_only(stack: Stack) -> None:
    """Reliability §4.1: Rasa and the action server would otherwise listen everywhere."""
    listening = [
        connection.laddr
        for process in tree(stack)
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len({address.port for address in listening}) == 4
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_the_engine_refuses_who_does_not_show_its_token(stack: Stack) -> None:
    rasa = f"http://127.0.0.1:{stack.port + 1}"
    assert httpx.post(f"{rasa}/model/parse", json={"text": "你好"}, trust_env=False).status_code == 401
    right = httpx.get(f"{rasa}/status", params={"token": stack.secrets["RASA_TOKEN"]}, trust_env=False)
    assert right.status_code == 200


def test_the_engines_process_holds_no_secret_of_ours(stack: Stack) -> None:
    seen = psutil.Process(stack.pid("rasa")).environ()
    ours = {value for name, value in stack.secrets.items() if "TOKEN" in name or "SECRET" in name or "PASSWORD" in name}
    assert not (ours - {stack.secrets["RASA_TOKEN"]}) & set(seen.values())
    assert "DATABASE_URL" not in seen


@pytest.mark.parametrize("name", ["web", "worker", "actions", "network", "scheduler", "rasa"])
def test_a_killed_process_is_up_again_and_that_is_said(stack: Stack, name: str) -> None:
    before = stack.kill(name)
    wait_for(lambda: stack.pid(name) not in (None, before), UP_AGAIN_WITHIN_S, f"{name} was started again")
    assert f"{name} was killed by signal 9; it is started again" in stack.console()

    def whole() -> bool:
        try:
            answer = stack.http.get("/readyz")
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and answer.json()["degraded"] == []

    wait_for(whole, UP_AGAIN_WITHIN_S, "nothing is degraded any more")


def test_the_logs_hold_neither_words_nor_numbers(stack: Stack) -> None:
    number, words = "+8610000765432", "我想找点摘柚子的活路做"
    stack.text(number, words)
    kept = stack.logs()
    assert words not in kept
    assert "摘柚子" not in kept
    assert "10000765432" not in kept


def test_two_copies_run_side_by_side_and_ctrl_c_leaves_nothing(stack: Stack, make_stack: Callable[..., Stack]) -> None:
    second = make_stack()
    assert second.port != stack.port
    assert stack.http.get("/healthz").status_code == 200
    processes = tree(second)
    assert len(processes) >= 1 + len(EVERY_PROCESS)
    assert second.stop() == 0
    wait_for(lambda: gone(processes), what="every process has ended")
    assert "[run] stopped." in second.console()


def test_killing_the_watcher_leaves_nothing(make_stack: Callable[..., Stack]) -> None:
    one = make_stack()
    processes = tree(one)
    os.kill(one.supervisor_pid, signal.SIGKILL)
    one.wait_for_end()
    wait_for(lambda: gone(processes), what="every process has ended")


def test_a_second_start_on_the_same_data_says_what_to_do(stack: Stack, make_stack: Callable[..., Stack]) -> None:
    other = Stack(stack.data_dir)
    other._environment["DATA_DIR"] = str(stack.data_dir)
    other.start(wait=False)
    assert other.wait_for_end() == 1
    other.stop()
    assert "PORT=8010 DATA_DIR=var/second make run" in stack.console()
