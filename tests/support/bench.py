"""`make bench`: how long understanding takes, a text from handset to handset, and the answers to twenty calls at once.

The baseline is Rasa's stock pipeline for Chinese (tests/support/plain_diet.py), served beside ours in the same run; what is
held to is the ratio. Absolute figures are those of the machine it runs on. All sides get the same texts, one at a time and in
turn, after a warm-up.

Usage: python -m tests.support.bench [--voice | --matching | --console [PAGES] | --scores]

`--voice` measures the calls alone, `--matching` the ranking in a province of a million workers, `--console` the pages of staff
over a million turns; none needs the others.
`--scores` trains the baseline in full as well (a quarter of an hour) and prints what it understands of the labelled files.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable

import httpx
import psutil

from backend.settings import inner_ports
from tests.support import bench_console, bench_matching, bench_voice, plain_diet, scoring
from tests.support.evaluate import DATA, SAMPLES
from tests.support.stack import Stack
from tests.support.throwaway import started

ROUNDS = 2
WARM_UP = 20
TEXTS = 40
HISTORY = 120


def timed(deed: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def show(what: str, times_ms: list[float]) -> None:
    ordered = sorted(times_ms)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"  {what:52} median {statistics.median(ordered):7.1f} ms   p95 {p95:7.1f} ms   n={len(ordered)}", flush=True)


def understanding(stack: Stack, baseline: str) -> None:
    cases = [
        json.loads(line) for name in SAMPLES for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line
    ]
    rasa = f"http://127.0.0.1:{inner_ports(stack.port)['rasa']}/model/parse"
    token = stack.secrets["RASA_TOKEN"]
    with httpx.Client(trust_env=False, timeout=30) as client:

        def bare(case: dict[str, str]) -> None:
            client.post(rasa, params={"token": token}, json={"text": case["text"]}).raise_for_status()

        def diet(case: dict[str, str]) -> None:
            client.post(baseline, json={"text": case["text"]}).raise_for_status()

        def whole(case: dict[str, str]) -> None:
            body = {key: case[key] for key in ("text", "channel", "now") if key in case}
            stack.api("POST", "/understand", json=body).raise_for_status()

        for case in cases[:WARM_UP]:
            diet(case)
            bare(case)
            whole(case)
        took: dict[str, list[float]] = {"diet": [], "bare": [], "whole": []}
        for _ in range(ROUNDS):
            for case in cases:
                # In turn, so that whatever else the machine does falls on both alike.
                took["diet"].append(timed(lambda case=case: diet(case)))
                took["bare"].append(timed(lambda case=case: bare(case)))
                took["whole"].append(timed(lambda case=case: whole(case)))
    show("baseline: plain DIET (/model/parse)", took["diet"])
    show("our engine alone (/model/parse)", took["bare"])
    show("the whole way (/api/v1/understand)", took["whole"])
    ratio = statistics.median(took["whole"]) / statistics.median(took["diet"])
    print(f"  the whole way takes {ratio:.2f} times the baseline's median (to hold: at most 1.3)", flush=True)


def texting(stack: Stack) -> None:
    """From a handset's text to the answer on that handset: webhook, worker, engine, actions, outbox, carrier."""
    stack.text("+8610008800000", "你好")
    took = [timed(lambda n=n: stack.text(f"+861000881{n:04}", "有没得摘果子的活")) for n in range(TEXTS)]
    show("a text, from the handset to its answer", took)
    long = "+8610008820000"
    turns = [timed(lambda: stack.text(long, "有没得摘果子的活")) for _ in range(HISTORY)]
    first, last = turns[1 : 1 + HISTORY // 6], turns[-(HISTORY // 6) :]
    ratio = statistics.median(last) / statistics.median(first)
    print(
        f"  texts {HISTORY - len(last) + 1} to {HISTORY} of one person take {ratio:.2f} times their texts 2 to {len(first) + 1}",
        flush=True,
    )


def baseline_scores() -> None:
    """What the baseline, trained in full, understands: intents, and kinds of entities (it has no values)."""
    with plain_diet.serving(plain_diet.EPOCHS_FOR_SCORES) as url, httpx.Client(trust_env=False, timeout=30) as client:
        for name in scoring.FILES:
            right = hit = made = wanted = changing = off = 0
            cases = scoring.cases(name)
            for case in cases:
                answer = client.post(url, json={"text": case["text"]}).raise_for_status().json()
                intent = answer["intent"]["name"]
                right += intent == case["intent"]
                got, want = {e["entity"] for e in answer["entities"]}, set(case.get("entities", {}))
                hit, made, wanted = hit + len(got & want), made + len(got), wanted + len(want)
                if case["intent"] == "out_of_scope":
                    off, changing = off + 1, changing + (intent in scoring.CHANGING)
            print(f"  baseline on {name:14} intent {right / len(cases):.3f}  kinds of entities F1 "
                  f"{2 * hit / max(1, made + wanted):.3f}  out of scope taken for a change {changing} of {off}  n={len(cases)}", flush=True)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scores", action="store_true", help="train the baseline in full and score it, too")
    parser.add_argument("--voice", action="store_true", help="measure the calls alone")
    parser.add_argument(
        "--matching", action="store_true", help="measure the ranking alone, in a province of people and work"
    )
    parser.add_argument(
        "--console",
        nargs="?",
        const="",
        metavar="PAGES",
        help="measure the console alone; PAGES: part of their address",
    )
    parser.add_argument("--scale", type=float, default=1.0, help="of the console's rows")
    options = parser.parse_args()
    memory = psutil.virtual_memory().total / 2**30
    print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
    )
    if options.matching:
        return bench_matching.main()
    if options.console is not None:
        return bench_console.main(options.console, options.scale)
    began = time.monotonic()
    with started() as stack:
        print(f"  start to ready, with a trained model{'':17} {time.monotonic() - began:10.1f} s")
        if options.voice:
            bench_voice.calling(stack)
            return 0
        rss = psutil.Process(stack.pid("rasa")).memory_info().rss / 2**20
        with plain_diet.serving() as baseline:
            understanding(stack, baseline)
        texting(stack)
        bench_voice.calling(stack)
        print(f"  Rasa's memory{'':40} {rss:10.0f} MiB at ready, "
              f"{psutil.Process(stack.pid('rasa')).memory_info().rss / 2**20:.0f} MiB now")  # fmt: skip
    if options.scores:
        baseline_scores()
    return 0


if __name__ == "__main__":
    sys.exit(main())
