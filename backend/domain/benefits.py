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

_FOOD = (
    r"(?:(?:一日|每天)?[一两三二][顿餐](?:饭)?|(?:早|中|晚|午|晌午|中午|早上|晚上|夜)(?:早|中|晚|午)*(?:那|的)?(?:一|这)?(?:饭|餐|顿)(?:饭)?|饭菜|饭食|吃饭|吃的|吃喝|伙食|膳食"
    r"|餐食|工作餐|饭)"
)
_FARE = r"(?:来回|往返|坐车)?的?(?:车费|路费|油费|油钱|车票|交通费|车旅费|车钱)"
_COVER = r"(?:意外|工伤|人身)?(?:保险|社保|意外险|五险|工伤险)"
_LIVE = r"(?:住宿费?|住的地方|住处|住的|住房|宿舍|房间|房租)"
# Who gives it, and how that is said after its name: 中饭我管, 吃住由厂里负责, 车费老板出.
_WHO = (
    r"(?:都|也|全|全部|一律|统一|由|是|给|就|可以|可|能|,|，|\s)*(?:我们?|咱们?|老板|主人家?|东家|雇主|厂里?|厂头|公司|单位|店里?|基地|屋头|这边|工地)?(?:这边|家|屋头|来|都|全|全部"
    r"|一起|给|可以|可)*"
)
_GIVEN = r"(?:包(?![装工谷子粽括])|管(?![理道工])|供(?!应商)|出(?![门去来租])|免费|免(?!谈)|不要钱|不收钱|不收费|不花钱|不用(?:出|掏|花|交|给)钱|负责|解决|提供|安排|报销|报)"
_SELF = r"(?:费|钱)?(?:都|要|是|得|一律|全部|全|就)*(?:自理|自费|自付|自备|自带|自己|各人|个人|自家)(?:出|带|买|付|掏|解决|找|想办法|交|弄|煮|负责|管|租|承担|来|坐)?(?:钱)?"

