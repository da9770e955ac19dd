"""What comes with the work: meals, lodging, transport, insurance, and what expressly does not (vocabulary §4.6).

A question names its value (contract, convention 2): 管饭不, 管不管饭, 有没得饭吃 are `meals`.
"""

from __future__ import annotations

import re

from backend.domain import lexicon
from backend.domain.lexicon import Hit

_GIVE = r"(?:包|管|供应|提供|供|兼)"
_NO = r"(?:没得|没有|莫得|冇得|不得|没|不)"
_MEAL = r"(?:[一两三二]\s?[顿餐])?(?:早中晚|早|中午|中|午|晚|夜)?(?:[一两三二]?[顿餐])?(?:吃饭|吃|饭|餐|伙食|膳食|膳)"
_BED = r"(?:住宿|住处|住的|住|宿舍|宿|歇)"
_BOTH = r"(?:吃\s?住|食\s?宿|住\s?吃|吃和住|吃跟住|吃喝住宿|吃住行)"

# In this order: what an earlier rule takes, a later one does not see.
_RULES: list[tuple[re.Pattern[str], tuple[str, ...]]] = [
    (re.compile(rf"有{_NO}(?:得|有)?(?:地方)?(?:吃住|食宿)|{_GIVE}不{_GIVE}{_BOTH}"), ("meals", "lodging")),
    (re.compile(rf"有(?:没得|没有|莫得|冇得)(?:个)?(?:饭吃|饭|伙食|吃的|工作餐|中饭|午饭|饭管)"
                rf"|{_GIVE}不{_GIVE}{_MEAL}"), ("meals",)),
    (re.compile(rf"有(?:没得|没有|莫得|冇得)(?:个)?(?:地方住|地方睡|地方歇|住的(?:地方)?|住处|宿舍|住宿|睡的地方"
                rf"|房子住|床)|{_GIVE}不{_GIVE}{_BED}"), ("lodging",)),
    (re.compile(rf"有(?:没得|没有|莫得|冇得)(?:人来|人|个)?(?:车接|车子接|接送|班车|车费|车坐|车来接|路费|车)"
                rf"|{_GIVE}不{_GIVE}(?:接送|车费|路费|来回)|接不接送?"), ("transport",)),
    (re.compile(r"有(?:没得|没有|莫得|冇得)(?:给)?(?:买)?(?:保险|意外险|社保|五险|工伤险)|[买上交](?:不"
                r"|没)[买上交](?:意外|工伤)?(?:保险|社保|意外险|五险)"), ("insurance",)),
    (re.compile(rf"{_NO}{_GIVE}{_BOTH}|{_BOTH}\s?(?:都|全部)?(?:自理|自己|各人|不包|不管)|{_NO}{_GIVE}吃\s?(?:也"
                rf"|又|,|，|、)?\s?不{_GIVE}住"), ("no_meals", "no_lodging")),
    (re.compile(rf"{_GIVE}{_BOTH}|{_BOTH}\s?(?:都|全|全部|老板|一起)*(?:包|管|有|免费|提供|解决)"
                rf"|{_GIVE}吃(?:饭)?\s?(?:又|还|也|和|跟|、|,|，)*\s?{_GIVE}?住(?:宿)?|有吃\s?(?:又|还"
                rf"|也)?有住(?:的)?|管饭\s?(?:又|还|也)?{_GIVE}住|{_BOTH}(?=全包|都包|咋个"
                rf"|怎么)"), ("meals", "lodging")),
    (re.compile(rf"(?<![包管供]){_NO}{_GIVE}{_MEAL}"), ("no_meals",)),
    (re.compile(rf"(?<![包管供]){_NO}{_GIVE}{_BED}"), ("no_lodging",)),
    (re.compile(rf"(?<![有买上交包管]){_NO}(?:包|管|有|给|买|上|交|报)?(?:来回)?(?:接送|车接|车费|路费|油钱"
                rf"|(?:意外|工伤)?保险|社保|意外险|五险|工伤险)(?!没)"), ()),
    (re.compile(rf"{_GIVE}{_MEAL}|饭(?:也|都)?(?:是)?老板(?:包|管)|免费吃饭"), ("meals",)),
    (re.compile(rf"{_GIVE}{_BED}"), ("lodging",)),
    (re.compile(r"(?:自己|自家|各人|自)(?:带|备|煮|弄|解决)(?:的)?(?:午|中|晚|早|中午)?(?:饭|吃的|干粮|餐|碗筷"
                r"|饭盒)"), ("no_meals",)),
]  # fmt: skip


def find(text: str) -> list[Hit]:
    """Return the benefits named in `text`; 包吃住 gives two hits at one place."""
    free = list(text)
    hits: list[Hit] = []
    for pattern, values in _RULES:
        rest = "".join(free)
        for match in pattern.finditer(rest):
            hits += [Hit(match.start(), match.end(), match.group(), "benefit", value) for value in values]
            free[match.start() : match.end()] = "\0" * (match.end() - match.start())
    hits += lexicon.matcher("benefits").find("".join(free))
    return sorted(hits, key=lambda hit: hit.start)
