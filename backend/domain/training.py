"""A reviewed turn as an example for the model: nobody's name or number in it, its values marked as bot/data/nlu marks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.domain import clean_text, employers, surnames
from backend.domain.phone import ID_PLACEHOLDER, PHONE_PLACEHOLDER

# Invented, of one surname in use and one or two characters; which one a name becomes depends on nothing of the person.
_GIVEN = {
    (1, "male"): ("强", "军", "勇", "刚", "平", "明"),
    (1, "female"): ("梅", "芬", "琼", "霞", "英", "莲"),
    (2, "male"): ("建国", "志强", "国华", "正明", "德贵", "大勇"),
    (2, "female"): ("秀英", "桂芳", "小梅", "春花", "玉珍", "素琴"),
}
_SURNAMES = ("杨", "田", "冉", "石", "谢", "庞", "罗", "任", "蒲", "向", "陶", "周")
_FIRMS = ("兴旺", "顺达", "永丰", "新城", "鸿运", "金山")
# Rasa's own signs; a text that holds them would mark what nobody marked.
_SIGNS = re.compile(r"[\[\]{}<>`\\|#\"\r\n\t]+")
# Whoever says this goes on with a name; 我是 does, too, if nothing else follows it.
_NAMES_ONESELF = re.compile(r"(?:我叫|名叫|叫做|名字叫|名字是|姓名是?)[ :：]*(?P<rest>[\u4e00-\u9fff]{2,})")
_IS_ONESELF = re.compile(r"(?:我|他|她)是(?P<rest>[\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff])")
# 早上 beside 早上七点, 管住 of 吃住: these may stand nowhere of their own.
_READ_WITH_OTHERS = ("day_part", "benefit")
LONGEST = 200  # characters: what is longer is a pasted notice, and teaches the model its length


def invented_name(name: str, sex: str, number: int) -> str:
    """A name of as many characters as `name`, another one; `number` chooses among them, `sex`: male | female."""
    length = max(2, len(name))
    known = _GIVEN[(1 if length == 2 else 2, "male" if sex == "male" else "female")]
    # A double surname has one character more; the longest names are written twice over.
    family = next(one for one in _rotated(_SURNAMES, number) if one not in name)
    unlike = (one for one in _rotated(known, number) if not set(one) & set(name))
    given = next(unlike, known[0])
    return (("欧阳" if length == 4 and name[:2] != "欧阳" else family) + given * length)[:length]


def invented_employer(name: str, number: int) -> str:
    """田老板 → 周老板; 宏达建筑公司 → 兴旺建筑公司: what kind of employer it is stays, whose name it bears does not."""
    if employers.is_owner(name) and surnames.is_surname(name[0]):
        other = next(one for one in _rotated(_SURNAMES, number) if one != name[0])
        office = re.search(r"老板(?:娘|儿)?$|经理$|总$|工头$|队长$|[场厂]长$|师傅$|主任$|会计$", name)
        return other + (office.group() if office else "老板")
    if employers.is_firm(name):
        other = next(one for one in _rotated(_FIRMS, number) if one not in name)
        return other + (name[2:] if len(name) > 4 else name[-2:])
    return invented_name(name, "male", number) if 2 <= len(name) <= 4 else next(iter(_rotated(_FIRMS, number)))


def _rotated(words: Sequence[str], number: int) -> list[str]:
    at = number % len(words)
    return [*words[at:], *words[:at]]


def example(
    text: str, entities: Iterable[Mapping[str, Any]], names: Iterable[str], number: int, sex: str = "female"
) -> str | None:
    """`text` (cleaned and repaired, as the turn was understood) as one line of a Rasa file: `我是[杨桂芳](person_name)`.

    `entities`: with `start` and `end` in `text`. `names`: everybody's who may be named in it. `number`: any that stays with the
    turn. None where there is nothing to learn, see `left_out`.
    """
    entities, names = list(entities), set(names)
    if left_out(text, entities, names):
        return None
    changes = _changes(text, clean_text.clean(text).secrets, entities, names, number, sex)
    return _written(text, changes, _marks(entities, changes))


def left_out(text: str, entities: Iterable[Mapping[str, Any]], names: Iterable[str] = ()) -> str | None:
    """Why a sentence is not learnt from: digits | long | command | unread (not the words as understood) | nowhere (a value
    that would be taught as not said) | name (one that nobody marked). None: it is."""
    entities, clean = list(entities), clean_text.clean(text)
    if not re.search(r"[^\W\d_]", text):
        return "digits"
    if len(text) > LONGEST:
        return "long"
    if clean.looks_like_command:
        return "command"
    if clean.text != text:
        return "unread"
    if any(one["start"] < 0 and one["entity"] not in _READ_WITH_OTHERS for one in entities):
        return "nowhere"
    known = [
        *_changes(text, clean.secrets, entities, set(names), 0, "female"),
        *((one["start"], one["end"]) for one in entities),
    ]
    return "name" if _names_somebody(text, known) else None


def _names_somebody(text: str, known: Iterable[Sequence[Any]]) -> bool:
    """Whether a name stands in `text` beside what is `known` (start, end, …): marked, or put another in its place."""
    places = [(each[0], each[1]) for each in known]
    return any(
        (surnames.begins_name(said["rest"]) if how is _NAMES_ONESELF else surnames.bare_name(said["rest"]) is not None)
        and not any(start <= said.start("rest") < end for start, end in places)
        for how in (_NAMES_ONESELF, _IS_ONESELF)
        for said in how.finditer(text)
    )


def _changes(
    text: str, secrets: Iterable[Any], entities: list[Mapping[str, Any]], names: set[str], number: int, sex: str
) -> list[tuple[int, int, str]]:
    """What is put in whose place: (start, end, words), left to right."""
    found: list[tuple[int, int, str]] = []

    def put(start: int, end: int, words: str) -> None:
        if not any(first < end and start < last for first, last, _ in found):
            found.append((start, end, words))

    for secret in secrets:
        put(secret.start, secret.end,
            PHONE_PLACEHOLDER if secret.kind == "phone" else ID_PLACEHOLDER)  # fmt: skip
    given: dict[str, str] = {}
    for entity in entities:
        start, end = entity["start"], entity["end"]
        said = text[start:end] if start >= 0 else ""
        if said and entity["entity"] == "person_name":
            names.add(said)
            given.setdefault(said, invented_name(said, sex, number + len(given)))
            put(start, end, given[said])
        elif said and entity["entity"] == "employer_name":
            put(start, end, invented_employer(said, number))
    for name in sorted((one for one in names if len(one) >= 2), key=lambda one: (-len(one), one)):
        given.setdefault(name, invented_name(name, sex, number + len(given)))
        at = text.find(name)
        while at >= 0:
            put(at, at + len(name), given[name])
            at = text.find(name, at + len(name))
    return sorted(found)


def _marks(entities: list[Mapping[str, Any]], changes: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Spans to mark, none inside another, the longer first where two meet."""
    spans = []
    for entity in entities:
        start, end = entity["start"], entity["end"]
        if start < 0:
            continue
        for first, last, _ in changes:
            if first < end and start < last:
                start, end = min(first, start), max(last, end)
        spans.append((start, end, str(entity["entity"])))
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda one: (one[0] - one[1], one[0])):
        if not any(first < span[1] and span[0] < last for first, last, _ in kept):
            kept.append(span)
    return sorted(kept)


