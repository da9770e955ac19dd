"""What the span model sees of each character: itself, its neighbours, known words and shapes of numbers. No Rasa import."""

from __future__ import annotations

from bot.components.lexicon import Lexicon
from bot.components.patterns import shapes

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤"
    "温庞樊殷喻文包庄冉庹蹇佘晏幸游蒲瞿鄢粟詹申舒柏翁牟阳骆凌代古官敖阮甘柳欧景苟鲜税宁左岳谯母青邬卿邝符鲁裴艾祝康施洪翟安颜倪常易乔伍齐章梅辛管路卫项耿霍葛庄盛丘关车桂全成单麻仇边宗"
)
PLACE_ENDS = frozenset("村镇乡县区市省州组社街路社区坝沟坪塘")
NUMERALS = frozenset("0123456789零〇一二两三四五六七八九十百千万半几廿")


def kind(character: str) -> str:
    if character in NUMERALS:
        return "9"
    if character.isspace():
        return "_"
    if character.isascii():
        return "a" if character.isalpha() else "."
    return "汉" if "\u4e00" <= character <= "\u9fff" else ","


def word_tags(text: str, lexicon: Lexicon) -> list[list[str]]:
    """Return for each character the tags of the known words it lies in: B, I, E of several, S of one."""
    tags: list[list[str]] = [[] for _ in text]
    for start, end, entity in lexicon.find(text):
        if end - start == 1:
            tags[start].append("S-" + entity)
            continue
        tags[start].append("B-" + entity)
        tags[end - 1].append("E-" + entity)
        for place in range(start + 1, end - 1):
            tags[place].append("I-" + entity)
    return tags


def character_features(text: str, lexicon: Lexicon | None) -> list[list[str]]:
    """Return the feature names of each character of `text`.

    `lexicon=None` hides known words: part of the training sentences are seen so, else the model would trust the
    dictionary alone and miss every word that is not in it.
    """
    size = len(text)
    padded = "\x02\x02\x02" + text.lower() + "\x03\x03\x03"
    kinds = [kind(c) if c not in "\x02\x03" else c for c in padded]
    words = word_tags(text, lexicon) if lexicon else [[] for _ in text]
    forms = shapes(text)
    columns: list[list[str]] = []
    for place in range(size):
        at = place + 3
        before2, before, here, after, after2 = padded[at - 2 : at + 3]
        features = [
            "c=" + here,
            "p=" + before,
            "n=" + after,
            "pp=" + before2,
            "nn=" + after2,
            "pc=" + before + here,
            "cn=" + here + after,
            "ppp=" + before2 + before,
            "nnn=" + after + after2,
            "pcn=" + before + here + after,
            "3p=" + padded[at - 3 : at],
            "3n=" + padded[at + 1 : at + 4],
            "k=" + "".join(kinds[at - 1 : at + 2]),
            "kk=" + "".join(kinds[at - 2 : at + 3]),
        ]
        if here in SURNAMES:
            features.append("sur")
            features.append("sur3p=" + padded[at - 2 : at])
        if here in PLACE_ENDS:
            features.append("end")
        for distance in (1, 2, 3):
            if padded[at + distance] in PLACE_ENDS:
                features.append(f"end+{distance}")
            if padded[at - distance] in SURNAMES:
                features.append(f"sur-{distance}")
        features += ["w=" + tag for tag in words[place]]
        features += ["s=" + tag for tag in forms[place]]
        if place:
            features += ["w-1=" + tag for tag in words[place - 1]] + ["s-1=" + tag for tag in forms[place - 1]]
        if place + 1 < size:
            features += ["w+1=" + tag for tag in words[place + 1]] + ["s+1=" + tag for tag in forms[place + 1]]
        columns.append(features)
    return columns


def bio_labels(size: int, spans: list[tuple[int, int, str]]) -> list[str]:
    """Return one label per character: B-entity, I-entity or O. Spans that overlap an earlier one are left out."""
    labels = ["O"] * size
    for start, end, entity in spans:
        if all(label == "O" for label in labels[start:end]):
            labels[start:end] = ["B-" + entity] + ["I-" + entity] * (end - start - 1)
    return labels


def spans_of(labels: list[str]) -> list[tuple[int, int, str]]:
    """Return (start, end, entity) of a label sequence; an I without its B opens a span."""
    spans: list[tuple[int, int, str]] = []
    start, entity = 0, ""
    for place, label in enumerate([*labels, "O"]):
        if entity and label != "I-" + entity:
            spans.append((start, place, entity))
            entity = ""
        if label != "O" and not entity:
            start, entity = place, label[2:]
    return spans
