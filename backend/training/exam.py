"""The exam of a model: labelled sentences read the way live messages are, against an engine of its own."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from backend.dialogue.base import EngineUnavailable, Parsed
from backend.dialogue.rasa import RasaEngine
from backend.domain.model_scores import Case, Heard, Scores
from backend.domain.reviewed import Example
from backend.errors import LinggongError
from backend.run.orphans import die_with_parent
from backend.run.programs import engine
from backend.services.deps import Deps
from backend.services.understand import understand
from backend.settings import ROOT

# Sentences of the project's own, by several hands, that were never in the training data (docs/understanding.md).
SENTENCES = Path(__file__).parent / "evaluation"
NICE = 10  # of the trainer and all it starts
UP_WITHIN_S = 300
PARSE_WITHIN_S = 30.0


class ExamFailed(LinggongError):
    """The engine did not come up, or did not answer."""


def cases(learnt: Iterable[Example], held: Iterable[Example]) -> list[Case]:
    """The exam: the project's own sentences but those that staff happened to teach, then the reviewed ones."""
    taught = list(learnt)
    known = {one.text for one in taught}
    found = []
    for file in sorted(SENTENCES.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            if one["text"] not in known:
                pairs = frozenset((kind, str(value)) for kind, values in one["entities"].items() for value in values)
                found.append(Case(one["text"], one["channel"], one["intent"], pairs, one.get("now")))
    for kind, examples in (("held", held), ("learnt", taught)):
        found += [Case(one.text, "sms", one.intent, one.entities, kind=kind) for one in examples]
    return found


def set_of(exam: Iterable[Case]) -> str:
    """The name of an exam: scores on the same one can be compared."""
    digest = hashlib.sha256()
    for case in exam:
        digest.update(repr((case.text, case.channel, case.intent, sorted(case.entities), case.now, case.kind)).encode())
    return digest.hexdigest()[:16]


def take(deps: Deps, exam: list[Case], url: str, token: str, between: Callable[[float], None]) -> Scores:
    """Put every sentence to the engine at `url`; `between(share done)` is called on the way."""
    asked = _Patient(url, token)
    with_it = replace(deps, engine=asked)
    scores = Scores()
    try:
        for place, case in enumerate(exam):
            if place % 10 == 0:
                between(place / len(exam))
            now = datetime.fromisoformat(case.now) if case.now else None
            found = understand(with_it, case.text, case.channel, now)
            if asked.failed:
                raise ExamFailed("the engine did not answer")
            own = case.kind == "own"
            got = frozenset((one.entity, str(one.value) if own else one.text) for one in found.entities)
            scores.add(place, case, Heard(found.intent, got))
    finally:
        asked.close()
    return scores


class _Patient:
    """An engine that is given time: on a busy machine a slow answer is no wrong answer."""

    def __init__(self, url: str, token: str) -> None:
        self._engine = RasaEngine(url, token)
        self.failed = False

    def parse(self, text: str, deadline_s: float) -> Parsed:
        try:
            return self._engine.parse(text, PARSE_WITHIN_S)
        except EngineUnavailable:
            self.failed = True
            raise

    def turn(self, *_: object) -> list[dict[str, object]]:
        raise EngineUnavailable("an exam has no turns")

    def close(self) -> None:
        self._engine.close()


@contextmanager
def engine_of_its_own(deps: Deps, model: Path, sha256: str, between: Callable[[], None]) -> Iterator[tuple[str, str]]:
    """(address, token) of an engine with `model` on a spare port, apart from the one that answers people."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(32)
    program = engine(deps.settings, model, sha256, port, name="exam", token=token)
    process = subprocess.Popen(
        program.argv, cwd=ROOT, env=program.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, preexec_fn=partial(die_with_parent, os.getpid()),
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    asked = RasaEngine(url, token)
    try:
        until = time.monotonic() + UP_WITHIN_S
        while not asked.is_ready():
            between()
            if process.poll() is not None or time.monotonic() > until:
                raise ExamFailed("the engine did not come up with the model")
            time.sleep(0.3)
        yield url, token
    finally:
        asked.close()
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
