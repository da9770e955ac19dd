"""The network as the process it is: its settings, its silence in the log, and `kill -9`."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.integration.carriers.line import ACCOUNT, NUMBER, TOKEN, WORKER, TestLine
from tests.support.ports import own_ports
from tests.support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "backend.phone_network"]


class Process:
    """One run of `python -m backend.phone_network`, with its log."""

    def __init__(self, data_dir: Path, port: int, **env: str) -> None:
        self.url, self._log = f"http://127.0.0.1:{port}", data_dir / "network.log"
        bare = {
            name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "PUBLIC_", "PORT"))
        }
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "--port", str(port), "--data-dir", str(data_dir)],
                cwd=ROOT, env=bare | env, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def log(self) -> str:
        return self._log.read_text()

    def ready(self) -> "Process":
        def answers() -> bool:
            assert self.process.poll() is None, self.log
            with suppress(httpx.HTTPError):
                return httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200
            return False

        wait_for(answers, what="the network is ready")
        return self

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


@pytest.fixture
def settings(line: TestLine) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": NUMBER,
        "PUBLIC_BASE_URL": line.url,
    }  # fmt: skip


@pytest.fixture
def start(tmp_path: Path, settings: dict[str, str]) -> Iterator[object]:
    running: list[Process] = []

    def begin(**env: str) -> Process:
        running.append(Process(tmp_path, own_ports(), **{**settings, **env}))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def test_a_text_survives_kill_nine_of_the_network(start, line: TestLine) -> None:
    line.answers["/twilio/sms"] = line.answers["/twilio/sms/fallback"] = ("", 503)
    network = start().ready()
    answer = httpx.post(f"{network.url}/handsets/{WORKER}/texts", json={"body": "我要找活路"}, trust_env=False)
    network.end(signal.SIGKILL)
    line.answers["/twilio/sms"] = ("", 204)
    before = len(line.at("/twilio/sms"))
    start().ready()
    seen = line.wait_for("/twilio/sms", before + 1)
    assert {entry["form"]["MessageSid"] for entry in seen} == {answer.json()["sid"]}
    assert all(entry["signed"] for entry in seen)


def test_a_call_cut_by_kill_nine_is_over_and_the_line_is_told(start, line: TestLine) -> None:
    line.answers["/twilio/voice"] = "<Response><Gather/></Response>"
    network = start().ready()
    call = httpx.post(f"{network.url}/handsets/{WORKER}/calls", json={}, trust_env=False).json()
    network.end(signal.SIGKILL)
    start().ready()
    form = line.wait_for("/twilio/voice/status")[0]["form"]
    assert (form["CallSid"], form["CallStatus"]) == (call["sid"], "completed")


def test_it_ends_when_told_and_its_log_names_nobody(start, line: TestLine) -> None:
    line.answers["/twilio/sms"] = ("", 413)
    network = start().ready()
    httpx.post(f"{network.url}/handsets/{WORKER}/texts", json={"body": "我叫王秀英"}, trust_env=False)
    line.wait_for("/twilio/sms")
    line.wait_for("/twilio/sms/fallback")
    assert network.end(signal.SIGTERM) == 0
    assert "network_ready" in network.log
    assert "王秀英" not in network.log
    assert not re.search(r"\d{10}", network.log.replace(network.url, ""))


def test_a_missing_setting_is_named(start) -> None:
    process = start(TWILIO_AUTH_TOKEN="")
    assert process.process.wait(timeout=30) != 0
    assert "TWILIO_AUTH_TOKEN" in process.log
    assert "Traceback" not in process.log


def test_the_settings_may_come_from_the_demos_file(tmp_path: Path, settings: dict[str, str], line: TestLine) -> None:
    (tmp_path / "demo.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    process = Process(tmp_path, own_ports())
    try:
        httpx.post(f"{process.ready().url}/handsets/{WORKER}/texts", json={"body": "喂"}, trust_env=False)
        assert line.wait_for("/twilio/sms")[0]["signed"]
    finally:
        process.end(signal.SIGKILL)
