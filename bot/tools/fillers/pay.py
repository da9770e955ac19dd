"""Pay and money in the many forms in which people write and say them."""

from __future__ import annotations

from random import Random

from bot.tools.fillers.numbers import DIGITS, han

DAY_PAY = (
    80,
    90,
    100,
    110,
    120,
    130,
    140,
    150,
    160,
    180,
    200,
    220,
    230,
    240,
    250,
    260,
    280,
    300,
    320,
    350,
    400,
    450,
    500,
)
MONTH_PAY = (
    1800,
    2000,
    2200,
    2500,
    2600,
    2800,
    3000,
    3200,
    3500,
    3600,
    3800,
    4000,
    4200,
    4500,
    4800,
    5000,
    5500,
    6000,
    6500,
    7000,
    8000,
)
HOUR_PAY = (10, 12, 13, 14, 15, 16, 18, 20, 22, 25, 30)


def money_word(rng: Random, amount: int) -> str:
    """Return an amount as said: 250 → 两百五, 250, 二百五十, 2百5 …"""
    if rng.random() < 0.4:
        return str(amount)
    if amount < 100:
        return han(amount)
    if amount < 1000:
        hundreds, rest = divmod(amount, 100)
        lead = "两" if hundreds == 2 and rng.random() < 0.8 else DIGITS[hundreds]
        if rest == 0:
            return lead + "百" if rng.random() < 0.9 else f"{hundreds}百"
        if rest % 10 == 0:
            tens = DIGITS[rest // 10]
            short = (f"{hundreds}百{rest // 10}", lead + "百" + tens, lead + "百" + tens, lead + "百" + tens + "十")
            return rng.choice(short)
        return lead + "百" + han(rest)
    thousands, rest = divmod(amount, 1000)
    lead = "两" if thousands == 2 else (DIGITS[thousands] if thousands < 10 else han(thousands))
    if rest == 0:
        return lead + "千"
    if rest % 100 == 0:
        return lead + "千" + DIGITS[rest // 100] + rng.choice(("", "", "百"))
    return f"{amount}"


def _coin(rng: Random) -> str:
    return rng.choice(("", "", "", "块", "块", "元", "块钱"))


def _range(rng: Random, choices: tuple[int, ...]) -> str:
    first, second = sorted(rng.sample(choices, 2))
    joint = rng.choice(("到", "到", "至", "-", "~"))
    if joint in "-~":
        return f"{first}{joint}{second}"
    return money_word(rng, first) + joint + money_word(rng, second)


def pay(rng: Random) -> str:
    return f"[{pay_text(rng)}](pay)"


def pay_text(rng: Random) -> str:
    roll = rng.random()
    coin = _coin(rng)
    if roll < 0.42:
        amount = _range(rng, DAY_PAY) if rng.random() < 0.2 else money_word(rng, rng.choice(DAY_PAY))
        return rng.choice(
            (
                f"一天{amount}{coin}",
                f"一天{amount}{coin}",
                f"{amount}{coin}一天",
                f"{amount}{coin}一天",
                f"{amount}{coin or '块'}/天",
                f"每天{amount}{coin}",
                f"日薪{amount}{coin}",
                f"{amount}{coin}每天",
                f"{amount}{coin}一个工",
                f"一个工{amount}{coin}",
                f"{amount}{coin or '元'}一日",
                f"一日{amount}{coin}",
                f"做一天{amount}{coin}",
                f"1天{amount}{coin}",
                f"{amount}{coin}1天",
                f"{amount}/天",
                f"一天给{amount}{coin}",
                f"一天的工钱{amount}{coin}",
                f"半天{amount}{coin}",
                f"{amount}{coin}半天",
            )
        )
    if roll < 0.66:
        amount = _range(rng, MONTH_PAY) if rng.random() < 0.25 else money_word(rng, rng.choice(MONTH_PAY))
        return rng.choice(
            (
                f"一个月{amount}{coin}",
                f"一个月{amount}{coin}",
                f"{amount}{coin}一个月",
                f"月薪{amount}{coin}",
                f"每月{amount}{coin}",
                f"{amount}{coin or '元'}/月",
                f"{amount}/月",
                f"{amount}{coin}每月",
                f"月工资{amount}{coin}",
                f"一月{amount}{coin}",
                f"{amount}包月",
                f"{amount}{coin}一月",
                f"一个月给{amount}{coin}",
                f"一个月拿{amount}{coin}",
            )
        )
    if roll < 0.76:
        amount = money_word(rng, rng.choice(HOUR_PAY))
        return rng.choice(
            (
                f"一小时{amount}{coin}",
                f"{amount}{coin}一小时",
                f"一个钟头{amount}{coin}",
                f"{amount}{coin}一个钟头",
                f"{amount}/小时",
                f"每小时{amount}{coin}",
                f"{amount}{coin or '块'}一个小时",
                f"时薪{amount}{coin}",
                f"{amount}元/时",
                f"一个小时{amount}{coin}",
            )
        )
    if roll < 0.90:
        return piece_pay(rng)
    return rng.choice(
        (
            f"保底{_range(rng, MONTH_PAY)}",
            f"保底{money_word(rng, rng.choice(MONTH_PAY))}",
            f"底薪{money_word(rng, rng.choice(MONTH_PAY))}",
            f"一天{money_word(rng, rng.choice(DAY_PAY))}起",
            f"{money_word(rng, rng.choice(MONTH_PAY))}起",
            f"一天{rng.choice(('一百五六', '两三百', '一两百', '百五六', '一百二三', '百把块', '一百多'))}",
            f"{rng.choice(('一百五六', '两三百', '一两百', '百把块', '两百多'))}一天",
            f"一个礼拜{money_word(rng, rng.choice((600, 800, 1000, 1200)))}",
        )
    )


def piece_pay(rng: Random) -> str:
    amount, unit = rng.choice(
        (
            (
                rng.choice(
                    (
                        "八角",
                        "一块二",
                        "1.2",
                        "0.8元",
                        "五毛",
                        "六角",
                        "1块5",
                        "八毛",
                        "1.5",
                        "两块",
                        "两块五",
                        "三块",
                        "5角",
                    )
                ),
                rng.choice(("斤", "斤", "公斤")),
            ),
            (
                rng.choice(("一毛五", "三块", "两角", "0.5元", "1.8", "五块", "八分", "三毛", "1元")),
                rng.choice(("件", "个", "只", "双", "套", "条")),
            ),
            (rng.choice(("一百二", "80", "150", "两百", "六十", "260")), "亩"),
            (rng.choice(("十八", "18", "25", "三十", "45块", "35元")), rng.choice(("平", "平方", "个平方", "平米"))),
            (rng.choice(("六十", "80", "一百", "45")), rng.choice(("方", "立方"))),
            (rng.choice(("五十", "80", "一百二", "150", "四十")), rng.choice(("趟", "车"))),
            (rng.choice(("十五", "20", "三十块", "12")), "吨"),
            (
                rng.choice(("两块", "1.5", "五角", "三块", "一块")),
                rng.choice(("包", "袋", "棵", "窝", "株", "筐", "背", "挑")),
            ),
        )
    )
    return rng.choice(
        (f"一{unit}{amount}", f"{amount}一{unit}", f"{amount}/{unit}", f"每{unit}{amount}", f"{amount}每{unit}")
    )


def bare_pay(rng: Random) -> str:
    """Pay without a unit, as said after 工资 or 工钱."""
    amounts = MONTH_PAY if rng.random() < 0.6 else DAY_PAY
    body = _range(rng, amounts) if rng.random() < 0.25 else money_word(rng, rng.choice(amounts))
    return f"[{body}{_coin(rng)}](pay)"


def minimum_pay(rng: Random) -> str:
    monthly = rng.random() < 0.2
    amount = money_word(rng, rng.choice(MONTH_PAY if monthly else DAY_PAY)) + _coin(rng)
    unit = rng.choice(("一个月", "一月", "每月") if monthly else ("一天", "一天", "每天", "一日"))
    forms = (
        f"{unit}不少于{amount}",
        f"{unit}起码{amount}",
        f"起码{amount}",
        f"起码{amount}{unit}",
        f"最低{amount}",
        f"不低于{amount}{unit}",
        f"{unit}不低于{amount}",
        f"至少{amount}{unit}",
        f"至少{amount}",
        f"{unit}至少{amount}",
        f"最少{amount}",
        f"{unit}最少{amount}",
        f"{amount}{unit}以上",
        f"{amount}以上",
        f"{unit}{amount}以上",
        f"{amount}{unit}起",
        f"{amount}往上",
        f"不少于{amount}",
    )
    return f"[{rng.choice(forms)}](pay)"


def money(rng: Random) -> str:
    amount = rng.choice(
        (
            200,
            300,
            500,
            600,
            800,
            1000,
            1200,
            1500,
            1800,
            2000,
            2300,
            2400,
            2700,
            3000,
            3500,
            3600,
            4000,
            4200,
            4800,
            5000,
            5600,
            6000,
            6800,
            7500,
            8000,
            9000,
            680,
            380,
            150,
            260,
            1350,
        )
    )
    word = rng.choice(
        (
            money_word(rng, amount),
            money_word(rng, amount),
            "一万二",
            "一万",
            "万把",
            "两万三",
            "12000",
            "15000",
            "一万五",
            "八百六",
        )
    )
    return f"[{word}{rng.choice(('', '', '块', '块钱', '元', '块'))}](money)"
