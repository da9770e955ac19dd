"""`make eval`: the score on the labelled messages, against a running service or one started for it.

Usage: python -m tests.support.evaluate [--url URL --token TOKEN] [--commit] [FILE.jsonl …]

Without files: every labelled file, then the intents taken for each other, the worst entities, how sure the model was and
how often it was right, and what dropped below tests/data/scores.json. `--commit` writes that file anew.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from backend import settings as settings_module
from backend.settings import ROOT
from tests.support import scoring
from tests.support.throwaway import started

DATA = ROOT / "tests" / "data"
SAMPLES = ("sample-sms.jsonl", "sample-voice.jsonl", "held_back.jsonl")
BANDS = (0.0, 0.3, 0.5, 0.7, 0.9, 1.01)


@contextmanager
def service(url: str | None, token: str | None) -> Iterator[tuple[str, str]]:
    """(address, API token) of the service asked for, of the one `make run` has up, or of one started for this."""
    if url:
        yield url, token or ""
        return
    settings = settings_module.load()
    try:
        if httpx.get(f"http://127.0.0.1:{settings.port}/readyz", timeout=3, trust_env=False).status_code == 200:
            print(f"using the service at port {settings.port}.")
            yield f"http://127.0.0.1:{settings.port}", settings.api_token
            return
    except httpx.HTTPError:
        pass
    print("no service is running; starting one for this.", flush=True)
    with started() as stack:
        yield stack.url, stack.secrets["API_TOKEN"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, default=[])
    parser.add_argument("--url")
    parser.add_argument("--token")
    parser.add_argument("--commit", action="store_true", help="write the scores as those to hold")
    options = parser.parse_args()
    with service(options.url, options.token) as (url, token):
        if not options.files:
            return _all(url, token, commit=options.commit)
        for file in options.files:
            print(f"\n== {file.name}", flush=True)
            # The scorer is the contract's own program, run as it is.
            scored = subprocess.run(
                [sys.executable, str(DATA / "score.py"), str(file), "--url", url], env={"API_TOKEN": token}, check=False
            )
            if scored.returncode:
                return scored.returncode
    return 0


def _all(url: str, token: str, *, commit: bool) -> int:
    """Score every labelled file; return 1 when a score dropped by more than a point below the committed one."""

    def ask(case: dict[str, Any]) -> dict[str, Any]:
        body = {key: case[key] for key in ("text", "channel", "now") if key in case}
        answer = client.post("/api/v1/understand", json=body).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
        results = {name: scoring.score(name, ask) for name in scoring.FILES}
    for name, result in results.items():
        print(f"{name:14} {result.tally}")
    taken = sum(r.out_of_scope_changing for r in results.values())
    print(f"out of scope taken for a change: {taken} of {sum(r.out_of_scope for r in results.values())}")
    mistaken = sum((r.mistaken for r in results.values()), start=type(results["held_back"].mistaken)())
    for (wanted, got), count in mistaken.most_common(15):
        print(f"  {count:3}  {wanted} taken for {got}")
    worst = sum((r.worst for r in results.values()), start=type(results["held_back"].worst)())
    print("entities missed or invented: " + ", ".join(f"{entity} {count}" for entity, count in worst.most_common(10)))
    sure = [pair for result in results.values() for pair in result.sure]
    for low, high in itertools.pairwise(BANDS):
        inside = [right for right, confidence in sure if low <= confidence < high]
        if inside:
            print(f"confidence {low:.1f} to {min(high, 1):.1f}: right {sum(inside) / len(inside):.2f} of {len(inside)}")
    numbers = {name: result.numbers() for name, result in results.items()}
    if commit:
        scoring.COMMITTED.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
        return 0
    lost = scoring.dropped(numbers)
    print("\n".join(["dropped below the committed scores:", *lost]) if lost else "no score has dropped.")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
