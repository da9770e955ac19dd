"""`make bench`: how long understanding takes, bare and through the whole service, and a text from handset to handset.

Absolute figures of the machine it runs on; both sides get the same texts, one at a time, after a warm-up.
"""

from __future__ import annotations

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
from tests.support.evaluate import DATA, SAMPLES
from tests.support.stack import Stack
from tests.support.throwaway import started

ROUNDS = 2
WARM_UP = 20
TEXTS = 40


def timed(deed: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def show(what: str, times_ms: list[float]) -> None:
    ordered = sorted(times_ms)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"  {what:52} median {statistics.median(ordered):7.1f} ms   p95 {p95:7.1f} ms   n={len(ordered)}", flush=True)


def understanding(stack: Stack) -> None:
    cases = [
        json.loads(line) for name in SAMPLES for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line
    ]
    rasa = f"http://127.0.0.1:{inner_ports(stack.port)['rasa']}/model/parse"
    token = stack.secrets["RASA_TOKEN"]
    with httpx.Client(trust_env=False, timeout=30) as client:

        def bare(case: dict[str, str]) -> None:
            client.post(rasa, params={"token": token}, json={"text": case["text"]}).raise_for_status()

        def whole(case: dict[str, str]) -> None:
            body = {key: case[key] for key in ("text", "channel", "now") if key in case}
            stack.api("POST", "/understand", json=body).raise_for_status()

        for case in cases[:WARM_UP]:
            bare(case)
            whole(case)
        took: dict[str, list[float]] = {"bare": [], "whole": []}
        for _ in range(ROUNDS):
            for case in cases:
                # In turn, so that whatever else the machine does falls on both alike.
                took["bare"].append(timed(lambda case=case: bare(case)))
                took["whole"].append(timed(lambda case=case: whole(case)))
    show("Rasa alone (/model/parse)", took["bare"])
    show("the whole way (/api/v1/understand)", took["whole"])


def texting(stack: Stack) -> None:
    """From a handset's text to the answer on that handset: webhook, worker, engine, actions, outbox, carrier."""
    stack.text("+8610008800000", "你好")
    took = [timed(lambda n=n: stack.text(f"+861000881{n:04}", "有没得摘果子的活")) for n in range(TEXTS)]
    show("a text, from the handset to its answer", took)


def main() -> int:
    memory = psutil.virtual_memory().total / 2**30
    print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
    )
    began = time.monotonic()
    with started() as stack:
        print(f"  start to ready, with a trained model{'':17} {time.monotonic() - began:10.1f} s")
        rss = psutil.Process(stack.pid("rasa")).memory_info().rss / 2**20
        understanding(stack)
        texting(stack)
        print(f"  Rasa's memory{'':40} {rss:10.0f} MiB at ready, "
              f"{psutil.Process(stack.pid('rasa')).memory_info().rss / 2**20:.0f} MiB now")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
