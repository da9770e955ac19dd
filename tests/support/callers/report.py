"""The figures of a population, by habit and by goal, as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.callers.calling import Story
from tests.support.callers.people import FIND, KEYS, Caller
from tests.support.callers.service import Verdict

TASK_SUCCESS, WORST_GROUP, WRONG_FIELDS = 0.98, 0.95, 0.01
MOST_KEYS, MOST_SECONDS = 4, 90


@dataclass
class Result:
    caller: Caller
    story: Story
    verdict: Verdict
    keys: int
    deeds: int
    slow: int

    @property
    def success(self) -> bool:
        return self.verdict.reached and not self.story.dead_end


@dataclass(frozen=True)
class Figures:
    """Of one group: shares from 0 to 1, medians, and counts."""

    count: int
    success: float
    wrong: int
    stored: int
    keys: float
    deeds: float
    seconds: float
    longest: float
    person: int
    dead_ends: int
    slow: int


def figures(results: list[Result]) -> Figures:
    return Figures(
        count=len(results),
        success=sum(r.success for r in results) / len(results),
        wrong=sum(len(r.verdict.wrong) for r in results),
        stored=sum(r.verdict.stored for r in results),
        keys=statistics.median(r.keys for r in results),
        deeds=statistics.median(r.deeds for r in results),
        seconds=statistics.median(r.story.seconds for r in results),
        longest=max(r.story.seconds for r in results),
        person=sum(r.verdict.by_a_person for r in results),
        dead_ends=sum(bool(r.story.dead_end) for r in results),
        slow=sum(r.slow for r in results),
    )


HEADER = (
    "| group | callers | task success | wrong of stored fields | keys | turns | seconds | longest | a person | dead ends | > 5 s |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def table(results: list[Result]) -> list[str]:
    """All, then by habit, then by goal; keys, turns and seconds are medians."""
    lines = [HEADER, _line("**all**", figures(results))]
    for by in (lambda r: r.caller.habit, lambda r: r.caller.goal):
        lines += [_line(name, figures(group)) for name, group in _groups(results, by).items()]
    return lines


def _line(name: str, f: Figures) -> str:
    return (
        f"| {name} | {f.count} | {f.success:.1%} | {f.wrong} of {f.stored} | {f.keys:g} | {f.deeds:g} | {f.seconds:.0f} "
        f"| {f.longest:.0f} | {f.person} | {f.dead_ends} | {f.slow} |"
    )


def _groups(results: list[Result], by: Callable[[Result], str]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(by(result), []).append(result)
    return groups


def worst(results: list[Result]) -> tuple[str, float]:
    """The habit with the fewest successes."""
    shares = {habit: figures(group).success for habit, group in _groups(results, lambda r: r.caller.habit).items()}
    name = min(shares, key=lambda habit: shares[habit])
    return name, shares[name]


def _by_keys_alone(results: list[Result]) -> list[Result]:
    return [r for r in results if (r.caller.habit, r.caller.goal) == (KEYS, FIND) and r.caller.registered and r.success]


def quickest_job(results: list[Result]) -> str:
    """A registered caller who uses keys takes suitable work: the most keys and the most seconds anybody needed."""
    those = _by_keys_alone(results)
    if not those:
        return "no registered caller took work by keys alone."
    return (
        f"a registered caller took work by keys in at most {max(r.keys for r in those)} keys and "
        f"{max(r.story.seconds for r in those):.0f} s of speech (n={len(those)}; to hold: {MOST_KEYS} and {MOST_SECONDS})."
    )


def missed(results: list[Result]) -> list[str]:
    """What is below the targets of the whole population, in words."""
    everybody = figures(results)
    name, share = worst(results)
    found = []
    if everybody.success < TASK_SUCCESS:
        found.append(f"task success {everybody.success:.1%}, wanted {TASK_SUCCESS:.0%}")
    if share < WORST_GROUP:
        found.append(f"task success of “{name}” {share:.1%}, wanted {WORST_GROUP:.0%}")
    if everybody.stored and everybody.wrong / everybody.stored > WRONG_FIELDS:
        found.append(f"wrong fields {everybody.wrong} of {everybody.stored}, wanted at most {WRONG_FIELDS:.0%}")
    if any(r.keys > MOST_KEYS or r.story.seconds > MOST_SECONDS for r in _by_keys_alone(results)):
        found.append("a registered caller needed more keys or speech to take work than wanted")
    if everybody.slow:
        found.append(f"{everybody.slow} webhooks slower than 5 s")
    if everybody.dead_ends:
        found.append(f"{everybody.dead_ends} dead ends")
    return found


def transcript(result: Result) -> str:
    """One call as it went, with what is wrong about it."""
    caller, verdict = result.caller, result.verdict
    head = (
        f"#{caller.index} {caller.habit} · {caller.goal} · staff {caller.staff}"
        f"{' · registered' if caller.needs_record else ''} · {caller.name} {caller.age} {caller.village} {caller.wish.words}"
    )
    state = f"reached={verdict.reached} wrong={verdict.wrong} dead_end={result.story.dead_end!r} person={verdict.by_a_person}"
    return "\n".join([head, state, *("  " + line for line in result.story.transcript)])
