"""The watcher: what dies is started again and said so, and nothing outlives it. Small real programs stand for ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.run.programs import Program
from backend.run.supervisor import StartFailed, Supervisor
from backend.settings import ROOT
from tests.support.processes import alive
from tests.support.waiting import wait_for

STAYS = "import time\nwhile True: time.sleep(60)"
ENDS = "print('level=error event=cannot_start')\nraise SystemExit(3)"
LEAVES_A_CHILD = (
    "import subprocess, sys, time\nprint(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)\n"
    "time.sleep(600)"
)
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\nwhile True: time.sleep(60)"


def program(name: str, code: str, *, foreign: bool = False) -> Program:
    return Program(
        name, [sys.executable, "-c", code], {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}, foreign=foreign
    )


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Supervisor]]:
    """Start a watcher; stopped at the end. It runs in a thread here, which lives as long as the test."""
    made: list[tuple[Supervisor, threading.Thread]] = []

    def start(*programs: Program, ready: Callable[[], list[str] | None] = lambda: None) -> Supervisor:
        supervisor = Supervisor(list(programs), tmp_path)
        thread = threading.Thread(target=supervisor.run, args=(ready, lambda: None))
        thread.start()
        made.append((supervisor, thread))
        return supervisor

    yield start
    for supervisor, thread in made:
        supervisor.request_stop()
        thread.join(60)


def pid_of(folder: Path, name: str) -> int | None:
    try:
        return int((folder / "run" / f"{name}.pid").read_text())
    except (OSError, ValueError):
        return None


def test_a_killed_process_is_started_again_and_that_is_said(
    watch: Callable[..., Supervisor], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watch(program("web", STAYS))
    first = wait_for(lambda: pid_of(tmp_path, "web"), what="it was started")
    os.kill(first, signal.SIGKILL)
    second = wait_for(lambda: (pid := pid_of(tmp_path, "web")) != first and pid, what="it was started again")
    assert alive(second)
    said = [""]

    def has_said(words: str) -> bool:
        """The watcher writes the process down first and says it then."""
        said.append(said.pop() + capsys.readouterr().out)
        return words in said[0]

    wait_for(lambda: has_said("web was killed by signal 9; it is started again now"), what="its end is said")
    wait_for(lambda: has_said(f"web was started again (process {second})"), what="its new start is said")


def test_what_a_killed_process_left_behind_is_ended_with_it(watch: Callable[..., Supervisor], tmp_path: Path) -> None:
    """A left-over child would hold the port."""
    watch(program("web", LEAVES_A_CHILD))
    log = tmp_path / "logs" / "web.log"
    child = int(wait_for(lambda: log.exists() and log.read_text().split("\n")[0], what="the child is there"))
    os.kill(pid_of(tmp_path, "web") or 0, signal.SIGKILL)
    wait_for(lambda: not alive(child), what="the child is gone")


def test_a_process_that_cannot_start_ends_the_start_with_its_last_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor([program("worker", ENDS), program("web", STAYS)], tmp_path)
    with pytest.raises(StartFailed, match="cannot_start"):
        supervisor.run(lambda: ["worker"], lambda: None)
    assert pid_of(tmp_path, "web") is None


def test_stopping_ends_every_process_also_one_that_does_not_listen(
    watch: Callable[..., Supervisor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.run.supervisor.STOP_GRACE_S", 1)
    supervisor = watch(program("web", STAYS), program("rasa", DEAF))
    wait_for(
        lambda: (tmp_path / "logs" / "rasa.log").exists() and "deaf" in (tmp_path / "logs" / "rasa.log").read_text()
    )
    pids = [pid_of(tmp_path, name) or 0 for name in ("web", "rasa")]
    supervisor.request_stop()
    wait_for(lambda: not any(alive(pid) for pid in pids), what="all have ended")
    wait_for(lambda: pid_of(tmp_path, "rasa") is None)


def test_a_foreign_programs_log_keeps_neither_words_nor_numbers(
    watch: Callable[..., Supervisor], tmp_path: Path
) -> None:
    watch(program("rasa", f"print('ERROR in message 我是王秀英 13812345678')\n{STAYS}", foreign=True))
    log = tmp_path / "logs" / "rasa.log"
    kept = wait_for(lambda: log.exists() and log.read_text(), what="the line was kept")
    assert "王秀英" not in kept
    assert "12345" not in kept


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_when_the_watcher_itself_is_killed_nothing_is_left(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.integration.run.test_supervisor import program, STAYS, DEAF\n"
        "from backend.run.supervisor import Supervisor\n"
        f"Supervisor([program('web', STAYS), program('rasa', DEAF)], Path({str(tmp_path)!r})).run(lambda: None, lambda: None)"
    )
    watcher = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.DEVNULL)
    pids = [wait_for(lambda name=name: pid_of(tmp_path, name)) for name in ("web", "rasa")]
    watcher.kill()
    watcher.wait()
    wait_for(lambda: not any(alive(pid) for pid in pids), what="nothing is left")
