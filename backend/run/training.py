"""The dialogue model: trained when its inputs changed, found again by their hash, with progress one can watch."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from backend.errors import LinggongError
from backend.run import model_files
from backend.run.environment import engine_environment
from backend.settings import ROOT

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
INPUTS = ("config.yml", "domain.yml", "bot/data", "bot/components", "bot/dictionaries")
KEEP_MODELS = 3

Say = Callable[[str], None]


class TrainingFailed(LinggongError):
    """The engine refused its inputs; the message carries its last lines and where the rest is."""


def inputs_hash(root: Path = ROOT) -> str:
    """Return the name of the model that the present inputs make: 16 hex digits.

    Inputs: the pipeline, the domain, the training data, our components, the word lists and Rasa's version.
    """
    digest = hashlib.sha256(_rasa_version(root).encode())
    for name in INPUTS:
        path = root / name
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if "__pycache__" in file.parts or not file.exists():
                continue
            digest.update(f"\0{file.relative_to(root).as_posix()}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _rasa_version(root: Path) -> str:
    found = re.search(r'name = "rasa"\nversion = "([^"]+)"', (root / "uv.lock").read_text(encoding="utf-8"))
    return found[1] if found else ""


def models_dir(data_dir: Path) -> Path:
    """Where models are kept: beside the sources they are made from, so that every DATA_DIR finds a trained one.

    MODELS_DIR names another folder; a source tree that cannot be written to leaves them in DATA_DIR.
    """
    if chosen := os.environ.get("MODELS_DIR"):
        return Path(chosen).resolve()
    beside_sources = ROOT / "var" / "models"
    writable = next(folder for folder in (beside_sources, *beside_sources.parents) if folder.exists())
    return beside_sources if os.access(writable, os.W_OK) else data_dir / "models"


def ensure_model(directory: Path, say: Say) -> Path:
    """Return the model file for the present inputs, training it first if it is not there yet.

    Two callers at once train once: the second waits and finds the model.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another command is training the model; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        name = inputs_hash()
        model = directory / f"{name}.tar.gz"
        if model.exists() and model_files.is_allowed(model):
            os.utime(model)
            return model
        if model.exists():
            model.replace(model.with_suffix(".refused"))
            say(f"{model.name} is not the file that was trained here; it is put aside, and training makes it anew.")
        say(f"the model's inputs changed; training {name} (once, usually one to two minutes).")
        _train(name, model, say)
        model_files.allow(model)
        _forget_old(directory)
        return model


def _train(name: str, model: Path, say: Say) -> None:
    started = time.monotonic()
    log_path = model.with_suffix("").with_suffix(".log")
    with tempfile.TemporaryDirectory(prefix="training-", dir=model.parent) as out:
        process = subprocess.Popen(
            command(in_one_file(Path(out)), Path(out), name), cwd=ROOT, env=environment(Path(out)),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
            start_new_session=True,
        )  # fmt: skip
        progress = _Progress(say, started, _component_count())
        done = threading.Event()
        ticker = threading.Thread(target=progress.tick_until, args=(done,), daemon=True)
        ticker.start()
        tail: list[str] = []
        assert process.stdout is not None
        try:
            with log_path.open("w", encoding="utf-8") as log:
                for line in process.stdout:
                    log.write(line)
                    tail = [*tail[-14:], line.rstrip()]
                    progress.read(line)
            status = process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            process.stdout.close()
            done.set()
            ticker.join()
        made = Path(out) / f"{name}.tar.gz"
        if status != 0 or not made.exists():
            raise TrainingFailed(
                f"The model could not be trained (exit {status}). The engine's last lines:\n  "
                + "\n  ".join(tail)
                + f"\nThe whole log: {log_path}"
            )
        shutil.move(str(made), model)
    say(f"trained in {time.monotonic() - started:.0f} s: {model.name}")


def command(data: Path, out: Path, name: str) -> list[str]:
    """What trains a model from `data` into `out/name.tar.gz`."""
    return [
        str(RASA_PYTHON), "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml",
        "--data", str(data), "--out", str(out), "--fixed-model-name", name, "-v",
        # Validation takes three quarters of a minute; a test does it (tests/bot/test_training_data.py).
        "--skip-validation",
    ]  # fmt: skip


def environment(out: Path) -> dict[str, str]:
    return engine_environment(
        {"LOG_LEVEL": "INFO", "RASA_CACHE_DIRECTORY": str(out / "cache"), "MPLCONFIGDIR": str(out)}
    )


def in_one_file(folder: Path, more: str = "") -> Path:
    """Return a folder with the rules, and with all sentences in one file; `more`: further items of its list `nlu:`.

    Rasa copies and compares everything it has read so far at each file: a quarter of a minute for a dozen files.
    """
    data = folder / "data"
    shutil.copytree(ROOT / "bot" / "data", data, ignore=shutil.ignore_patterns("nlu"))
    parts = [
        path.read_text(encoding="utf-8").partition("nlu:\n") for path in sorted((ROOT / "bot/data/nlu").glob("*.yml"))
    ]
    (data / "nlu.yml").write_text(parts[0][0] + "nlu:\n" + "".join(part[2] for part in parts) + more, encoding="utf-8")
    return data


class _Progress:
    """Turns the engine's log into a few plain lines: elapsed seconds, share of the steps, what is going on."""

    def __init__(self, say: Say, started: float, components: int) -> None:
        self._say, self._started, self._components = say, started, max(components, 1)
        self._finished = 0
        self._doing = "loading the engine"
        self._last_said = time.monotonic()

    def read(self, line: str) -> None:
        if found := re.search(r"Starting to train component '([^']+)'", line):
            self._doing = f"training {found[1]}"
            self._show()
        elif re.search(r"Finished training component|Restored component .* from cache", line):
            self._finished += 1
        elif found := re.search(r"Epochs?:\s+(\d+%)|[Ee]poch (\d+/\d+)|\bprogress[:=] ?(\S+)", line):
            self._doing = re.sub(r", (epoch|at) .*", "", self._doing) + f", at {next(g for g in found.groups() if g)}"
        elif "Your Rasa model is trained" in line:
            self._doing, self._finished = "saving", self._components

    def tick_until(self, done: threading.Event) -> None:
        while not done.wait(1):
            if time.monotonic() - self._last_said >= 5:
                self._show()

    def _show(self) -> None:
        self._last_said = time.monotonic()
        share = min(99, round(100 * self._finished / self._components))
        step = f"step {min(self._finished + 1, self._components)} of {self._components}"
        self._say(f"[{self._last_said - self._started:4.0f} s] {share:3d} %  {step}: {self._doing}")


def _component_count() -> int:
    """Count pipeline components and policies without a YAML parser: each is one `- name:` of config.yml."""
    return len(re.findall(r"(?m)^\s*-\s+name:", (ROOT / "config.yml").read_text(encoding="utf-8")))


def _forget_old(directory: Path) -> None:
    models = sorted(directory.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in models[KEEP_MODELS:]:
        old.unlink(missing_ok=True)
        old.with_suffix("").with_suffix(".log").unlink(missing_ok=True)
    for refused in directory.glob("*.refused"):
        if refused.stat().st_mtime < time.time() - 7 * 86_400:
            refused.unlink(missing_ok=True)
