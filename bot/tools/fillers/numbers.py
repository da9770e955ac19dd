"""Ages, head counts and ordinals in the many forms in which people write and say them."""

from __future__ import annotations

from random import Random

DIGITS = "零一二三四五六七八九"


def han(number: int) -> str:
    """Return `number` (0–99) in Chinese characters: 58 → 五十八."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return DIGITS[ones]
    head = "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones else "")


def age_number(rng: Random, low: int = 18, high: int = 74) -> str:
    age = rng.randint(low, high)
    roll = rng.random()
    if roll < 0.45:
        return str(age)
    if roll < 0.92:
        return han(age)
    return han(age)[:-1] + "有" + DIGITS[age % 10] if age > 20 and age % 10 else han(age)


def bare_age(rng: Random) -> str:
    return f"[{age_number(rng)}](age)"


def age(rng: Random) -> str:
    roll = rng.random()
    if roll < 0.25:
        return f"[{age_number(rng)}](age)"
    if roll < 0.72:
        return f"[{age_number(rng)}{rng.choice(('岁', '岁', '岁', '岁了', '了', '周岁', '岁的', '的人了'))}](age)"
    if roll < 0.90:
        year = rng.randint(50, 99)
        said = rng.choice((f"{year}", DIGITS[year // 10] + DIGITS[year % 10], f"19{year}"))
        return f"[{said}年{rng.choice(('的', '的', '的', '生的', '出生', '生', '出生的'))}](age)"
    return f"[{rng.choice(('满', '刚满', '今年', '快', ''))}{age_number(rng)}{rng.choice(('岁', ''))}](age)"


def headcount(rng: Random) -> str:
    number = rng.choice((1, 2, 2, 3, 3, 4, 5, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50))
    if rng.random() < 0.4:
        word = str(number)
    elif number == 2:
        word = rng.choice(("两", "两", "二"))
    else:
        word = han(number)
    return (
        f"[{word}{rng.choice(('个人', '个人', '个', '个', '个', '名', '人', '位', '个工人', '个劳动力'))}](headcount)"
    )


def headcount_short(rng: Random) -> str:
    """A count followed by the trade: 要[五个]小工."""
    number = rng.choice((1, 2, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30))
    word = str(number) if rng.random() < 0.4 else ("两" if number == 2 else han(number))
    return f"[{word}{rng.choice(('个', '个', '个', '个', '名', '名', '位'))}](headcount)"


def group(rng: Random) -> str:
    """The speaker's own group: 我们四个人."""
    number = rng.choice((2, 2, 3, 4, 5, 6, 7, 8, 10))
    word = str(number) if rng.random() < 0.3 else ("两" if number == 2 else han(number))
    if number == 2 and rng.random() < 0.3:
        return "[两口子](headcount)" if rng.random() < 0.3 else "[两个人](headcount)"
    return f"[{word}{rng.choice(('个人', '个人', '个', '个姐妹', '个老乡', '个人一路', '姊妹', '口人'))}](headcount)"


def ordinal(rng: Random) -> str:
    number = rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9))
    cn = DIGITS[number]
    return rng.choice(
        (
            f"[第{cn}个](ordinal)",
            f"[第{cn}个](ordinal)",
            f"[第{number}个](ordinal)",
            f"[第{cn}](ordinal)",
            f"[第{number}](ordinal)",
            f"[{number}号](ordinal)",
            f"[{cn}号](ordinal)",
            f"[第{cn}份](ordinal)",
            f"[第{cn}条](ordinal)",
            f"[第{cn}项](ordinal)",
            "[头一个](ordinal)",
            "[头个](ordinal)",
            "[最后一个](ordinal)",
            "[最后那个](ordinal)",
            "[末尾那个](ordinal)",
            "[第一个](ordinal)",
            "[倒数第一个](ordinal)",
            f"[第{cn}家](ordinal)",
            f"[第{number}条](ordinal)",
        )
    )


def ordinal_bare(rng: Random) -> str:
    number = rng.randint(1, 9)
    return rng.choice((f"[{number}](ordinal)", f"[{DIGITS[number]}](ordinal)", ordinal(rng)))


def digit(rng: Random) -> str:
    return f"[{rng.randint(1, 9)}](ordinal)"
