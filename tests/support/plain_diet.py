"""The baseline of `make bench`: Rasa's own stock pipeline for Chinese, trained on ordinary examples of ours.

JiebaTokenizer, word and character n-grams, DIETClassifier; 1,800 sentences drawn evenly from bot/data. How long a parse
takes does not depend on the number of epochs, so the model for timing is trained for a few only; `--score` trains one in
full (about a quarter of an hour) and prints what it scores beside ours.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from backend.run.environment import engine_environment
from backend.run.training import RASA_PYTHON, models_dir
from backend.settings import ROOT, load

SENTENCES = 1800
EPOCHS_FOR_TIMING = 3
EPOCHS_FOR_SCORES = 100
NLU = ROOT / "bot" / "data" / "nlu"
READY_WITHIN_S = 180.0


def pipeline(epochs: int) -> dict[str, object]:
    """The stock configuration, as Rasa's own documentation suggests it for languages without blanks."""
    return {
        "recipe": "default.v1",
        "language": "zh",
        "assistant_id": "plain-diet",
        "pipeline": [
            {"name": "JiebaTokenizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "random_seed": 1, "constrain_similarities": True},
        ],
        "policies": [],
    }


def ordinary_examples(count: int = SENTENCES) -> dict[str, list[str]]:
    """About `count` of our training sentences by intent, each intent in its share, spread evenly over its file."""
    found: dict[str, list[str]] = {}
    for path in sorted(NLU.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(entry["intent"], []).extend(lines)
    every = max(1, sum(map(len, found.values())) // count)
    return {intent: lines[::every] or lines[:1] for intent, lines in found.items()}


def model(epochs: int) -> Path:
    """Return the trained baseline, training it when it is not kept yet (a minute for a few epochs)."""
    parts = ['version: "3.1"\nnlu:\n']
    for intent, lines in ordinary_examples().items():
        parts.append(f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines))
    data, config = "".join(parts), yaml.safe_dump(pipeline(epochs), allow_unicode=True)
    name = "plain-diet-" + hashlib.sha256((data + config).encode()).hexdigest()[:12]
    kept = models_dir(load().data_dir).parent / "bench" / f"{name}.tar.gz"
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    print(f"  training the baseline, {epochs} epochs …", flush=True)
    with tempfile.TemporaryDirectory(prefix="plain-diet-") as folder:
        work = Path(folder)
        (work / "config.yml").write_text(config, encoding="utf-8")
        (work / "nlu.yml").write_text(data, encoding="utf-8")
        began = time.monotonic()
        done = subprocess.run(
            [str(RASA_PYTHON), "-m", "rasa", "train", "nlu", "--config", "config.yml", "--nlu", "nlu.yml",
             "--out", "out", "--fixed-model-name", name],
            cwd=work, env=engine_environment({"RASA_CACHE_DIRECTORY": str(work / "cache"), "MPLCONFIGDIR": folder}),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        made = work / "out" / f"{name}.tar.gz"
        if done.returncode or not made.exists():
            raise RuntimeError("the baseline could not be trained:\n" + re.sub(r"\s+$", "", done.stderr)[-2000:])
        shutil.move(str(made), kept)
    print(f"  trained in {time.monotonic() - began:.0f} s", flush=True)
    return kept


@contextmanager
def serving(epochs: int = EPOCHS_FOR_TIMING) -> Iterator[str]:
    """The address of `/model/parse` of a running baseline."""
    file = model(epochs)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="plain-diet-") as folder:
        process = subprocess.Popen(
            [str(RASA_PYTHON), "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port),
             "--model", str(file), "--quiet"],
            cwd=folder, env=engine_environment({"MPLCONFIGDIR": folder}),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}/model/parse"
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the baseline's server ended with status {process.returncode}")
        try:
            if httpx.get(f"{url}/status", timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"the baseline was not ready within {READY_WITHIN_S:.0f} s (pid {os.getpid()})")
