"""One training: a snapshot, the model, its exam and that of the model in use, the verdict."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from backend.domain import reviewed
from backend.domain.model_scores import FIGURES, Case, Scores, compared, dropped, dropped_since, turned
from backend.errors import LinggongError
from backend.logs import scrub
from backend.run import training
from backend.run.model_files import sha256_of
from backend.run.orphans import die_with_parent
from backend.services import dialogue_models, retrain
from backend.services.deps import Deps
from backend.services.retrain import Claim, Lost
from backend.settings import ROOT
from backend.store.models import DialogueModel
from backend.store.queries import dialogue_models as queries
from backend.training import exam

log = structlog.get_logger()

# What part of the whole each step takes, in percent, and how long the whole is thought to take before one has been seen.
STEPS = {"reading": (0, 18), "learning": (18, 58), "saving": (58, 60), "scoring": (60, 80), "scoring_before": (80, 99)}
USUALLY_S = 300.0


class Stopped(LinggongError):
    """The trainer is told to end."""


class Broken(LinggongError):
    """The training failed; the message is the code staff see a sentence for."""


class Job:
    """`run()` does it all and always ends the row. `look()` is called at least once a second; `path_of` finds model files."""

    def __init__(
        self, deps: Deps, held: Claim, look: Callable[[], None], path_of: Callable[[DialogueModel], Path]
    ) -> None:
        self._deps, self._held, self._look, self._path_of = deps, held, look, path_of
        self._began = self._noted = time.monotonic()
        self._step, self._expected = "reading", USUALLY_S
        self._folder = deps.settings.data_dir / "training"

    def run(self) -> None:
        deps, held = self._deps, self._held
        try:
            status, values = self._work()
        except Stopped:
            retrain.put_back(deps.db, held)
            raise
        except Lost:
            status, values = "cancelled", {}
        except (Broken, exam.ExamFailed, training.TrainingFailed) as problem:
            status, values = "failed", {"problem": str(problem) if isinstance(problem, Broken) else "exam_failed"}
        except OSError as problem:
            log.warning("training_broken", error=type(problem).__name__)
            status, values = "failed", {"problem": "no_room" if problem.errno == errno.ENOSPC else "machine"}
        except SQLAlchemyError:
            raise  # the row keeps its lease; when that is over the training is taken up again
        except Exception as problem:
            log.exception("training_broken", error=type(problem).__name__)
            status, values = "failed", {"problem": "machine"}
        retrain.finish(deps.db, held, deps.clock(), status, **values)
        log.info("training_ended", status=status, seconds=round(time.monotonic() - self._began))

    def _work(self) -> tuple[str, dict[str, Any]]:
        deps = self._deps
        try:
            examples = retrain.read_reviewed(deps.settings)
        except ValueError as problem:
            raise Broken("unreadable") from problem
        learnt, held = reviewed.split(examples)
        tree = training.inputs_hash()
        name = hashlib.sha256("\0".join([tree, *(one.hash for one in learnt)]).encode()).hexdigest()[:16]
        with deps.db.read() as session:
            used, own = queries.in_use(session), queries.own_of(session, tree)
            last = next((one for one in queries.last_trainings(session) if one.status in ("ready", "refused")), None)
            before = set((queries.in_full(session, used.id).example_hashes if used else None) or ())  # type: ignore[union-attr]
        if last is not None and last.started_at and last.finished_at:
            self._expected = max(60.0, (last.finished_at - last.started_at).total_seconds())
        # Whose file is gone cannot sit the exam: the program's own model stands for it.
        rival = next(
            (one for one in (used, own) if one is not None and one.sha256 and self._path_of(one).exists()), None
        )
        if rival is None:
            raise Broken("nothing_to_compare")
        hashes = {one.hash for one in examples}
        self._note(
            force=True, name=name, tree=tree, examples=len(learnt), held_back=len(held), example_hashes=sorted(hashes),
            added=len(hashes - before), removed=len(before - hashes),
        )  # fmt: skip
        with self._work_folder() as folder:
            made = self._train(folder, name, reviewed.as_items(learnt))
            sha256 = sha256_of(made)
            questions = exam.cases(learnt, held)
            after = self._examine("scoring", made, sha256, questions)
            was = self._scores_before(rival, questions)
            with deps.db.read() as session:
                kept = [Scores.from_json(one.scores) for one in queries.scored(session, tree) if one.scores]
            since_best = dropped_since(kept, after)
            lower = dropped(was, after)
            told: dict[str, Any] = compared(was, after, questions)
            told["turned"] = {figure: turned(figure, was, after).to_json() for figure in FIGURES}
            told["since_best"] = {figure: change.to_json() for figure, change in since_best.items()}
            values: dict[str, Any] = {
                "sha256": sha256, "scored_on": exam.set_of(questions), "scores": after.to_json(),
                "figures": _figures(after), "share": 100, "figures_before": _figures(was), "compared_with": rival.id,
                "compared": told,
            }  # fmt: skip
            if lower or since_best:
                values |= {
                    "problem": "scored_lower" if lower else "below_best", "dropped": sorted({*lower, *since_best}),
                }  # fmt: skip
                return "refused", values
            place = dialogue_models.file_of(deps.settings, DialogueModel(sha256=sha256))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(str(made), place)
            place.chmod(0o444)
        return "ready", {**values, "file_kept": True}

    def _train(self, folder: Path, name: str, items: str) -> Path:
        data = training.in_one_file(folder, items)
        out = folder / "out"
        out.mkdir()
        process = subprocess.Popen(
            training.command(data, out, name), cwd=ROOT, env=training.environment(folder),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
            errors="replace", preexec_fn=partial(die_with_parent, os.getpid()),
        )  # fmt: skip
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
        try:
            with (self._folder / "last.log").open("w", encoding="utf-8") as kept:
                while (line := self._next(lines)) is not None:
                    kept.write(scrub(line.rstrip()) + "\n")
                    kept.flush()
                    if "Starting to train component 'SideBySide'" in line:
                        self._step = "learning"
                    elif re.search(r"Finished training component 'SideBySide'", line):
                        self._step = "saving"
            status = process.wait(60)
        finally:
            _end(process)
        made = out / f"{name}.tar.gz"
        if status != 0 or not made.exists():
            raise Broken("killed" if status < 0 or status == 137 else "engine_refused")
        return made

    def _next(self, lines: queue.Queue[str | None]) -> str | None:
        while True:
            self._note()
            with contextlib.suppress(queue.Empty):
                return lines.get(timeout=0.5)

    def _examine(self, step: str, model: Path, sha256: str, questions: list[Case]) -> Scores:
        self._step = step
        self._note(force=True, status="scoring")
        with exam.engine_of_its_own(self._deps, model, sha256, self._note) as (url, token):
            return exam.take(self._deps, questions, url, token, lambda share: self._note(done=0.5 + share / 2))

    def _scores_before(self, used: DialogueModel, questions: list[Case]) -> Scores:
        """How the model in use does on the same exam; known already when it has sat it before."""
        name = exam.set_of(questions)
        with self._deps.db.read() as session:
            full = queries.in_full(session, used.id)
        if full is not None and full.scored_on == name and full.scores and full.scores.get("answered"):
            return Scores.from_json(full.scores)
        scores = self._examine("scoring_before", self._path_of(used), str(used.sha256), questions)
        with self._deps.db.write() as session:
            row = session.get(DialogueModel, used.id)
            if row is not None:
                row.scores, row.scored_on, row.figures = scores.to_json(), name, _figures(scores)
        return scores

    def _note(self, *, force: bool = False, done: float = 0.0, **values: Any) -> None:
        """Write down how far it is, once a second; raises `Lost` when it is cancelled, `Stopped` when told to end."""
        self._look()
        now = time.monotonic()
        if now - self._noted < 1 and not force:
            return
        self._noted = now
        low, high = STEPS[self._step]
        elapsed = now - self._began
        share = max(low + (high - low) * done, min(high, 100 * elapsed / self._expected))
        left = seconds_left(self._expected, elapsed, high)
        with contextlib.suppress(OperationalError):  # a database that is away for a moment stops no training
            self._write(share, left, values)

    def _write(self, share: float, left: float, values: dict[str, Any]) -> None:
        retrain.note(
            self._deps.db,
            self._held,
            self._deps.clock(),
            step=self._step,
            share=int(share),
            seconds_left=int(left),
            **values,
        )

    @contextmanager
    def _work_folder(self) -> Iterator[Path]:
        """A folder of its own, gone afterwards; what an earlier trainer left behind when it was killed goes, too."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob("work-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="work-", dir=self._folder) as folder:
            yield Path(folder)


def seconds_left(expected: float, elapsed: float, high: int) -> float:
    """How much longer a training takes that was thought to take `expected` seconds in all and is in the step that ends at
    `high` percent of it. Once that step lasts longer than thought, so will those that follow."""
    by_then = expected * high / 100
    slower = max(1.0, elapsed / by_then)
    return max(expected - elapsed, (expected - by_then) * slower, 5)


def _figures(scores: Scores) -> dict[str, Any]:
    counts = {name: getattr(scores, name) for name in ("n", "held", "held_right", "learnt", "learnt_right")}
    return {**{name: round(value, 5) for name, value in scores.figures().items()}, **counts}


def _read(pipe: Any, lines: queue.Queue[str | None]) -> None:
    with pipe:
        for line in pipe:
            lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """End it with everything it started: the spans are trained in a process of their own."""
    if process.poll() is not None:
        return
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
    process.kill()
    process.wait()
