"""Numbers, pay, days, times, ages and phone numbers as people say them (vocabulary §4.2, §4.3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import ages, clock_zh, counts, dates_zh, numbers_zh, phone, wages
from backend.domain.lunar_zh import MarketDays, lunar_of, next_lunar, solar_of

# The first example loads the word lists, which says nothing about the speed of the others.
unhurried = settings(deadline=None)

MONDAY = date(2026, 11, 23)
_DIGITS = "零一二三四五六七八九"


def _in_words(number: int) -> str:
    """Write 1..9999 as it is said in full."""
    out, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + unit
            zero = False
        else:
            zero = bool(out)
    return out[1:] if out.startswith("一十") else out


@unhurried
@given(st.integers(1, 9999))
def test_every_number_said_in_full_is_read(number: int) -> None:
    assert numbers_zh.value(_in_words(number)) == number


@unhurried
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1000), ("万", 10_000)]))
def test_the_last_unit_may_be_left_out(first: int, second: int, unit: tuple[str, int]) -> None:
    said = f"{_DIGITS[first]}{unit[0]}{_DIGITS[second]}"
    assert numbers_zh.value(said) == first * unit[1] + second * unit[1] // 10


@unhurried
@given(st.text(alphabet="零一二两三四五六七八九十百千万亿廿有几来多把半点0123456789.,", max_size=45))
def test_no_heap_of_number_words_breaks_the_reader(said: str) -> None:
    numbers_zh.read(said)
    wages.find(said)
    clock_zh.find_lengths(said)
    counts.find_headcounts(said)


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [("两百五", 250, 250), ("千二", 1200, 1200), ("百八", 180, 180), ("1百5", 150, 150), ("廿", 20, 20), ("五十有八", 58, 58), ("二十来", 20, 20),
     ("百把", 100, 100), ("一百五六", 150, 160), ("两三百", 200, 300), ("百五两百", 150, 200), ("一百零五", 105, 105), ("2佰", 200, 200), ("1.5百", 150, 150),
     ("壹佰", 100, 100), ("三五", 3, 5), ("十七八", 17, 18), ("3,500", 3500, 3500), ("千儿八百", 800, 1000), ("两万三", 23000, 23000)],
)  # fmt: skip
def test_elliptical_and_vague_numbers(said: str, low: float, high: float) -> None:
    number = numbers_zh.read(said)
    assert number is not None
    assert (number.low, number.high) == (low, high)


@pytest.mark.parametrize(
    ("said", "value"),
    [("一天两百", "200/day"), ("两百一天", "200/day"), ("200块/天", "200/day"), ("200元每天", "200/day"), ("日薪200", "200/day"), ("200一个工", "200/day"),
     ("做一天两百", "200/day"), ("两百五一天", "250/day"), ("一百五到两百一天", "150-200/day"), ("一天不少于一百五", "150+/day"), ("起码两百", "200+"),
     ("一百五六", "150-160"), ("两三百", "200-300"), ("百五两百", "150-200"), ("两张一天", "200/day"), ("一小时20", "20/hour"), ("二十块一个钟头", "20/hour"),
     ("20/h", "20/hour"), ("钟点20", "20/hour"), ("半天一百", "100/half_day"), ("一个月三千", "3000/month"), ("月薪三千", "3000/month"), ("三千包月", "3000/month"),
     ("三千块一个月起", "3000+/month"), ("一斤八角", "0.8/jin"), ("八毛一斤", "0.8/jin"), ("1块2一斤", "1.2/jin"), ("一个一毛五", "0.15/piece"), ("一件三块", "3/piece"),
     ("一亩一百二", "120/mu"), ("一挑谷子二十", "20/load"), ("一窝五角", "0.5/plant"), ("一棵两块", "2/plant"), ("一平十八", "18/m2"), ("一个平方18", "18/m2"),
     ("一方六十", "60/m3"), ("一趟五十", "50/trip"), ("一吨十五", "15/tonne"), ("一包水泥两块", "2/bag"), ("保底3500-4000", "3500-4000"), ("工资四千", "4000"),
     ("一百五十元整", "150"), ("一天八小时两百", "200/day"), ("三到五百一天", "300-500/day"), ("一个星期一千", "1000/week"), ("两百左右一天", "200/day")],
)  # fmt: skip
def test_pay_keeps_its_basis(said: str, value: str) -> None:
    assert [pay.value for pay in wages.find(said)] == [value]


@unhurried
@given(
    st.integers(50, 900),
    st.sampled_from([("一天", "day"), ("一个小时", "hour"), ("一个月", "month"), ("一亩", "mu"), ("一斤", "jin")]),
)
def test_amount_and_unit_mean_the_same_in_either_order(amount: int, unit: tuple[str, str]) -> None:
    said, name = unit
    for text in (f"{said}{amount}", f"{amount}块{said}", f"{said}{_in_words(amount)}", f"{_in_words(amount)}块{said}"):
        assert [pay.value for pay in wages.find(text)] == [f"{amount}/{name}"], text


def test_two_trades_keep_two_amounts() -> None:
    assert [pay.value for pay in wages.find("大工三百小工两百")] == ["300", "200"]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("9:00-17:30,2600一个月", "2600/month"),
        ("7:30,2200元每月", "2200/month"),
        ("工资6,500元/月", "6500/month"),
        ("要12,190一天", "190/day"),
        ("月入5000以上", "5000+/month"),
        ("每月到手4200", "4200/month"),
        ("月2600-3000", "2600-3000/month"),
        ("4k-6k一个月", "4000-6000/month"),
        ("160元/人/天", "160/day"),
        ("一人一天一百三", "130/day"),
        ("每人150", "150"),
        ("4千5百每月", "4500/month"),
        ("3500+", "3500+"),
        ("两百 晚上做", "200"),
        ("150路费各人出", "150"),
    ],
)
def test_pay_in_a_notice_is_read(said: str, value: str) -> None:
    assert [pay.value for pay in wages.find(said) if pay.low >= 100] == [value]


@pytest.mark.parametrize(
    "said",
    [
        "有C1证",
        "会开75小挖",
        "渝A8K321",
        "38码鞋",
        "3栋2单元",
        "工号1208",
        "A2驾照",
        "7座车",
        "每天做3户",
        "电话8001",
        "做六休一",
    ],
)
def test_licences_sizes_and_plates_are_no_pay(said: str) -> None:
    assert [pay.value for pay in wages.find(said) if pay.low >= 8] == []


@pytest.mark.parametrize("said", ["要五个人", "五十八岁", "做三天", "一天八小时", "第二个", "三楼", "便宜一点"])
def test_other_numbers_are_no_pay(said: str) -> None:
    assert wages.find_with_unit(said) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [("今天", "2026-11-23"), ("后天", "2026-11-25"), ("大后天", "2026-11-26"), ("外后天", "2026-11-26"), ("昨天", "2026-11-22"), ("下周一", "2026-11-30"),
     ("二周一", "2026-11-30"), ("下个礼拜天", "2026-12-06"), ("星期五", "2026-11-27"), ("周末", "2026-11-28/2026-11-29"), ("下周一到周三", "2026-11-30/2026-12-02"),
     ("后天到大后天", "2026-11-25/2026-11-26"), ("这两天", "2026-11-23/2026-11-25"), ("12月3号到5号", "2026-12-03/2026-12-05"), ("3号到5号", "2026-12-03/2026-12-05"),
     ("3-5号", "2026-12-03/2026-12-05"), ("下月十号", "2026-12-10"), ("月底", "2026-11-26/2026-11-30"), ("下个月", "2026-12-01/2026-12-31"), ("初三", "2026-12-11"),
     ("腊月二十", "2027-01-27"), ("正月间", "2027-02-06/2027-03-07"), ("八月十五", "2027-09-15"), ("除夕", "2027-02-05"), ("大年初六", "2027-02-11"),
     ("端午边", "2027-06-09"), ("三天后", "2026-11-26"), ("元旦", "2027-01-01"), ("清明", "2027-04-05"), ("明后天", "2026-11-24/2026-11-25")],
)  # fmt: skip
def test_days_are_counted_from_the_day_they_were_said(said: str, value: str) -> None:
    assert [days.value for days in dates_zh.find(said, MONDAY)] == [value]


def test_market_days_come_from_the_towns_calendar() -> None:
    solar = MarketDays((2, 5, 8), "solar")
    assert [d.value for d in dates_zh.find("下一场", MONDAY, solar)] == ["2026-11-25"]
    assert [d.value for d in dates_zh.find("赶场天", MONDAY, MarketDays((4, 7, 0), "lunar"))] == ["2026-11-25"]
    assert dates_zh.find("赶场天", MONDAY) == []


@pytest.mark.parametrize("said", ["日结", "初中毕业", "第三天", "过完年", "三天两头", "星期结", "一天一百"])
def test_other_words_of_time_are_no_day(said: str) -> None:
    assert dates_zh.find(said, MONDAY) == []


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
def test_lunar_and_solar_days_agree(day: date) -> None:
    year, month, number = lunar_of(day)
    assert solar_of(year, month, number) == day
    if month > 0:
        following = next_lunar(month, number, day)
        assert following == day


@unhurried
@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)), st.sampled_from("一二三四五六日"))
def test_next_weeks_day_is_always_in_next_week(day: date, weekday: str) -> None:
    found = dates_zh.find(f"下周{weekday}", day)[0].first
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=1)
    assert monday <= found <= monday + timedelta(days=6)


@pytest.mark.parametrize(
    ("said", "value", "part"),
    [("早上七点半", "07:30", "morning"), ("晚上八点", "20:00", "evening"), ("下午两点", "14:00", "afternoon"), ("7:30", "07:30", None), ("七点过", "07:00", None),
     ("9点一刻", "09:15", None), ("凌晨五点", "05:00", "night"), ("中午十二点", "12:00", "noon"), ("两点", "14:00", None), ("7点30分", "07:30", None)],
)  # fmt: skip
def test_a_clock_time_carries_its_part_of_day(said: str, value: str, part: str | None) -> None:
    clock = clock_zh.find(said)[0]
    assert (clock.value, clock.day_part) == (value, part)


def test_working_hours_are_two_times() -> None:
    assert [(c.value, c.day_part) for c in clock_zh.find("早七晚六")] == [("07:00", "morning"), ("18:00", "evening")]
    assert [c.value for c in clock_zh.find("八点到五点")] == ["08:00", "17:00"]


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("19:30-7:30", ["19:30", "07:30"]),
        ("8:00-17:30", ["08:00", "17:30"]),
        ("九点到五点", ["09:00", "17:00"]),
        ("晚上八点到十点", ["20:00", "22:00"]),
        ("晚上十点到早上六点", ["22:00", "06:00"]),
        ("七点上班五点下班", ["07:00", "17:00"]),
        ("朝九晚六", ["09:00", "18:00"]),
        ("上午9时到下午4时", ["09:00", "16:00"]),
        ("7:30-11:30,13:00-17:00", ["07:30", "11:30", "13:00", "17:00"]),
        ("21点到9点", ["21:00", "09:00"]),
    ],
)
def test_hours_from_and_to_are_read(said: str, times: list[str]) -> None:
    assert [clock.value for clock in clock_zh.find(said)] == times


@pytest.mark.parametrize("said", ["小时工", "一天8小时", "到时再说", "有时间", "十时不时"])
def test_other_words_with_shi_are_no_time(said: str) -> None:
    assert clock_zh.find(said) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [("做三天", "3d"), ("两三天", "2-3d"), ("天把两天", "1-2d"), ("一两天", "1-2d"), ("个把星期", "7d"), ("半个月", "15d"), ("个把月", "30d"), ("一个半月", "45d"),
     ("三到五天", "3-5d"), ("一个星期", "7d"), ("十天半月", "10-15d"), ("二十天", "20d")],
)  # fmt: skip
def test_lengths_of_time_are_days(said: str, value: str) -> None:
    assert [length.value for length in clock_zh.find_lengths(said)] == [value]


@pytest.mark.parametrize(
    ("said", "age"),
    [
        ("五十八", 58),
        ("58岁", 58),
        ("五十有八", 58),
        ("66年的", 60),
        ("六三年的", 63),
        ("我是1972年的", 54),
        ("一九六六年生", 60),
        ("今年五十八了", 58),
        ("05年的", 21),
    ],
)
def test_ages_and_birth_years(said: str, age: int) -> None:
    assert [found.value for found in ages.find(said, 2026)] == [age]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("要五个人", 5),
        ("8名", 8),
        ("我们四个人", 4),
        ("二十一个人", 21),
        ("夫妻俩", 2),
        ("十来个人", 10),
        ("还差2位", 2),
    ],
)
def test_headcounts(said: str, number: int) -> None:
    assert [c.value for c in counts.find_headcounts(said) if c.sure] == [number]


@pytest.mark.parametrize(
    ("said", "number"),
    [("第二个", 2), ("头一个", 1), ("最后那个", -1), ("第6个是", 6), ("接1", 1), ("2号", 2), ("第十一个", 11)],
)
def test_ordinals(said: str, number: int) -> None:
    assert [c.value for c in counts.find_ordinals(said)] == [number]


def test_someone_asked_for_without_a_number_gives_no_headcount() -> None:
    assert counts.find_headcounts("请个人来帮忙") == []


@unhurried
@given(st.integers(13_000_000_000, 19_999_999_999), st.sampled_from(["", " ", "-"]), st.booleans())
def test_a_mobile_number_is_found_however_it_is_written(number: int, gap: str, spoken: bool) -> None:
    digits = str(number)
    said = gap.join((digits[:3], digits[3:7], digits[7:]))
    if spoken:
        said = said.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    text = f"我电话{said}，五十八"
    found = phone.find(text)
    assert [(f.kind, f.digits) for f in found] == [("phone", digits)]
    assert text[found[0].start : found[0].end] == said


def test_identity_numbers_are_told_from_phones() -> None:
    assert [f.kind for f in phone.find("110101190001010000")] == ["id"]
    assert [f.kind for f in phone.find("身份证五一二三二四一九六六零三零七一二三四")] == ["id"]
    assert phone.is_id_number("11010519491231002X")
    assert not phone.is_id_number("110105194912310021")


def test_a_group_said_twice_counts_once() -> None:
    assert [f.digits for f in phone.find("一三八 一三八零零零零一二三四")] == ["13800001234"]


def test_demo_numbers_count_and_short_numbers_do_not() -> None:
    assert phone.e164("10001234567") == "+8610001234567"
    assert phone.e164("12333") is None
    assert phone.find("打12333") == []