def _written(text: str, changes: list[tuple[int, int, str]], marks: list[tuple[int, int, str]]) -> str:
    def plain(start: int, end: int) -> str:
        parts, at = [], start
        for first, last, words in changes:
            if start <= first and last <= end:
                parts += [text[at:first], words]
                at = last
        return _SIGNS.sub(" ", "".join([*parts, text[at:end]]))

    parts, at = [], 0
    for start, end, kind in marks:
        parts += [plain(at, start), f"[{plain(start, end).strip()}]({kind})"]
        at = end
    return re.sub(r" {2,}", " ", "".join([*parts, plain(at, len(text))])).strip().lstrip("-/ ")


def names_unmarked(line: str, name: str) -> bool:
    """Whether `name` stands in a line as it was said: an invented one stands marked as a name."""
    return name in re.sub(r"\[[^\]]*\]\(person_name\)", " ", line)


def file_of(examples: Iterable[tuple[str, str]]) -> str:
    """The file for (intent, line): Rasa's YAML, sorted, each line once; what is taught as two intents is in neither."""
    examples = list(examples)
    no = disputed(examples)
    by_intent: dict[str, set[str]] = {}
    for intent, line in examples:
        if bare(line) not in no:
            by_intent.setdefault(intent, set()).add(line)
    parts = [
        "# Reviewed by staff in the console; written anew after every correction.\n",
        'version: "3.1"\n',
        "\nnlu:\n",
    ]
    for intent in sorted(by_intent):
        parts.append(f"  - intent: {intent}\n    examples: |\n")
        parts += [f"      - {line}\n" for line in sorted(by_intent[intent])]
    return "".join(parts) if by_intent else "".join([*parts[:2], "\nnlu: []\n"])


def disputed(examples: Iterable[tuple[str, str]]) -> set[str]:
    """The sentences, without marks, that are taught as more than one intent."""
    meant: dict[str, set[str]] = {}
    for intent, line in examples:
        meant.setdefault(bare(line), set()).add(intent)
    return {sentence for sentence, intents in meant.items() if len(intents) > 1}


def bare(line: str) -> str:
    """The sentence of a line, without its marks."""
    return re.sub(r"\[([^\]]*)\]\([a-z_]+\)", r"\1", line)
