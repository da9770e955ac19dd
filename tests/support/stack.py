"""The whole service as real processes (`python -m backend.run`) and what tests do to it: text, call, kill, look."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from backend.run import training
from backend.settings import ROOT, inner_ports
from tests.support.ports import own_ports
from tests.support.waiting import wait_for

READY_WITHIN_S = 240
ANSWER_WITHIN_S = 60


class Stack:
    """One running copy with a DATA_DIR of its own. `text` and `call` act as a person with a handset."""

    def __init__(self, data_dir: Path, database_url: str | None = None, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = own_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.network_url = f"http://127.0.0.1:{inner_ports(self.port)['network']}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in _SETTINGS},
            "PORT": str(self.port),
            "DATA_DIR": str(data_dir),
            **({"DATABASE_URL": database_url} if database_url else {}),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._console: IO[bytes] | None = None
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        self.network = httpx.Client(base_url=self.network_url, trust_env=False, timeout=40)

    # -- the processes -----------------------------------------------------------------------------------------
    def start(self, *, wait: bool = True) -> Stack:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._console = (self.data_dir / "console.txt").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backend.run"], cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL,
            stdout=self._console, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, within_s: float = READY_WITHIN_S) -> None:
        def ready() -> bool:
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"the service ended while starting:\n{self.console()[-4000:]}")
            with suppress(httpx.HTTPError):
                return self.http.get("/readyz").status_code == 200
            return False

        wait_for(ready, within_s, "the service is ready")

    def stop(self) -> int:
        """Ctrl-C, as a person would; return the exit status."""
        self.http.close()
        self.network.close()
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(90)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise
        finally:
            if self._console:
                self._console.close()

    @property
    def supervisor_pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def wait_for_end(self, within_s: float = 90) -> int:
        assert self._process is not None
        return self._process.wait(within_s)

    def pid(self, name: str) -> int | None:
        """The process id of web, worker, rasa, actions, network or scheduler; None while it is down."""
        try:
            return int((self.data_dir / "run" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal (kill -9 unless told otherwise) to one process; return the id it had."""

        def sent() -> int | None:
            pid = self.pid(name)
            if pid is not None:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:  # it has just ended by itself; the next one is meant
                    return None
            return pid

        return wait_for(sent, what=f"{name} runs")

    def console(self) -> str:
        """What `make run` has printed so far."""
        return (self.data_dir / "console.txt").read_text(encoding="utf-8", errors="replace")

    def logs(self) -> str:
        """Every log line of every process."""
        return "\n".join(
            p.read_text(encoding="utf-8", errors="replace") for p in (self.data_dir / "logs").glob("*.log*")
        )

    @property
    def secrets(self) -> dict[str, str]:
        lines = (self.data_dir / "demo.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    # -- the JSON API --------------------------------------------------------------------------------------------
    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        token = {"Authorization": f"Bearer {self.secrets['API_TOKEN']}"}
        return self.http.request(method, f"/api/v1{path}", headers=token, **more)

    def get(self, path: str, **params: Any) -> Any:
        return self.api("GET", path, params=params).raise_for_status().json()

    # -- a person with a handset ---------------------------------------------------------------------------------
    def send(self, number: str, body: str) -> dict[str, Any]:
        """Text the line and do not wait; return the text as the network keeps it, with its `seq`."""
        return self.network.post(f"/handsets/{number}/texts", json={"body": body}).raise_for_status().json()

    def received(self, number: str, after: int = 0, wait_s: float = 0) -> list[str]:
        """The texts that reached the handset since `after`."""
        answer = self.network.get(f"/handsets/{number}/texts", params={"after": after, "wait": wait_s})
        return [one["body"] for one in answer.raise_for_status().json()["items"] if one["direction"] == "to_handset"]

    def text(self, number: str, body: str, within_s: float = ANSWER_WITHIN_S) -> str:
        """Text the line and return the answer that reaches the handset."""
        after = self.send(number, body)["seq"]
        return wait_for(lambda: self.received(number, after), within_s, "the answer reaches the handset")[0]

    def call(self, number: str) -> HandsetCall:
        """Call the line and listen until it waits for the caller."""
        state = self.network.post(f"/handsets/{number}/calls", json={"patient": True}).raise_for_status().json()
        return HandsetCall(self.network, state)

    def answer(self, number: str, within_s: float = ANSWER_WITHIN_S) -> HandsetCall:
        """Pick up the call of the line that rings at this handset, or will in a moment; listen until it waits."""

        def ringing() -> list[str]:
            calls = self.network.get(f"/handsets/{number}/calls").raise_for_status().json()["items"]
            return [one["sid"] for one in calls if one["direction"] == "outbound-api" and one["status"] == "ringing"]

        [sid, *_] = wait_for(ringing, within_s, "the handset rings")
        self.network.post(f"/calls/{sid}/answer", json={}).raise_for_status()
        return HandsetCall(self.network, self.network.get(f"/calls/{sid}/events").raise_for_status().json())


class HandsetCall:
    """A call as its caller has it. Each deed returns what the line said in answer to it."""

    def __init__(self, network: httpx.Client, state: dict[str, Any]) -> None:
        self._network, self.sid = network, state["sid"]
        self.said: list[str] = []
        self.heard_last: list[str] = []
        self._take(state)

    def press(self, digits: str) -> list[str]:
        return self._do("digits", {"digits": digits})

    def speak(self, words: str) -> list[str]:
        return self._do("speech", {"text": words})

    def silence(self) -> list[str]:
        return self._do("silence", {})

    def hang_up(self) -> None:
        self._do("hangup", {})

    @property
    def ended(self) -> bool:
        return bool(self.state["ended"])

    @property
    def waiting_for(self) -> str | None:
        return self.state["waiting_for"]

    def _do(self, what: str, body: dict[str, str]) -> list[str]:
        answer = self._network.post(f"/calls/{self.sid}/{what}", json=body)
        self._take(answer.raise_for_status().json())
        return self.heard_last

    def _take(self, state: dict[str, Any]) -> None:
        self.state = state
        self.heard_last = [event["text"] for event in state["events"] if event["kind"] == "say"]
        self.said += self.heard_last


# Of the developer's own shell; a test copy takes none of them over.
_SETTINGS = frozenset(
    "DATABASE_URL REDIS_URL DATA_DIR PORT BIND PROFILE PUBLIC_BASE_URL SECRET_KEY API_TOKEN ACTIONS_TOKEN RASA_TOKEN CARRIER "
    "TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_PHONE_NUMBER TWILIO_MESSAGING_SERVICE_SID TWILIO_API_BASE_URL "
    "NETWORK_URL RASA_URL ACTIONS_URL CALL_HOURS CALLS_PER_NUMBER CALLS_PER_DAY CALLS_AT_ONCE OFFERS_PER_DAY".split()
)


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """The model for the present inputs, trained once and kept between runs."""
    if not training.RASA_PYTHON.exists():
        pytest.skip("the dialogue engine's environment is not built (make test builds it)")
    return training.ensure_model(training.models_dir(ROOT / "var"), lambda line: print(line, file=sys.stderr))


@pytest.fixture(scope="session")
def make_stack(trained_model: Path) -> Iterator[Callable[..., Stack]]:
    """`make_stack(database_url=None, **environment)`: a running copy of one's own; stopped when the tests end."""
    made: list[Stack] = []
    with tempfile.TemporaryDirectory(prefix="linggong-stack-") as folder:

        def make(database_url: str | None = None, *, wait: bool = True, **environment: str) -> Stack:
            stack = Stack(Path(folder) / str(len(made)), database_url, **environment)
            made.append(stack)
            return stack.start(wait=wait)

        yield make
        for stack in made:
            with suppress(Exception):
                stack.stop()


@pytest.fixture(scope="session")
def stack(make_stack: Callable[..., Stack]) -> Stack:
    """One running copy shared by the tests that leave it as they found it; use fresh numbers in each.

    It rings people at any hour, so that the tests pass at any hour, and as many as the tests want.
    """
    return make_stack(CALL_HOURS="00:00-24:00", CALLS_AT_ONCE="50", CALLS_PER_DAY="1000")
