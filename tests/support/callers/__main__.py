"""`make callers`: a population of simulated callers phones a service started for it.

Usage: python -m tests.support.callers [--sample] [--seed N] [--only HABIT-OR-GOAL …] [--show] [--commit]

`--sample` calls with the forty of the test suite. `--seed` makes other people. `--only` keeps those whose habit or goal holds one of the words.
`--show` prints the calls that failed. `--commit` writes the table of this seed in docs/callers.md anew. Ends with 1 below the targets.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.support.callers import people, report
from tests.support.callers.run import run
from tests.support.callers.service import Service
from tests.support.throwaway import started

PAGE = Path(__file__).parents[3] / "docs" / "callers.md"
# The page has room for the figures of some seeds, each between two such lines.
BEGIN, END = "<!-- seed {} -->", "<!-- end of seed {} -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--seed", type=int, default=people.SEED)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--commit", action="store_true")
    options = parser.parse_args()
    callers = people.sample() if options.sample else people.population(options.seed)
    if options.only:
        callers = [c for c in callers if any(word in (c.habit, c.goal, str(c.index)) for word in options.only)]
    with started() as stack:
        began = time.monotonic()
        results = run(stack, callers)
        took = time.monotonic() - began
        by_keys = Service(stack).by_keys_instead()
    if options.show:
        print("\n\n".join(report.transcript(r) for r in results if not r.success or r.verdict.wrong))
    lines = [*report.table(results), "", f"{len(results)} callers, seed {options.seed}; {report.quickest_job(results)}"]
    print("\n".join(lines))
    print(f"{took:.0f} s by the clock; {by_keys} spoken turns got the keys instead, the engine being too slow.")
    if options.commit:
        begin, end = BEGIN.format(options.seed), END.format(options.seed)
        before, found, rest = PAGE.read_text(encoding="utf-8").partition(begin)
        if not found:
            sys.exit(f"{PAGE.name} has no room for seed {options.seed}: it needs a line {begin} and a line {end}.")
        PAGE.write_text(
            f"{before}{begin}\n\n" + "\n".join(lines) + f"\n\n{end}{rest.partition(end)[2]}", encoding="utf-8"
        )
    below = report.missed(results)
    print("\n".join(["below the targets:", *below]) if below else "every target is held.")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