# In this order: what an earlier rule takes, a later one does not see.
_RULES: list[tuple[re.Pattern[str], tuple[str, ...]]] = [
    # A child driven to school, an insurance firm, a dormitory to be swept: nobody is offered anything.
    (re.compile(r"接送(?=娃|细娃|孩子|小孩|孙|学生|老人)|保险(?=公司|业务|推销|员)|社保(?=所|局|卡|中心|窗口)|宿舍(?=管理|楼|阿姨|卫生)"
                r"|(?:打扫|清洁|守|管理)宿舍|宿管|住宿(?=部|登记)|车送(?=货|人|快递|菜|外卖|饭|餐|水|煤|件)|饭(?=店|馆|庄)|食堂(?!.{0,4}(?:免费|不要钱))"), ()),
    (re.compile(rf"有{_NO}(?:得|有)?(?:地方)?(?:吃住|食宿)|{_GIVE}不{_GIVE}{_BOTH}"), ("meals", "lodging")),
    (re.compile(rf"有(?:没得|没有|莫得|冇得)(?:个)?(?:饭吃|饭|伙食|吃的|工作餐|中饭|午饭|饭管)|{_GIVE}不{_GIVE}{_MEAL}"), ("meals",)),
    (re.compile(rf"有(?:没得|没有|莫得|冇得)(?:个)?(?:地方住|地方睡|地方歇|住的(?:地方)?|住处|宿舍|住宿|睡的地方"
                rf"|房子住|床)|{_GIVE}不{_GIVE}{_BED}"), ("lodging",)),
    (re.compile(rf"有(?:没得|没有|莫得|冇得)(?:人来|人|个)?(?:车接|车子接|接送|班车|车费|车坐|车来接|路费|车)"
                rf"|{_GIVE}不{_GIVE}(?:接送|车费|路费|来回)|接不接送?|{_FARE}报不报"), ("transport",)),
    (re.compile(r"有(?:没得|没有|莫得|冇得)(?:给)?(?:买)?(?:保险|意外险|社保|五险|工伤险)|[买上交](?:不"
                r"|没)[买上交](?:意外|工伤)?(?:保险|社保|意外险|五险)"), ("insurance",)),
    (re.compile(rf"{_NO}{_GIVE}{_BOTH}|{_BOTH}\s?{_SELF}|{_BOTH}\s?(?:都|全部)?(?:不包|不管)|{_NO}{_GIVE}吃\s?(?:也"
                rf"|又|,|，|、)?\s?不{_GIVE}住"), ("no_meals", "no_lodging")),
    (re.compile(rf"免费(?:提供|包)?{_BOTH}|{_BOTH}\s?{_WHO}{_GIVEN}(?:销)?|{_BOTH}(?:都|就)*在(?:我们?|老板|主人|东家|厂|店)(?:里|头|家|屋头|这里|这边)*"),
     ("meals", "lodging")),
    (re.compile(rf"{_GIVE}{_BOTH}|{_BOTH}\s?(?:都|全|全部|老板|一起)*(?:包|管|有|免费|提供|解决)"
                rf"|{_GIVE}吃(?:饭)?\s?(?:又|还|也|和|跟|、|,|，)*\s?{_GIVE}?住(?:宿)?|有吃\s?(?:又|还"
                rf"|也)?有住(?:的)?|管饭\s?(?:又|还|也)?{_GIVE}住|{_BOTH}(?=全包|都包|咋个"
                rf"|怎么)"), ("meals", "lodging")),
    (re.compile(rf"{_FOOD}\s?(?:(?:都|也|是|要|得|一律)*{_SELF}(?:吃)?|(?:都|也|一律)*(?:不包(?!住)|不管(?![够住歇])|不供(?!住)|不提供(?!住)|不负责))"), ("no_meals",)),
    (re.compile(rf"{_LIVE}\s?(?:(?:都|也|是|要|得|一律)*{_SELF}|(?:都|也|一律)*(?:不包(?!吃)|不管(?![饭吃])|不提供|不负责|没得|没有))"), ("no_lodging",)),
    (re.compile(rf"(?:{_FARE}|{_COVER})\s?(?:{_SELF}|(?:都|也|一律)*(?:不包|不报|不管|不出|不买|没得|没有))"), ()),
    (re.compile(rf"(?<![包管供]){_NO}{_GIVE}{_MEAL}"), ("no_meals",)),
    (re.compile(rf"(?<![包管供]){_NO}{_GIVE}{_BED}"), ("no_lodging",)),
    (re.compile(rf"(?<![有买上交包管]){_NO}(?:包|管|有|给|买|上|交|报)?(?:来回)?(?:接送|车接|车费|路费|油钱"
                rf"|(?:意外|工伤)?保险|社保|意外险|五险|工伤险)(?!没)"), ()),
    (re.compile(rf"{_GIVE}(?:[早中晚午][早中晚午]+)(?:[两三]?[顿餐])?饭?|{_GIVE}{_MEAL}|{_GIVE}[早中晚午]+[一两三二][顿餐]|免费(?:提供|管)?的?{_FOOD}"
                rf"|{_FOOD}\s?(?:跟[^,，。\s]{{1,6}}|在[^,，。\s]{{1,4}})?{_WHO}{_GIVEN}(?:够|销)?|{_FOOD}在(?:我|老板|主人|东家|厂)[^,，。\s]{{0,3}}吃"
                rf"|{_FOOD}(?:我们?|老板|主人家)(?:来|给你们)?煮|食堂[^,，。\s]{{0,3}}(?:免费|不要钱)|补(?:助|贴)?(?:餐费|饭钱|伙食费?)"), ("meals",)),
    (re.compile(rf"{_GIVE}{_BED}|{_LIVE}\s?{_WHO}(?:{_GIVEN}(?:销)?|有)|(?<![我他她在家人])住(?:厂里|场里|店里|工地|厂头|场头|工棚)|(?:可以?|能够?)住(?:宿舍?|厂里?|店里?|里面|工地|家|这里|这边)?(?![^,，。\s]*远)|免费住"), ("lodging",)),
    (re.compile(rf"{_FARE}\s?{_WHO}{_GIVEN}(?:销)?|{_FARE}补|包车?来回|来回(?:都)?有(?:面包|中巴|大)?车|(?:到|在|来|去)[^,，。\s]{{1,6}}接(?:人|你们?|大家)|包车接"), ("transport",)),
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
