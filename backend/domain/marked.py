"""Where values stand in what was said, and which stretches are hidden from a reader until revealed (L22, T12).

The one rule of hiding words: every page, list, search and file that shows what somebody said goes through `hidden`, with
the `Secrets` of the whole conversation, so that what is hidden in one place is not read in the next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, Protocol

from backend.domain import wages
from backend.domain.masking import mask_amount, mask_name, numbers_in

# What has to be revealed before one may say what words of this kind mean: the value would tell it.
FIELD_OF = {
    "person_name": "name",
    "phone_number": "phone",
    "pay": "amount",
    "money": "amount",
    "hardship": "hardship",
}


# An organisation is no person; hiding its name would only spoil the text.
_ORGANISATIONS = (
    "合作社", "公司", "果园", "农场", "茶厂", "工厂", "基地", "市场", "驿站", "超市", "酒店", "项目部", "村委会",
)  # fmt: skip
_NAMES_TOLD = ("name", "person_name", "worker_name")


class Turn(Protocol):
    """One stored message, as far as its words go (store.models.Message)."""

    direction: Any
    handled_by: Any
    body: Any
    normalized_text: Any
    intent: Any
    entities: Any
    corrected: Any
    keys: Any
    answer: Any

    @property
    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Secrets:
    """The words of one conversation that are hidden wherever they stand in it, understood there or not.

    `names` of people; `needs`: words that told of a hardship; `sums`: words that told an amount (hidden in what people said
    and wrote, not in what the line told of an opening).
    """

    names: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    sums: frozenset[str] = frozenset()

    def __or__(self, other: Secrets) -> Secrets:
        return Secrets(self.names | other.names, self.needs | other.needs, self.sums | other.sums)


def secrets_of(entities: Iterable[Mapping[str, Any]], answer: Any = None, people: Iterable[str | None] = ()) -> Secrets:
    """What has to be hidden of the values of a turn, of what the line told in its `answer`, and of people known by name."""
    names, needs, sums = [*people, *_told(answer)], [], []
    for entity in entities:
        kind, said, value = entity.get("entity"), entity.get("text"), entity.get("value")
        if kind == "person_name":
            names += [said, value]
        elif kind == "hardship":
            needs.append(said)
        elif kind in ("pay", "money"):
            sums.append(said)

    def words(found: Iterable[Any]) -> frozenset[str]:
        return frozenset(one for one in found if isinstance(one, str) and len(one) >= 2)

    return Secrets(
        frozenset(one for one in words(names) if not one.endswith(_ORGANISATIONS)), words(needs), words(sums)
    )


def _told(value: Any) -> list[str]:
    """The names in a structured answer; a station's is public."""
    if isinstance(value, list):
        return [name for item in value for name in _told(item)]
    if not isinstance(value, Mapping):
        return []
    found = [str(value[key]) for key in _NAMES_TOLD if isinstance(value.get(key), str)]
    if isinstance(value.get("names"), list):
        found += [name for name in value["names"] if isinstance(name, str)]
    return found + [name for key, item in value.items() if key != "station" for name in _told(item)]


@dataclass(frozen=True, slots=True)
class Hidden:
    """text[start:end] shows as `shown` until `field` is revealed."""

    start: int
    end: int
    shown: str
    field: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text as it is shown: text[start:end] reads `shown`. `notes`: indexes of the entities it belongs to."""

    start: int
    end: int
    shown: str
    hidden: str = ""  # the field that would show it
    notes: tuple[int, ...] = ()


def placed(text: str, entities: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The stored entities with `start` and `end` in `text`; -1 for one whose words do not stand there.

    Words that occur several times are taken in turn, each kind by itself: 一百五到两百, 一百五 marks two places.
    """
    taken: dict[str, list[tuple[int, int]]] = {}
    found = []
    for entity in entities:
        kind, said = str(entity.get("entity") or ""), str(entity.get("text") or "")
        start, end = entity.get("start"), entity.get("end")
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end and text[start:end] == said):
            start, end = _next(text, said, taken.get(kind, []))
        if start >= 0:
            taken.setdefault(kind, []).append((start, end))
        found.append({**entity, "start": start, "end": end})
    return found


def _next(text: str, said: str, taken: Sequence[tuple[int, int]]) -> tuple[int, int]:
    first = text.find(said) if said else -1
    at = first
    while at >= 0 and any(start < at + len(said) and at < end for start, end in taken):
        at = text.find(said, at + 1)
    at = at if at >= 0 else first  # two values of the same words: 吃住
    return (at, at + len(said)) if at >= 0 else (-1, -1)


def understood(turn: Turn) -> list[Mapping[str, Any]]:
    """The values of a turn as staff have put them right, else as the line understood them."""
    return list((turn.corrected or {}).get("entities", turn.entities or []))


def as_shown(turn: Turn) -> tuple[str, list[dict[str, Any]]]:
    """What a page shows of a turn, and the places of its values in that.

    The places are those of the words the engine read; what differs from them in spaces or width alone is shown as it was read.
    """
    body = turn.body or ""
    if turn.direction == "outbound" or turn.keys or not (turn.intent or turn.entities or turn.corrected):
        return body, []
    text = turn.normalized_text if turn.normalized_text is not None else turn.words
    found = placed(text, understood(turn))
    return (text, found) if same(body, text) else (body, carried_over(text, body, found))


