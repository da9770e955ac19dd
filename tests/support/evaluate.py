"""`make eval`: the score on the labelled messages, against a running service or one started for it.

Usage: python -m tests.support.evaluate [--url URL --token TOKEN] [--commit] [FILE.jsonl …]

Without files: every labelled file, then the intents taken for each other, the worst entities, how sure the model was and
how often it was right, the scores by channel and tag, and what dropped below tests/data/scores.json. `--commit` writes that
file and the tables of docs/understanding.md anew.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
from collections import Counter
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
PAGE = ROOT / "docs" / "understanding.md"
# The files least known to whoever tuned.
SURPRISES = ("held_back_4", "held_back_6")
# Between these two lines of the page stands what `--commit` writes.
BEGIN, END = "<!-- scores -->", "<!-- end of scores -->"
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
    report = _report(results)
    print("\n".join(report))
    numbers = {name: result.numbers() for name, result in results.items()}
    if commit:
        scoring.COMMITTED.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(
            f"{before}{BEGIN}\n\n" + "\n".join(report) + f"\n\n{END}{rest.partition(END)[2]}", encoding="utf-8"
        )
        return 0
    lost = scoring.dropped(numbers)
    print("\n".join(["dropped below the committed scores:", *lost]) if lost else "no score has dropped.")
    return 1 if lost else 0


def _report(results: dict[str, scoring.Scored]) -> list[str]:
    """The tables, as lines of Markdown."""
    every = list(results.values())
    lines = ["| file | n | intent | entity F1 | whole message |", "|---|---|---|---|---|"]
    lines += [_row(f"`{name}`", result.numbers()) for name, result in results.items()]
    for name, result in results.items():
        if name.startswith("held_back"):
            lines += [_row(f"`{name}`, {channel}", scoring.numbers_of(result.by_tag[channel]))
                      for channel in ("sms", "voice") if channel in result.by_tag]  # fmt: skip
    taken, off = sum(r.out_of_scope_changing for r in every), sum(r.out_of_scope for r in every)
    lines += ["", f"Out of scope taken for something that changes data: {taken} of {off}. "
              f"Hostile messages taken for any intent: {sum(r.hostile_taken for r in every)} of {sum(r.hostile for r in every)}."]  # fmt: skip
    tags = sorted({tag for name in SURPRISES for tag in results[name].by_tag})
    by_tag = {tag: scoring.together([results[name].by_tag.get(tag) for name in SURPRISES]) for tag in tags}
    lines += [
        "",
        "By tag, `held_back_4` and `held_back_6` (tags of ten messages or more):",
        "",
        "| tag | n | intent | entity F1 | whole message |",
    ]
    lines += ["|---|---|---|---|---|"]
    lines += [_row(tag, scoring.numbers_of(tally)) for tag, tally in by_tag.items() if tally.n >= 10]
    mistaken = sum((r.mistaken for r in every), start=Counter[tuple[str, str]]())
    lines += ["", "Intents taken for each other, all files:", "", "| meant | taken for | times |", "|---|---|---|"]
    lines += [f"| {wanted} | {got} | {count} |" for (wanted, got), count in mistaken.most_common(15)]
    worst = sum((r.worst for r in every), start=Counter[str]())
    lines += [
        "",
        "Entities missed or invented, all files: " + ", ".join(f"{e} {n}" for e, n in worst.most_common(10)) + ".",
    ]
    lines += [
        "",
        "How sure the model was, and how often it was right:",
        "",
        "| confidence | right | messages |",
        "|---|---|---|",
    ]
    sure = [pair for result in every for pair in result.sure]
    for low, high in itertools.pairwise(BANDS):
        inside = [right for right, confidence in sure if low <= confidence < high]
        if inside:
            lines.append(f"| {low:.1f} to {min(high, 1):.1f} | {sum(inside) / len(inside):.2f} | {len(inside)} |")
    return lines


def _row(what: str, numbers: dict[str, float]) -> str:
    return f"| {what} | {numbers['n']:.0f} | {numbers['intent']:.3f} | {numbers['entity_f1']:.3f} | {numbers['whole']:.3f} |"


if __name__ == "__main__":
    sys.exit(main())
