"""The trainer's loop: one training at a time, and changes of the model in use handed to the watcher and written down."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.logs import configure
from backend.run import engines
from backend.run.training import models_dir
from backend.services import deps as wiring
from backend.services import dialogue_models, retrain
from backend.services.deps import Deps
from backend.settings import load
from backend.store.models import DialogueModel
from backend.store.queries import dialogue_models as queries
from backend.training import exam
from backend.training.job import Job, Stopped

log = structlog.get_logger()

LOOK_EVERY_S = 1.0


class Keeper:
    def __init__(self, deps: Deps, *, stopping: Callable[[], bool] = lambda: False) -> None:
        self._deps, self._stopping = deps, stopping
        self._passed_on, self._passed_at = 0, deps.clock()
        self._last_look = 0.0

    def look(self) -> None:
        """Pass on a change that is asked for; note how it went. Called all the while, also during a training."""
        if self._stopping():
            raise Stopped
        if time.monotonic() - self._last_look < LOOK_EVERY_S:
            return
        self._last_look = time.monotonic()
        deps = self._deps
        try:
            with deps.db.read() as session:
                found = dialogue_models.asked(session)
                used = queries.in_use(session)
            if found is None:
                self._see_what_answers(used)
                return
            change, model = found
            now = deps.clock()
            ended, problem = engines.outcome(deps.settings.data_dir, change.id)
            if not ended and change.id != self._passed_on:
                engines.ask_for(deps.settings.data_dir, change.id, self.path(model), str(model.sha256))
                self._passed_on, self._passed_at = change.id, now
            elif not ended and now - self._passed_at > dialogue_models.TAKES_AT_MOST:
                ended, problem = True, "nobody_answered"
            if ended:
                dialogue_models.settle(deps.db, change.id, now, problem)
                dialogue_models.forget_old(deps.db, deps.settings)
                log.info("model_switched", model=model.name, problem=problem)
        except SQLAlchemyError as error:
            log.warning("database_away", error=type(error).__name__)

    def _see_what_answers(self, used: DialogueModel | None) -> None:
        """The watcher puts the program's own model in the place of one whose file was altered: that is written down."""
        if used is None or used.origin != "trained":
            return
        if engines.answering(self._deps.settings.data_dir) == f"{used.tree}.tar.gz":
            name = dialogue_models.fell_back(self._deps.db, self._deps.clock())
            log.error("model_altered", model=name)

    def path(self, model: DialogueModel) -> Path:
        """Where a model's file lies."""
        settings = self._deps.settings
        if model.origin == "tree":
            return models_dir(settings.data_dir) / f"{model.name}.tar.gz"
        return dialogue_models.file_of(settings, model)

    def train_if_asked(self) -> bool:
        """Do the training that waits, if any; return whether there was one."""
        deps = self._deps
        held = retrain.claim(deps.db, deps.clock())
        if held is None:
            return False
        Job(deps, held, self.look, self.path).run()
        dialogue_models.forget_old(deps.db, deps.settings)
        return True


def step_back() -> None:
    """Let everybody else go first. Where the kernel shares out time by session, `nice` alone counts within one's own only."""
    with contextlib.suppress(OSError):
        os.nice(exam.NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(exam.NICE))


def main() -> None:
    configure("trainer")
    step_back()
    deps = wiring.build(load())
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: told.append(got))
    keeper = Keeper(deps, stopping=lambda: bool(told))
    while not told:
        try:
            keeper.look()
            if not keeper.train_if_asked():
                time.sleep(LOOK_EVERY_S)
        except Stopped:
            break
        except SQLAlchemyError as error:
            log.warning("database_away", error=type(error).__name__)
            time.sleep(LOOK_EVERY_S)
    deps.db.close()
