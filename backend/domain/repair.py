"""Homophone, near-sound and handwriting repair, only into words the line listens for (vocabulary §4.5).

Three kinds, in this order: the table of known slips (`slips.tsv`: 尼工 → 泥工, rj → 日结), number words a recogniser
writes as other characters (一白五 → 一百五), and near sound by pinyin without tones, with the confusions of the region
(n/l, zh/z, ch/c, sh/s, -n/-ng, f/h). Open text is never touched: a repair must land on a closed list, may not cross
or break an ordinary word, and leaves what follows 我叫 alone. The original stays with the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pypinyin import lazy_pinyin

from backend.domain import lexicon

_ORDINARY = Path(__file__).parent / "data" / "ordinary_words.txt"
MAX_CHARS = 500
_LONGEST = 6
_NUMERAL = "一二两三四五六七八九"


@dataclass(frozen=True, slots=True)
class Change:
    """`was` at place `at` of the text before repair became `now`."""

    was: str
    now: str
    at: int


@dataclass(frozen=True, slots=True)
class Repaired:
    text: str
    changes: tuple[Change, ...] = ()


# Number words by sound or shape, each with the neighbours without which the characters keep their own sense.
# What a recogniser writes for a figure in an age, where nothing else can stand: 五十儿岁, 巫十三岁, 五四三岁.
_AGE_SLIPS = {
    "一": "依衣医以已意易艺", "二": "儿而耳尔", "三": "山闪善扇衫删伞散", "四": "是事死思寺师室市式始", "五": "无武舞物勿乌巫屋雾午误务吴",
    "六": "流刘留陆路溜柳", "七": "期其起气奇齐器骑妻", "八": "把爸吧罢拔", "九": "久酒旧救就舅",
}  # fmt: skip
_NUMBER_SLIPS: list[tuple[re.Pattern[str], str, str]] = [
    (re.compile(r"(?<=[二三四五六七八九])(四)(?=[一二三五六七八九]岁)"), "十", "voice"),
    *(
        (re.compile(rf"(?<=[二三四五六七八九]十)([{heard}])(?=岁)"), meant, "voice")
        for meant, heard in _AGE_SLIPS.items()
    ),
    *(
        (re.compile(rf"(?:^|[\s,，我年是])([{heard}])(?=十[一二三四五六七八九]?岁)"), meant, "voice")
        for meant, heard in _AGE_SLIPS.items()
    ),
    # (what, becomes, "voice" or "both"); group 1 is replaced
    (
        re.compile(
            rf"(?<=[{_NUMERAL}])([白摆柏败掰])(?=[二两三四五六七八九零](?![色天])|[块元]|一(?:天|个|块|$)|多"
            rf"|$)"
        ),
        "百",
        "voice",
    ),
    (re.compile(rf"(?<=[{_NUMERAL}])([签迁铅钱])(?=[{_NUMERAL}](?!个|天)|[块元]|百)"), "千", "voice"),
    (re.compile(rf"(?<=[{_NUMERAL}])([干])(?=[{_NUMERAL}](?:百|$|[\s块元])|[块元])"), "千", "both"),
    (re.compile(rf"(?<=[二三四五六七八九])([时石实食])(?=[{_NUMERAL}]岁|岁|[{_NUMERAL}]?块)"), "十", "voice"),
    (re.compile(r"(?<=[百十千\d])(快)(?=钱|一天|一个|每天|/|$|[\s,，。]|包|日结)"), "块", "both"),
    (re.compile(rf"(?<=[一每])([今金筋巾])(?=[{_NUMERAL}]?[角毛块])"), "斤", "voice"),
    (re.compile(r"(?<=[角毛块]一)([今金筋巾])"), "斤", "voice"),
    (re.compile(rf"(?<=一)([母姆])(?=[{_NUMERAL}\d]?[百十\d])"), "亩", "voice"),
    (re.compile(rf"(?<=[一每])([填舔甜添])(?=[{_NUMERAL}\d])"), "天", "voice"),
    (re.compile(r"(?<=[百十\d]一)([填舔甜添])"), "天", "voice"),
    (re.compile(rf"(?<=[{_NUMERAL}十])([碎睡税随])(?=$|[\s了的])"), "岁", "voice"),
    (re.compile(rf"(?:^|[\s,，去接报做问])([弟递帝])(?=[{_NUMERAL}\d]个)"), "第", "both"),
]
_LETTER_DIGITS = re.compile(r"(?<![A-Za-z0-9])(?=[\dZzOolI]*\d|[Zz][0Oo]|[1-9][Oo])[1-9ZzlI][\dOo]{1,4}(?![A-Za-z0-9])")
_NAME = re.compile(
    r"(?:(?:我|他|她|名字|人|就|婆娘|老公|妈|老汉|爸|爹|娘|哥|弟|姐|妹|舅|叔|伯|嫂|孩子|儿子|女儿"
    r"|媳妇)?(?:名叫|叫做|叫)|姓名[是:： ]?|名字[是:： ]?|我是(?=[^\s]{1,2}[^\s的人]\s))\s?(?!我|你|他|人|个"
    r"|几|下|不|什|啥)([\u4e00-\u9fff]{2,4})"
)
_BEFORE_PLACE = re.compile(
    r"[\u4e00-\u9fff]{1,4}(?=村|社区|镇(?!静)|乡(?!下|登|村)|街道|[一二三四五六七八九十]组"
    r"|小学|医院)"
)
# "在" may be 摘 or 栽 misheard only where a kind of work must follow.
_AFTER_WORK = re.compile(r"的|活|$|工|没|不|[\s,，。]|有")
_FUNCTION = frozenset(
    "在再的是有我你他她它和就还都不没要想会去来到把给被让遭叫对跟同与从向往用为因这那哪谁什个们么几很太也又才刚每各某其则但若只"
)


def repair(text: str, channel: str = "sms", places: tuple[str, ...] = ()) -> Repaired:
    """Return `text` with words of the closed lists put right, and what was changed.

    `text` has been through `clean_text`; `places` are place names (of the served county, say) that may be restored
    by sound too, such as 新全社区 → 兴泉社区. Beyond 500 characters nothing is repaired.
    """
    if not text or len(text) > MAX_CHARS:
        return Repaired(text)
    changes: list[Change] = []
    kept = _kept_places(text)
    changes += _slips(text, channel, kept)
    changes += _numbers(text, channel)
    taken = kept + [(c.at, c.at + len(c.was)) for c in changes]
    changes += _by_sound(text, channel, taken, places)
    return _apply(text, changes)


def sound_key(word: str) -> str:
    """Return the sound of a Chinese word without tones and with the regional confusions folded: 泥工 = 犁工."""
    return " ".join(_char_key(char) for char in word)


def _apply(text: str, changes: list[Change]) -> Repaired:
    done: list[Change] = []
    parts: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda c: (c.at, -len(c.was))):
        if change.at < at:
            continue
        parts += [text[at : change.at], change.now]
        at = change.at + len(change.was)
        done.append(change)
    parts.append(text[at:])
    return Repaired("".join(parts), tuple(done))


def _kept_places(text: str) -> list[tuple[int, int]]:
    """Return places no repair may touch: what follows 我叫."""
    return [match.span(1) for match in _NAME.finditer(text)]


def _overlaps(start: int, end: int, ranges: list[tuple[int, int]]) -> bool:
    return any(start < b and a < end for a, b in ranges)


@cache
def _ordinary() -> frozenset[str]:
    lines = _ORDINARY.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_ordinary(word: str) -> bool:
    """Say whether `word`, of two to four characters, is one of the common words."""
    return word in _ordinary()


def _crosses(text: str, start: int, end: int) -> bool:
    """Say whether an ordinary word lies across an edge of text[start:end], or holds all of it and more."""
    words = _ordinary()
    for edge in (start, end):
        for first in range(max(0, edge - 3), edge):
            for last in range(edge + 1, min(len(text), first + 4) + 1):
                if text[first:last] in words and not (first >= start and last <= end):
                    return True
    return False


def _holds_ordinary(text: str, start: int, end: int) -> bool:
    words = _ordinary()
    return any(text[a:b] in words for a in range(start, end - 1) for b in range(a + 2, end + 1))


@cache
def _slip_matcher(entity: str) -> lexicon.Matcher:
    return lexicon.Matcher([e for e in lexicon.entries("slips") if e.entity == entity])


_INITIALS = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,3}(?![A-Za-z])")


def _slips(text: str, channel: str, kept: list[tuple[int, int]]) -> list[Change]:
    changes: list[Change] = []
    for entry in _slip_matcher("slip_whole").get(text.strip()):
        return [Change(text.strip(), entry.value, text.index(text.strip()))]
    hits = _slip_matcher("slip").find(text)
    if channel == "voice":
        hits += _slip_matcher("slip_voice").find(text)
    known = _known(text)
    for hit in sorted(hits, key=lambda h: -len(h.word)):
        if _overlaps(hit.start, hit.end, kept) or _crosses(text, hit.start, hit.end):
            continue
        if any(a <= hit.start and hit.end <= b and (a, b) != (hit.start, hit.end) for a, b in known):
            continue
        if not _overlaps(hit.start, hit.end, [(c.at, c.at + len(c.was)) for c in changes]):
            changes.append(Change(hit.word, hit.value, hit.start))
    for match in _INITIALS.finditer(text):
        for entry in _slip_matcher("initials").get(match.group()):
            changes.append(Change(match.group(), entry.value, match.start()))
    return changes


def _numbers(text: str, channel: str) -> list[Change]:
    changes = []
    for pattern, now, where in _NUMBER_SLIPS:
        if where == "both" or channel == "voice":
            changes += [Change(m.group(1), now, m.start(1)) for m in pattern.finditer(text)]
    for match in _LETTER_DIGITS.finditer(text):
        said = match.group()
        now = said.translate(str.maketrans("ZzOolI", "220011"))
        if now != said:
            changes.append(Change(said, now, match.start()))
    return changes


def _known(text: str) -> list[tuple[int, int]]:
    """Return where words of the closed lists already stand as they should."""
    hits = [hit for name in _LISTS for hit in lexicon.matcher(name).find(text)]
    return [(h.start, h.end) for h in hits + lexicon.find_jobs(text)]


_LISTS = (
    "job_types",
    "settlement",
    "benefits",
    "term",
    "services",
    "policy_topics",
    "hardship",
    "problems",
    "proximity",
    "day_parts",
)
# Lists whose words may be restored by sound. Words of place, time and complaint are too close to common speech.
_BY_SOUND = ("job_types", "settlement", "benefits", "services", "policy_topics")
_TRADE_ENDING = tuple("工匠员手嫂")
_ASKED_OF_THE_LINE = frozenset({"registration", "unemployment", "messages", "handoff", "command", "training"})


@cache
def _sound_index() -> dict[str, str]:
    index: dict[str, str] = {}
    for name in _BY_SOUND:
        for entry in lexicon.entries(name):
            word = entry.word
            if not 2 <= len(word) <= _LONGEST or not all("\u4e00" <= c <= "\u9fff" for c in word):
                continue
            # Two characters sound like much else: only trades, ways of being paid and what is asked of the line itself.
            if len(word) == 2 and not (
                word.endswith(_TRADE_ENDING)
                or (name == "settlement" and word.endswith("结"))
                or (name == "services" and entry.value in _ASKED_OF_THE_LINE)
            ):
                continue
            index.setdefault(sound_key(word), word)
    for verb, thing in _pattern_words():
        index.setdefault(sound_key(verb + thing), verb + thing)
    return index


def _pattern_words() -> list[tuple[str, str]]:
    pairs = []
    for entry in lexicon.entries("job_patterns"):
        verbs, things, *_ = entry.word.split("+")
        pairs += [(v, t) for v in verbs.split("|") for t in things.split("|") if 3 <= len(v + t) <= 4 and len(v) == 1]
    return pairs


@lru_cache(maxsize=64)
def _place_index(places: tuple[str, ...]) -> dict[str, str]:
    index: dict[str, str] = {}
    for place in places:
        if 3 <= len(place) <= _LONGEST:
            index.setdefault(sound_key(place), place)
    return index


def _by_sound(text: str, channel: str, taken: list[tuple[int, int]], places: tuple[str, ...]) -> list[Change]:
    place_index, index = _place_index(places), _sound_index()
    keys = [_char_key(char) for char in text]
    known = _known(text)
    before_place = [m.span() for m in _BEFORE_PLACE.finditer(text)]
    changes: list[Change] = []
    for length in range(min(_LONGEST, len(text)), 1, -1):
        for start in range(len(text) - length + 1):
            end = start + length
            sound = " ".join(keys[start:end])
            word = place_index.get(sound) or index.get(sound)
            if word is None or word == text[start:end] or "" in keys[start:end]:
                continue
            ranges = taken + [(c.at, c.at + len(c.was)) for c in changes]
            if _overlaps(start, end, ranges):
                continue
            if sound not in place_index and not _may_be(text, start, end, word, channel, known, before_place):
                continue
            if sound in place_index and not _may_be_place(text, start, end, word):
                continue
            changes.append(Change(text[start:end], word, start))
    return changes


def _may_be(
    text: str,
    start: int,
    end: int,
    word: str,
    channel: str,
    known: list[tuple[int, int]],
    before_place: list[tuple[int, int]],
) -> bool:
    was = text[start:end]
    if _overlaps(start, end, known) or _overlaps(start, end, before_place) or _crosses(text, start, end):
        return False
    if was in _ordinary() or _same(was, word) == 0:
        return False
    if was[0] != word[0] and was[0] in _FUNCTION:
        # 在李子的活路 (摘 misheard), but not 在李子树下.
        if channel != "voice" or was[0] != "在" or not _AFTER_WORK.match(text, end):
            return False
        return was[1:] == word[1:]
    return not _holds_ordinary(text, start, end) or (len(was) >= 3 and _same(was, word) >= len(was) - 1)


def _may_be_place(text: str, start: int, end: int, place: str) -> bool:
    was = text[start:end]
    if was[0] != place[0] and was[0] in _FUNCTION:
        return False  # 我是农村的 is no 石龙村
    if any(
        text[a:b] in _ordinary() and text[a:b] not in place for a in range(start, end - 1) for b in range(a + 2, end)
    ):
        return False
    if text[end - 2 : end] in _ordinary() and text[end - 2 : end] not in place:
        return False  # 新农村
    return _same(was, place) > 0


def _same(was: str, word: str) -> int:
    return sum(a == b for a, b in zip(was, word, strict=True))


@lru_cache(maxsize=8192)
def _char_key(char: str) -> str:
    if not "\u4e00" <= char <= "\u9fff":
        return ""
    sound = lazy_pinyin(char)[0]
    for wide, narrow in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if sound.startswith(wide):
            sound = narrow + sound[2:]
    if sound.startswith("l"):
        sound = "n" + sound[1:]
    if sound.startswith("hu"):
        # 湖/符, 回/肥, 欢/翻, 黄/房, 昏/分: h before u is f.
        sound = (
            "f"
            + {"hu": "u", "hui": "ei", "hua": "a", "huan": "an", "huang": "ang", "hun": "en", "huo": "o", "huai": "ai"}[
                sound
            ]
        )
    return re.sub(r"([ie])ng$", r"\1n", sound)
