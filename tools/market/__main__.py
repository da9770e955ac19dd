"""`make market`: run the simulated market and say how the line fares against plain ways of filling openings.

Usage: python -m tools.market [--days 365] [--seeds 3] [--seed 1] [--scale 1.0] [--jobs N] [--sensitivity] [--commit]

A year, three seeds, all three policies in each of the three worlds. `--sensitivity` runs the busy season again with one
assumption changed at a time; `--commit` does both and writes docs/market.md. The exit code says whether it ran, the
table whether the targets are met.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from typing import Any

from backend.settings import ROOT
from tools.market import report, world
from tools.market.hidden import People
from tools.market.market import Market
from tools.market.measures import measure
from tools.market.parameters import Parameters
from tools.market.policies import POLICIES
from tools.market.verdict import Run

PAGE = ROOT / "docs" / "market.md"
BEGIN, END = "<!-- written by `make market`: begin -->", "<!-- written by `make market`: end -->"
BUSY_FROM, BUSY_DAYS, BUSY_SCALE = date(2026, 8, 1), 30, 0.5  # peppers, maize; half the county
_H = "hidden."
# What is changed → the figures, or a share that a figure is multiplied by.
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "30 % fewer say yes": {f"{_H}willing": 0.7},
    "30 % more say yes": {f"{_H}willing": 1.3},
    "people want 10 % more pay": {f"{_H}pay_wanted": 1.1},
    "people want 10 % less pay": {f"{_H}pay_wanted": 0.9},
    "the way is twice the trouble": {"county.detour": 2.0},
    "all depends on what only she knows": {f"{_H}this_job_yuan": 2.0, f"{_H}employer_kind_yuan": 2.0},
    "texts answered twice as fast": {f"{_H}text_minutes": {"median": 0.5}},
    "texts answered twice as slowly": {f"{_H}text_minutes": {"median": 2.0}},
    "who would rather be rung reads as well as others": {f"{_H}text_read": {"rather_rung": 8 / 3}},
    "calls picked up half as often": {f"{_H}call_answered": 0.5, f"{_H}call_again_answered": 0.5},
    "twice as many come to the board": {f"{_H}board_a_day": 2.0},
    "half as many people in the library": {"workers.number": 0.5},
    "half as many openings": {"openings.a_day": 0.5},
    "twice as many openings": {"openings.a_day": 2.0},
}


def main(argv: Sequence[str] | None = None) -> int:
    options = _options(argv)
    began = time.perf_counter()
    seeds = range(options.seed, options.seed + options.seeds)
    jobs: list[tuple[Mapping[str, Any], int, int, float]] = [({}, seed, options.days, options.scale) for seed in seeds]
    rows = []
    with ProcessPoolExecutor(max(options.jobs, 1)) as pool:
        results = list(pool.map(_run, jobs))
        runs, spent = [run for run, _ in results], [seconds for _, seconds in results]
        lines = [
            f"{options.days} days, scale {options.scale:g}, seeds {', '.join(map(str, seeds))}; in brackets the least and the "
            "most of the seeds.",
            "",
            *report.table(runs),
            "",
            *report.verdicts(runs),
        ]
        print("\n".join(lines), flush=True)
        if options.sensitivity or options.commit:
            first = min(BUSY_DAYS, options.days)
            changed = [
                ({**changes, "year.first_day": BUSY_FROM}, options.seed, first, BUSY_SCALE * options.scale)
                for changes in CHANGES.values()
            ]
            rows = [
                "",
                f"One assumption changed at a time, {first} days from {BUSY_FROM:%-d %B}, half the land and people, seed {options.seed}:",
                "",
                *report.SENSITIVITY_HEAD,
                *(
                    report.sensitivity_row(name, run)
                    for name, (run, _) in zip(CHANGES, pool.map(_run, changed), strict=True)
                ),
            ]
            print("\n".join(rows))
    print(
        f"\n{max(spent):.0f} s of one core for {options.days} days of three policies; {time.perf_counter() - began:.0f} s in all."
    )
    if options.commit:
        _write([*lines, *rows])
        print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make market", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies workers, employers and openings")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--sensitivity", action="store_true", help="change one assumption at a time as well")
    parser.add_argument("--commit", action="store_true", help="write docs/market.md")
    options = parser.parse_args(argv)
    if options.days < 1 or options.seeds < 1 or options.scale <= 0:
        parser.error("--days and --seeds begin at 1, --scale above 0")
    return options


def _run(job: tuple[Mapping[str, Any], int, int, float]) -> tuple[Run, float]:
    changes, seed, days, scale = job
    began = time.process_time()
    run = run_all(changed(Parameters.load(), changes), seed, days, scale)
    return run, time.process_time() - began


def run_all(parameters: Parameters, seed: int, days: int, scale: float) -> Run:
    """Every policy in the same world among the same people."""
    county = world.build(parameters, seed, days, scale)
    people = People(county)
    run: Run = {}
    for name, make in POLICIES.items():
        market = Market(county, people, make)
        market.run()
        run[name] = measure(market)
    return run


def changed(parameters: Parameters, changes: Mapping[str, Any]) -> Parameters:
    """`parameters` with figures multiplied; a day replaces what was there."""
    values: dict[str, Any] = {}
    for name, by in changes.items():
        old = parameters[name]
        if isinstance(by, date):
            values[name] = by
        elif isinstance(by, dict):
            values[name] = {**old, **{key: old[key] * share for key, share in by.items()}}
        else:
            values[name] = old * by
    return parameters.but(values)


def _write(lines: Sequence[str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