def same(body: str, text: str) -> bool:
    """Whether two texts differ in spaces or in the width of their signs alone (，and ,)."""
    return _folded(body) == _folded(text)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def carried_over(text: str, body: str, entities: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The values of `text` at the words of `body` they were read from: 王秀英, heard as 王秀银, stands where 王秀银 does."""
    found = placed(body, [{**one, "start": None} for one in entities])
    blocks: Sequence[tuple[str, int, int, int, int]] = ()
    for at, one in enumerate(found):
        start, end = entities[at].get("start", -1), entities[at].get("end", -1)
        if one["start"] >= 0 or start < 0:
            continue
        blocks = blocks or SequenceMatcher(None, text, body, autojunk=False).get_opcodes()
        places = [
            (c + max(start - a, 0), c + min(end, b) - a) if tag == "equal" else (c, d)
            for tag, a, b, c, d in blocks
            if a < end and start < b
        ]
        if places and places[0][0] < places[-1][1]:
            found[at] = {**one, "start": places[0][0], "end": places[-1][1]}
    return found


def hides_amounts(turn: Turn) -> bool:
    """Whether money in the words of a turn is somebody's own. What the line tells of an opening's pay hangs on the wall."""
    return turn.direction != "outbound" or turn.handled_by == "staff" or _reads_back(turn.answer)


def _reads_back(answer: Any, inside: bool = False) -> bool:
    """Whether an answer repeats money the person said: among the facts of a question, not among those of an opening."""
    if isinstance(answer, list):
        return any(_reads_back(one, inside) for one in answer)
    if not isinstance(answer, Mapping):
        return False
    if inside and any(answer.get(key) is not None for key in ("pay", "money")):
        return True
    return any(_reads_back(one, inside or key in _FROM_THE_PERSON) for key, one in answer.items())


_FROM_THE_PERSON = frozenset({"facts", "noted", "said", "changed"})


def hidden(
    text: str,
    secrets: Secrets,
    shown: frozenset[str],
    entities: Sequence[Mapping[str, Any]] = (),
    *,
    amounts: bool,
) -> list[Hidden]:
    """What of `text` is not shown to who has revealed `shown`, left to right, none inside another."""
    found: list[Hidden] = []

    def add(start: int, end: int, shows: str, field: str) -> None:
        if start < end and field not in shown and not any(one.start < end and start < one.end for one in found):
            found.append(Hidden(start, end, shows, field))

    def everywhere(words: Iterable[str], field: str) -> None:
        for word in sorted({word for word in words if len(word) >= 2}, key=lambda one: (-len(one), one)):
            at = text.find(word)
            while at >= 0:
                add(at, at + len(word), _SHOWN[field](word), field)
                at = text.find(word, at + len(word))

    for entity in entities:
        field, start, end = FIELD_OF.get(str(entity.get("entity"))), entity.get("start", -1), entity.get("end", -1)
        if start >= 0 and field in ("name", "hardship"):
            add(start, end, _SHOWN[field](text[start:end]), field)
    everywhere(secrets.names, "name")
    everywhere(secrets.needs, "hardship")
    for start, end, shows in numbers_in(text):
        add(start, end, shows, "phone")
    if amounts and "amount" not in shown:
        for entity in entities:
            start, end = entity.get("start", -1), entity.get("end", -1)
            if start >= 0 and entity.get("entity") in ("pay", "money"):
                add(start, end, mask_amount(text[start:end]), "amount")
        for pay in wages.find(text):
            if pay.unit or pay.has_currency:
                add(pay.start, pay.end, mask_amount(text[pay.start : pay.end]), "amount")
        everywhere(secrets.sums, "amount")
    return sorted(found, key=lambda one: one.start)


_SHOWN = {"name": mask_name, "hardship": lambda _: "●●", "amount": mask_amount}


def masked(text: str, parts: Sequence[Hidden]) -> str:
    """`text` as it reads with `parts` (as `hidden` gives them) hidden."""
    words, at = [], 0
    for part in parts:
        words += [text[at : part.start], part.shown]
        at = part.end
    return "".join([*words, text[at:]])


def told(turn: Turn, secrets: Secrets, shown: frozenset[str]) -> str:
    """The words of one turn as who has revealed `shown` reads them."""
    text, entities = as_shown(turn)
    return masked(text, hidden(text, secrets, shown, entities, amounts=hides_amounts(turn)))


def pieces(text: str, hidden_parts: Sequence[Hidden], entities: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """`text` cut at every edge of what is hidden and of what is marked; a hidden stretch is one piece, never cut."""
    edges = {0, len(text)}
    for part in hidden_parts:
        edges |= {part.start, part.end}
    for entity in entities:
        if entity.get("start", -1) >= 0:
            edges |= {entity["start"], entity["end"]}
    inner = {edge for edge in edges if not any(part.start < edge < part.end for part in hidden_parts)}
    by_start = {part.start: part for part in hidden_parts}
    found = []
    for start, end in pairwise(sorted(inner)):
        notes = tuple(
            number
            for number, entity in enumerate(entities)
            if entity.get("start", -1) >= 0 and entity["start"] < end and start < entity["end"]
        )
        under = by_start.get(start)
        shown, field = (under.shown, under.field) if under else (text[start:end], "")
        found.append(Piece(start, end, shown, field, notes))
    return found
