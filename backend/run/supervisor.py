"""Starts the processes, restarts the ones that die and says so, and stops all of them together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from backend.errors import LinggongError
from backend.run.console import say
from backend.run.orphans import die_with_parent
from backend.run.process_log import ProcessLog
from backend.run.programs import Program
from backend.settings import ROOT

TICK_S = 0.1
STOP_GRACE_S = 12
# A process that ran this long was healthy; its next death starts the back-off anew.
STEADY_AFTER_S = 30
LONGEST_WAIT_S = 10
# A process that cannot even start will not start the tenth time either.
DEATHS_BEFORE_READY = 4


class StartFailed(LinggongError):
    """A process keeps stopping before the service was ever ready."""


@dataclass
class _Running:
    program: Program
    log: ProcessLog
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    deaths: int = 0
    given_up: bool = False  # it ended with the status that says: not again
    once: bool = False  # not started again when it ends: it was added on trial, or it is to go
    end_by: float | None = None  # asked to go; ended when it has not by then
    pid_file: Path = field(default_factory=Path)


class Supervisor:
    """Use `run(is_ready, on_ready)` from the main thread; `request_stop` from a signal handler ends it."""

    def __init__(self, programs: list[Program], data_dir: Path, *, show_all: bool = False) -> None:
        self._run_dir = data_dir / "run"
        self._run_dir.mkdir(parents=True, exist_ok=True)
        self._log_dir, self._show_all = data_dir / "logs", show_all
        self._all = [self._watched(program) for program in programs]
        self._stopping = False
        self._ready = False

    def _watched(self, program: Program, *, once: bool = False) -> _Running:
        return _Running(
            program,
            ProcessLog(self._log_dir, program.name, foreign=program.foreign, show_all=self._show_all),
            pid_file=self._run_dir / f"{program.name}.pid",
            once=once,
        )

    def request_stop(self) -> None:
        self._stopping = True

    def add(self, program: Program) -> None:
        """Start one more, on trial: if it ends it is not started again until `keep`."""
        running = self._watched(program, once=True)
        self._all.append(running)
        self._start(running)

    def keep(self, name: str) -> None:
        """From now on it is started again whenever it ends."""
        for running in self._named(name):
            running.once = False

    def retire(self, name: str) -> None:
        """Ask it to end, without waiting, and do not start it again."""
        for running in self._named(name):
            running.once, running.end_by = True, time.monotonic() + STOP_GRACE_S
            if running.process is not None:
                _signal_group(running.process.pid, signal.SIGTERM)

    def gave_up(self, name: str) -> bool:
        """Whether it ended with its program's `final_status`, and is not started again."""
        return any(running.given_up for running in self._named(name))

    def is_running(self, name: str) -> bool:
        return any(running.process is not None for running in self._named(name))

    def _named(self, name: str) -> list[_Running]:
        return [running for running in self._all if running.program.name == name]

    def run(
        self,
        is_ready: Callable[[], list[str] | None],
        on_ready: Callable[[], None],
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Watch until asked to stop. `is_ready()` gives None when everything is up, else the names still awaited.

        `tick()` is called all the while and must not wait.
        """
        began = last_said = time.monotonic()
        next_look = began
        try:
            while not self._stopping:
                self._look_after_all()
                tick()
                now = time.monotonic()
                if not self._ready and now >= next_look:
                    awaited = is_ready()
                    next_look = time.monotonic() + 0.5
                    if awaited is None:
                        self._ready = True
                        say(f"ready after {now - began:.0f} s.")
                        on_ready()
                    elif now - last_said >= 5:
                        last_said = now
                        say(f"[{now - began:4.0f} s] waiting for {', '.join(awaited)}")
                time.sleep(TICK_S)
        finally:
            self._stop_all()

    def _look_after_all(self) -> None:
        now = time.monotonic()
        for running in list(self._all):
            if running.process is None:
                if running.once:
                    self._all.remove(running)
                    running.log.close()
                elif now >= running.start_at and not running.given_up:
                    self._start(running)
            elif running.process.poll() is not None:
                self._bury(running, now)
            elif running.end_by is not None and now > running.end_by:
                _signal_group(running.process.pid, signal.SIGKILL)

    def _start(self, running: _Running) -> None:
        running.process = subprocess.Popen(
            running.program.argv, cwd=ROOT, env=running.program.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=partial(die_with_parent, os.getpid()),
        )  # fmt: skip
        running.started_at = time.monotonic()
        running.pid_file.write_text(str(running.process.pid))
        assert running.process.stdout is not None
        running.log.follow(running.process.stdout)
        if running.deaths:
            say(f"{running.program.name} was started again (process {running.process.pid}).")

    def _bury(self, running: _Running, now: float) -> None:
        assert running.process is not None
        status = running.process.returncode
        # Whatever it left behind would hold its port.
        _signal_group(running.process.pid, signal.SIGKILL)
        running.process = None
        running.pid_file.unlink(missing_ok=True)
        if running.once:
            if running.end_by is None:
                say(f"{running.program.name} ended with status {status}. Its log: {running.log.path}")
            return
        if status == running.program.final_status:
            running.given_up = True
            say(f"{running.program.name} refuses its model file and is not started again. Its log: {running.log.path}")
            return
        running.deaths = 1 if now - running.started_at > STEADY_AFTER_S else running.deaths + 1
        wait_s = 0.0 if running.deaths == 1 else min(0.5 * 2 ** (running.deaths - 2), LONGEST_WAIT_S)
        running.start_at = now + wait_s
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        when = f"in {wait_s:.1f} s" if wait_s else "now"
        say(f"{running.program.name} {how}; it is started again {when}. Its log: {running.log.path}")
        if not self._ready and running.deaths >= DEATHS_BEFORE_READY:
            running.log.settle()
            last = "\n  ".join(running.log.tail())
            raise StartFailed(
                f"{running.program.name} cannot be started. Its last lines:\n  {last}\nThe whole log: {running.log.path}"
            )

    def _stop_all(self) -> None:
        alive = [r for r in self._all if r.process is not None]
        for running in alive:
            assert running.process is not None
            _signal_group(running.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_GRACE_S
        for running in alive:
            assert running.process is not None
            try:
                running.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{running.program.name} does not stop by itself; ending it.")
            _signal_group(running.process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.process.wait(5)
            running.pid_file.unlink(missing_ok=True)
        for running in self._all:
            running.log.close()


def _signal_group(leader: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
