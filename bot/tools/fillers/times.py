"""Days, hours and spans of time as villagers say them."""

from __future__ import annotations

from random import Random

from bot.tools.fillers.numbers import han

WEEKDAYS = "一二三四五六日天"
SIMPLE_DAYS = (
    "今天",
    "今儿",
    "今日",
    "明天",
    "明天",
    "明天",
    "明儿",
    "明日",
    "明儿个",
    "后天",
    "后天",
    "后天",
    "后日",
    "后儿",
    "大后天",
    "外后天",
    "万后天",
    "这两天",
    "这几天",
    "过两天",
    "过几天",
    "等两天",
    "隔两天",
    "周末",
    "这周末",
    "下周",
    "下个星期",
    "下个礼拜",
    "这周",
    "这个星期",
    "本周",
    "下个月",
    "下月",
    "月底",
    "月初",
    "这个月底",
    "下个月初",
    "赶场天",
    "逢场天",
    "下个赶场天",
    "赶集天",
    "逢场",
    "这场",
    "下一场",
    "国庆",
    "端午",
    "中秋",
    "过年",
    "过完年",
    "年前",
    "清明",
    "五一",
    "元旦",
)
PAST_DAYS = (
    "昨天",
    "昨儿",
    "昨日",
    "前天",
    "前日",
    "上前天",
    "上个星期",
    "上周",
    "上个月",
    "去年",
    "今年三月",
    "上周五",
    "腊月间",
    "正月间",
    "八月份",
    "前几天",
    "去年腊月",
)
DAY_PARTS = (
    "早上",
    "上午",
    "中午",
    "下午",
    "晚上",
    "清早",
    "早晨",
    "晌午",
    "傍晚",
    "黑了",
    "夜里",
    "半夜",
    "白天",
    "夜班",
    "晚班",
    "白班",
    "上半天",
    "下半天",
    "夜头",
    "晚黑",
    "清早八早",
    "天亮",
    "擦黑",
    "早班",
    "长白班",
    "中班",
)


def date(rng: Random) -> str:
    return f"[{date_text(rng)}](date)"


def date_text(rng: Random) -> str:
    roll = rng.random()
    if roll < 0.48:
        return rng.choice(SIMPLE_DAYS)
    day = rng.choice(WEEKDAYS)
    week = rng.choice(("周", "星期", "礼拜"))
    lead = rng.choice(("", "这", "下", "下", "下个", "这个", "下下"))
    if lead in ("下个", "这个") and week == "周":
        lead = lead[0]
    if roll < 0.68:
        return f"{lead}{week}{day}"
    if roll < 0.76:
        start, end = sorted(rng.sample(range(6), 2))
        return f"{lead}{week}{WEEKDAYS[start]}到{rng.choice(('', week))}{WEEKDAYS[end]}"
    month, number = rng.randint(1, 12), rng.randint(1, 30)
    if roll < 0.90:
        mon = rng.choice((f"{month}月", f"{han(month)}月"))
        return rng.choice(
            (
                f"{mon}{number}号",
                f"{han(month)}月{han(number)}号",
                f"{month}月{number}日",
                f"{number}号",
                f"{han(number)}号",
                f"下个月{number}号",
                f"这个月{han(number)}号",
                f"{number}号到{min(number + 4, 31)}号",
                f"{mon}{number}号到{min(number + 6, 31)}号",
                f"{month}.{number}",
                f"{mon}份",
                f"{mon}初",
                f"{mon}底",
            )
        )
    return rng.choice(
        (
            f"初{han(rng.randint(1, 10))}",
            f"腊月{han(rng.randint(10, 29))}",
            f"正月{rng.choice(('初六', '十五', '初八', '十二', '十六'))}",
            "冬月初一",
            "腊月二十三",
            "初三到初六",
            "大年初八",
            "农历十五",
            "明后天",
            "今明两天",
            "后天到周末",
            "明天到后天",
            f"冬月{han(rng.randint(11, 29))}",
            "除夕前",
            "三月三",
            "八月十五",
        )
    )


def past_date(rng: Random) -> str:
    return f"[{rng.choice(PAST_DAYS)}](date)"


def day_part(rng: Random) -> str:
    return f"[{rng.choice(DAY_PARTS)}](day_part)"


def date_and_part(rng: Random) -> str:
    """A day with its part; the joined forms 明早, 今晚 are one date span, the policy component adds the part."""
    if rng.random() < 0.25:
        return f"[{rng.choice(('明早', '今晚', '明晚', '后天早', '今早', '明下午', '后晚'))}](date)"
    return f"[{date_text(rng)}](date)[{rng.choice(DAY_PARTS[:9])}](day_part)"


def clock(rng: Random) -> str:
    hour = rng.randint(5, 12) if rng.random() < 0.6 else rng.randint(1, 11)
    lead = rng.choice(("早上", "早上", "上午", "下午", "晚上", "中午", "", "", "清早", "早晨"))
    number = rng.choice((han(hour) if hour != 2 else "两", str(hour)))
    if rng.random() < 0.12:
        return f"[{lead}{hour}:{rng.choice(('00', '30', '15', '40'))}](clock)"
    return f"[{lead}{number}点{rng.choice(('', '', '半', '钟', '一刻', '过', '二十', '四十'))}](clock)"


def duration(rng: Random) -> str:
    number = rng.choice((1, 2, 3, 3, 4, 5, 5, 6, 7, 8, 10, 12, 15, 20))
    word = str(number) if rng.random() < 0.3 else ("两" if number == 2 else han(number))
    return (
        "["
        + rng.choice(
            (
                f"{word}天",
                f"{word}天",
                f"{word}天",
                f"{word}天",
                "两三天",
                "三四天",
                "四五天",
                "三五天",
                "天把两天",
                "一两天",
                "半个月",
                "半个月",
                "一个月",
                "两个月",
                "三个月",
                "一个星期",
                "一个礼拜",
                "个把星期",
                "个把月",
                "一周",
                "两周",
                "十来天",
                "七八天",
                "一星期",
                "十天半个月",
                "两个星期",
                "半个把月",
                "六七天",
            )
        )
        + "](duration)"
    )


def term(rng: Random) -> str:
    return (
        "["
        + rng.choice(
            (
                "长期",
                "长期",
                "长期",
                "长做",
                "长期做",
                "常年",
                "稳当点",
                "稳定",
                "临时",
                "临时",
                "短工",
                "短期",
                "临时工",
                "长期工",
                "长工",
                "短时间",
                "一天两天的",
                "长久",
                "固定",
            )
        )
        + "](term)"
    )
