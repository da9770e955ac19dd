"""The closed word lists of the line: word → (entity, value), read once from `bot/dictionaries/*.tsv`.

The same files feed Rasa's lookup component, so that a word added by staff is both heard and valued. Every line is
`word<TAB>entity<TAB>value<TAB>source`. In `job_patterns.tsv` the word is `verbs+objects+nouns`, each a list with
"|": 摘|采+李子|桃子+采摘 stands for 摘李子, 采点桃子, 桃子采摘.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

DICTIONARIES = Path(__file__).resolve().parents[2] / "bot" / "dictionaries"
JOB_TYPES_CSV = Path(__file__).parent / "data" / "job_types.csv"

# A little word that may stand between verb and object: 摘点李子, 扎那个钢筋, 薅一下草.
_BETWEEN = r"(?:点|些|下|哈|一下|一哈|一点|点点|个|那个|这个|了|过|老板的|人家的|村里的|他们的|大|小|旧|老|烂|青|红|新|干|生|别个的|别人的|工地的|几天|(?:[一二两三四五六七八九十几\d]{1,3}|半)(?:车|吨|包|袋|件|亩|挑|捆|方|棵|筐|箱|斤|块|批|堆|层|间))?"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a dictionary."""

    word: str
    entity: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A dictionary word at text[start:end]."""

    start: int
    end: int
    word: str
    entity: str
    value: str


class Matcher:
    """Finds the words of some entries in a text, the longest at each place."""

    def __init__(self, entries: list[Entry]) -> None:
        self._by_word: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_word.setdefault(entry.word, []).append(entry)
        self._first: dict[str, list[int]] = {}
        for word in self._by_word:
            lengths = self._first.setdefault(word[0], [])
            if len(word) not in lengths:
                lengths.append(len(word))
        for lengths in self._first.values():
            lengths.sort(reverse=True)

    def find(self, text: str) -> list[Hit]:
        """Return the words in `text`, left to right, longest first, never overlapping."""
        hits: list[Hit] = []
        at = 0
        while at < len(text):
            for length in self._first.get(text[at], ()):
                word = text[at : at + length]
                if word in self._by_word:  # shorter than `length` where the text ends
                    hits += [Hit(at, at + len(word), word, e.entity, e.value) for e in self._by_word[word]]
                    at += len(word)
                    break
            else:
                at += 1
        return hits

    def get(self, word: str) -> list[Entry]:
        return self._by_word.get(word, [])


class _Pattern:
    def __init__(self, entry: Entry) -> None:
        verbs, objects, *nouns = entry.word.split("+")
        self.value = entry.value
        thing = f"(?:{_longest_first(objects)})"
        parts = [f"(?:{_longest_first(verbs)}){_BETWEEN}{thing}"]
        if nouns:
            parts.append(f"{thing}(?:的)?(?:{_longest_first(nouns[0])})")
        self.regex = re.compile("|".join(parts))
        # Said the other way round: 李子要人摘, 花椒熟了找人打.
        self.turned = re.compile(
            f"{thing}[^\\s,，。]{{0,5}}(?:要|找|请|有|差|喊"
            f"|哪个)?[^\\s,，。]{{0,2}}人[^\\s,，。]{{0,2}}(?:{_longest_first(verbs)})"
        )


def _longest_first(words: str) -> str:
    return "|".join(re.escape(w) for w in sorted(words.split("|"), key=len, reverse=True))


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """Return the lines of `bot/dictionaries/<name>.tsv`."""
    with open(DICTIONARIES / f"{name}.tsv", encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Entry(r["word"], r["entity"], r["value"], r["source"]) for r in rows)


@cache
def matcher(name: str) -> Matcher:
    """Return the matcher of one dictionary: `matcher("settlement").find(text)`."""
    return Matcher(list(entries(name)))


@cache
def _patterns() -> tuple[_Pattern, ...]:
    return tuple(_Pattern(entry) for entry in entries("job_patterns"))


@cache
def _job_names() -> dict[str, tuple[str, str]]:
    with open(JOB_TYPES_CSV, encoding="utf-8", newline="") as lines:
        return {row["code"]: (row["name"], row["english"]) for row in csv.DictReader(lines)}


def job_codes() -> list[str]:
    """Return the 101 job type codes in the order of the table."""
    return list(_job_names())


def job_name(code: str, lang: str = "zh") -> str:
    """Return the name of a job type for people: A19 → 除草工 ("weeding" with lang "en"); unknown codes as they are."""
    names = _job_names().get(code)
    return (names[1] if lang == "en" else names[0]) if names else code


def find_jobs(text: str) -> list[Hit]:
    """Return the kinds of work named in `text`: dictionary words and verb + object patterns, the longest win."""
    return _in_context(text, all_jobs(text))


def all_jobs(text: str) -> list[Hit]:
    """Return what `find_jobs` does and the sites and works that only say where."""
    hits = list(matcher("job_types").find(text))
    for pattern in _patterns():
        for regex in (pattern.regex, pattern.turned):
            hits += [Hit(m.start(), m.end(), m.group(), "job_type", pattern.value) for m in regex.finditer(text)]
    # At one place the longest wording is the most exact one (保洁公益岗 over 保洁); words beat patterns of equal length.
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (-(h.end - h.start), h.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
            chosen.append(hit)
    return sorted(chosen, key=lambda hit: hit.start)


# Where the work is, unless it is all that is said: 火锅店招洗碗工, 仓库招叉车司机.
_SITE = re.compile(r"(?:厂|店|院|场|园|棚|馆|库|库房|车间|大棚|厂头|工厂|煤矿|矿山|进厂)$")
_HIRES = re.compile(
    r"(?:里头|里面|里|头|那边|这边|的|急|诚|长期|大量)*(?:招聘|招|请|要|缺|差|需要|需|聘|找|做|当)?[^,，。;；或和跟、\s]{0,6}"
)
# 人行便道硬化,打混凝土的师傅6个: the first says what is built.
_WORKS = re.compile(r"(?:硬化|维护|维修|改造|养护|绿化|安装)$")
_WORKS_END = re.compile(r"(?:工程|项目|施工|上)?[,，。;；:：\s]")
_SEWING = re.compile(r"服装|衣服|衣裳|缝纫|制衣|针车|平车|裤子|校服|鞋面|布料")


def _in_context(text: str, hits: list[Hit]) -> list[Hit]:
    """Return `hits` without sites and works that only say where, and with words of two trades told apart."""
    kept: list[Hit] = []
    for at, hit in enumerate(hits):
        after = hits[at + 1] if at + 1 < len(hits) else None
        if after is not None and after.value != hit.value:
            if _SITE.search(hit.word) and _HIRES.fullmatch(text[hit.end : after.start]):
                continue
            if _WORKS.search(hit.word) and _WORKS_END.match(text, hit.end):
                continue
        if hit.word == "车工" and _SEWING.search(text):
            hit = replace(hit, value="F03")
        kept.append(hit)
    return kept


def search_job_codes(text: str) -> list[str]:
    """Return the job type codes named in `text`, in order, each once."""
    return list(dict.fromkeys(hit.value for hit in find_jobs(text)))


@cache
def _objects() -> dict[str, str]:
    # The first pattern that names a thing says what is most often done with it: 李子 is picked before it is sorted.
    found: dict[str, str] = {}
    for entry in entries("job_patterns"):
        for thing in entry.word.split("+")[1].split("|"):
            if len(thing) >= 2:
                found.setdefault(thing, entry.value)
    return found


def job_by_object(said: str) -> str | None:
    """Return the code of the usual work with the thing named in `said`, the longest thing first: 脐橙 → A04."""
    things = [thing for thing in _objects() if thing in said]
    return _objects()[max(things, key=len)] if things else None
