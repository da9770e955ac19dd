"""What a speech recogniser makes of dialect: every fourth to seventh character another one that sounds nearly the same.

The confusions are those of the vocabulary (§4.5): the slips it lists, then near sound without tones (n/l, f/h before u,
zh/z ch/c sh/s, -n/-ng), four/ten, one/seven, six/nine, two/儿. Characters come from the 3,755 common ones of GB 2312.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache

from pypinyin import lazy_pinyin

# Meant first, then what is heard for it.
_SLIPS = """
泥工 尼工 你工 泥公|木工 母工 目工 木公|小工 小公 晓工 笑工|钢筋 钢金 刚筋 钢斤|焊工 汉工 旱工|杂工 砸工 咋工 杂公
砌砖 切砖 起砖 彻砖|抹灰 抹会 末灰|水电 水店 水垫|保洁 保结 包洁 宝洁|搬运 搬云 班运 般运|装卸 装些 庄卸|采茶 踩茶 彩茶
摘辣椒 摘教|海椒 还椒|打谷子 大谷子 打骨子|掰包谷 掰苞古 班包谷|挖洋芋 挖羊芋 挖阳玉|栽秧 载秧 在秧|点工 店工 典工
日结 日接 日洁 日节 日皆|月结 月接 约结|包吃住 报吃住 包持住|面议 面一 面异|赶场 赶厂 干场 赶长|黔江 前江 潜江 钱江
中塘 中堂 中糖 钟塘|威宁 微宁 威林|毕节 比节 必接|低保 底保 抵保|欠薪 欠心 签新 欠新|押金 压金 鸭金|工伤 公伤 功伤
拖工钱 托工钱 脱工钱|黑中介 黑中界 黑种介|零工 零公 灵工 临工|驿站 驿战 义站 一站
"""
SLIPS = {
    meant: tuple(heard) for entry in _SLIPS.replace("\n", "|").split("|") if entry for meant, *heard in [entry.split()]
}
NUMBERS = dict(zip("四十一七六九二儿", "十四七一九六儿二", strict=True))
_COMMON = bytes(
    byte
    for high in range(0xB0, 0xD8)
    for low in range(0xA1, 0xFF)
    if (high, low) < (0xD7, 0xFA)
    for byte in (high, low)
).decode("gb2312")


def sound(words: str) -> str:
    """How words sound to somebody from here: no tones, and what the region does not tell apart as one."""
    return " ".join(_as_here(syllable) for syllable in lazy_pinyin(words))


def _as_here(syllable: str) -> str:
    for spoken, plain in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l")):
        if syllable.startswith(spoken):
            syllable = plain + syllable[len(spoken) :]
            break
    if syllable.startswith("fu") or syllable.startswith("hu"):
        syllable = "hu" + syllable[2:]
    if syllable.endswith(("ing", "eng")):
        syllable = syllable[:-1]
    return syllable


@cache
def _sounding_like() -> dict[str, str]:
    """Sound → the common characters that have it."""
    found: dict[str, str] = defaultdict(str)
    for character in _COMMON:
        found[sound(character)] += character
    return dict(found)


class Recogniser:
    """Hears `words` as the carrier's recogniser does; always the same for the same `rng`. `every` None: without mistakes."""

    def __init__(self, rng: random.Random, every: tuple[int, int] | None) -> None:
        self._rng, self._every = rng, every
        self._next = rng.randint(0, every[1] - 1) if every else -1

    def hears(self, words: str) -> tuple[str, float]:
        """Return what is heard, and the confidence (0–1) the recogniser has in it."""
        if self._every is None:
            return words, round(self._rng.uniform(0.8, 0.97), 2)
        heard, wrong, place = words, 0, self._next
        while place < len(words):
            heard = self._misheard(heard, place)
            wrong += 1
            place += self._rng.randint(*self._every)
        # The count goes on over short answers: of five one-word answers one is misheard.
        self._next = place - len(words)
        sure = self._rng.uniform(0.35, 0.6) if wrong and heard != words else self._rng.uniform(0.65, 0.92)
        return heard, round(sure, 2)

    def _misheard(self, words: str, place: int) -> str:
        for meant, heard in SLIPS.items():
            start = words.find(meant)
            if 0 <= start <= place < start + len(meant):
                same_length = [word for word in heard if len(word) == len(meant)]
                if same_length and self._rng.random() < 0.6:
                    return words[:start] + self._rng.choice(same_length) + words[start + len(meant) :]
        character = words[place]
        if character in NUMBERS:
            return words[:place] + NUMBERS[character] + words[place + 1 :]
        alike = [other for other in _sounding_like().get(sound(character), "") if other != character]
        return words[:place] + self._rng.choice(alike) + words[place + 1 :] if alike else words
