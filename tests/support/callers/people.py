"""Who calls and why: invented people, their goals, their habits. The population is the same for the same seed."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace

SEED = 20261122
TOWN = "中塘镇"
# The five villages of 中塘镇 with their official codes; people and everything about them are invented.
VILLAGES = {
    "中塘社区": "500114121001", "兴泉社区": "500114121002", "胜利村": "500114121202", "迎新村": "500114121203",
    "双石村": "500114121204",
}  # fmt: skip
FAMILIES = "冉谭田杨陈罗向龚李张庞何黄邓石"
GIVEN = "秀英 桂芳 玉珍 明华 国强 永芬 世兰 光荣 天珍 兴华 登秀 昌平 明素 太芬 应平 朝秀 大林 小兰 文秀 德芳".split()
NUMBERS = "+8610007{:06}"  # invented; no carrier issues 100 0xxx xxxx

FIND, REGISTER, VILLAGE, WITHDRAW = "find and take work", "register", "change village", "withdraw"
WAGES, PERSON, MARKET, LEAVE = (
    "report unpaid wages",
    "reach a person",
    "ask where the market is",
    "leave, nothing suits",
)
GOALS = (FIND, REGISTER, VILLAGE, WITHDRAW, WAGES, PERSON, MARKET, LEAVE)

KEYS, WORDS, SLOW, INTERRUPTS, WRONG = "fast keys", "talks", "long silences", "interrupts", "wrong keys"
DIALECT, DEAF, REDIALS, CHILD = "dialect, misheard", "hard of hearing", "hangs up, calls again", "child takes over"
ELDER, MUTE = "65 and over", "says nothing"
HABITS = (KEYS, WORDS, SLOW, INTERRUPTS, WRONG, DIALECT, DEAF, REDIALS, CHILD)

# How the person a call is put through to behaves: answers, does not answer, is not on duty.
ANSWERED, UNANSWERED, CLOSED = "answered", "not answered", "closed"
STAFF = (ANSWERED, UNANSWERED, CLOSED)


@dataclass(frozen=True)
class Wish:
    """Work somebody would take: how she calls it, the words by which she knows it again, and from what day pay (yuan).

    `codes`: the trades that are meant (vocabulary §4.1); empty: any that pays by the day.
    """

    words: str
    known_by: str
    codes: tuple[str, ...]
    floor: int


FRUIT = Wish("摘果子", "果|柑|橘|橙|柚|李|桃|梨|枣|猕猴|草莓|蓝莓", ("A04", "A05", "A09"), 100)
# The last is no farm work: whoever registers by key has no key for it.
WISHES = (
    FRUIT,
    Wish("挖洋芋", "洋芋|土豆", ("A14",), 100),
    Wish("薅草", "草", ("A19",), 100),
    Wish("移栽油菜", "油菜苗|移栽|栽菜|栽苗|种菜", ("A10",), 100),
    Wish("砍青菜头", "菜头|榨菜", ("A29",), 100),
    Wish("打杂", "打杂|杂工|清场", ("S24",), 100),
)
ANYTHING = Wish("活", ".", (), 100)
# Nobody here pays that.
TOO_MUCH = replace(FRUIT, floor=600)


@dataclass(frozen=True)
class Caller:
    """One caller, all of it invented. `registered`: she is in the worker library; `by`: who she is to the one who speaks."""

    index: int
    habit: str
    goal: str
    staff: str
    registered: bool
    name: str
    age: int
    village: str
    wish: Wish
    number: str
    seed: int

    @property
    def village_code(self) -> str:
        return VILLAGES[self.village]

    @property
    def needs_record(self) -> bool:
        return self.registered or self.goal in (VILLAGE, WITHDRAW) or self.habit == ELDER


def population(seed: int = SEED) -> list[Caller]:
    """246 callers: every habit with every goal three times, the elders, the silent, and six registered who use keys alone."""
    made: list[Caller] = []

    def add(habit: str, goal: str, variant: int, wish: Wish | None = None) -> None:
        made.append(_caller(seed, len(made), habit, goal, variant, wish))

    for variant, (habit, goal) in itertools.product(range(len(STAFF)), itertools.product(HABITS, GOALS)):
        add(habit, goal, variant)
    for variant, goal in itertools.product(range(len(STAFF)), (PERSON, FIND, WITHDRAW, WAGES)):
        add(ELDER, goal, variant)
    for number in range(12):
        add(MUTE, PERSON, number % len(STAFF))
    for wish in WISHES:
        add(KEYS, FIND, 0, wish)
    return made


def sample() -> list[Caller]:
    """40 of them: every habit four times, every goal at least four times, staff in each of their three ways."""
    everybody = population()
    chosen = []
    for row, habit in enumerate(HABITS):
        for step in range(4):
            goal, staff = GOALS[(row + 2 * step + step // 2) % len(GOALS)], STAFF[(row + step) % len(STAFF)]
            chosen.append(next(c for c in everybody if (c.habit, c.goal, c.staff) == (habit, goal, staff)))
    for habit in (ELDER, MUTE):
        chosen += [c for c in everybody if c.habit == habit][:2]
    return chosen


def _caller(seed: int, index: int, habit: str, goal: str, variant: int, only: Wish | None = None) -> Caller:
    rng = random.Random(seed * 1000 + index)
    registered = variant != 1 and goal in (FIND, LEAVE)
    wish = WISHES[index % len(WISHES)] if goal != REGISTER else rng.choice(WISHES[:-1])
    if only is not None:
        wish = only
    elif goal == LEAVE:
        wish = TOO_MUCH
    elif goal == FIND and not registered and habit in (KEYS, INTERRUPTS, WRONG):
        wish = ANYTHING  # by keys alone a stranger cannot say what kind
    return Caller(
        index=index, habit=habit, goal=goal, staff=STAFF[variant], registered=registered,
        name=rng.choice(FAMILIES) + rng.choice(GIVEN), age=rng.randint(66, 74) if habit == ELDER else rng.randint(42, 63),
        village=rng.choice(list(VILLAGES)), wish=wish, number=NUMBERS.format(index), seed=seed + index,
    )  # fmt: skip
