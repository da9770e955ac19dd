"""Short answers in words to the questions we ask of our own accord: 还在找, 没得活做, 人够了, 都来了, 没结清 (M03, M04, P01).

A whole answer is read, never a word inside one: 没得活做 is no 有活做, and 够了吗 asks back. What is not plain is not read,
for a wrong reading pauses people or calls work off; then the engine sees it, or we ask again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache

LONGEST = 24  # characters; a longer text tells more than an answer

_SAME = (
    (re.compile(r"冇得|莫得|木得|没的(?=[活事工])"), "没得"),
    (re.compile(r"冇|沒"), "没"),
    (re.compile(r"(?<=[找招请拿收])倒"), "到"),
)
_APART = re.compile(r"[\s,，。.、!！~～;；:：…]+")
_ASKED = re.compile(r"[?？]|吗|么(?!子)|咩|嚒")
_NOT = "(?:没有|没得|没|未)"
_FEW = r"(?:\d{1,3}|[一二两三四五六七八九十几]{1,3})(?:个人|个|人|名)"
_WORK = "(?:活路|活儿|活|工作|事情|事|工)"
# Who is spoken to, but never whom the answer is about: 老板没来 is no "I did not come".
_LEAD = (
    "(?:嗯+|恩|哦|噢|喔|哎|诶|唉|好的|好嘛|好|是的|对的|对|(?:老板|老师|师傅|同志)(?=我|你好|您好|$)|妹儿|你好|您好|我们屋头|我屋头|我家|我们|我|"
    "俺|现在|目前|这会儿?|这哈儿?|暂时|已经|早就|早都|反正|其实|就是|就|那|当然|肯定|真的|确实|今天|昨天|这边|谢谢|多谢|麻烦)*"
)
_TAIL = "(?:了|的|哈|哦|喔|啊|呀|噻|呢|咯|喽|啰|嘞|哒|撒|哟|呐|谢谢你们|谢谢你|谢谢|多谢|麻烦你们?|麻烦|辛苦)*"
# 够了嘛 and 够了吧 may ask back; 不找了嘛 and 还在找嘛 do not.
_SOFT = re.compile(r"[嘛吧]+(?=$|哈|哦)")
_SURE = re.compile("[不没莫别]|还|^(?:我|都)*[在等排]")
_TWICE = re.compile(r"^(.{2,})\1$")
_NOTHING = re.compile(f"{_LEAD}{_TAIL}")
_FOR_HERSELF = re.compile(r"^(?:嗯|哦|好|对)*我(?!们|屋|家)")

_LOOKING = (
    f"都?(?:还是|还|一直|正|仍)?(?:是在|正在|在|想|要|得)(?:要|想)?找{_WORK}?(?:做|干)?|都?还(?:是)?找{_WORK}?(?:做|干)?",
    f"(?:都|还|也|一直|到现在|至今)*{_NOT}(?:找|寻)(?:到|着)(?:合适的)?{_WORK}?(?:做|干)?",
    f"(?:都|还|也|一直)*(?:找|寻)不(?:到|着){_WORK}?(?:做|干)?",
    f"(?:都|还|也|一直)*{_NOT}(?:啥子?|什么)?(?:活路|活儿|活|工作)(?:做|干)?|(?:都|还|也|一直)*{_NOT}(?:啥子?|什么)?(?:事情|事)(?:做|干)",
    f"还?在|都?(?:还)?(?:想|要)(?:做|干)(?:{_WORK})?|还?要{_WORK}(?:做|干)?|没上班了?还在找",
)
_NOT_LOOKING = (
    f"都?不(?:再|想再?|打算再?|用再?|消再?|需要再?|要再?|得再?|在|愿意?)?找{_WORK}?(?:做|干)?",
    f"都?没有?(?:再|在)?找{_WORK}?(?:做|干)?了?",
    f"(?:莫|别|不要|不用|不消)再?(?:给我|帮我|跟我)找{_WORK}?",
    f"(?:都|自己)*找(?:到|着)(?:了{_WORK}?|{_WORK})(?:做|干)?",
    f"都?有(?:{_WORK}(?:做|干)|班上|(?:活路|活儿|活|工作|事情|工)了)",
    "都?(?:在|去)(?:外面|外头|厂里|工地)?(?:上班|做活路|做活|做工|做事|干活|打工)(?:了|的)?|都?上班了|做起(?:在|的)",
    f"(?:不得|{_NOT})(?:空|时间|闲)|走不(?:开|脱)|不(?:用|消|需要)了",
)
_HIRING = (
    "(?:都还|还是|还在|还|继续|接着|一直在|在|正在)(?:要|招|请|找|差|缺|需要)(?:再)?(?:招|请|找|些|几个)?(?:人手|工人|人|工)?",
    "(?:要|差|缺)(?:再?招|再?请|再?找|些)?(?:人手|工人|人|工)|在(?:招|请|找)|要的|差得(?:很|远)|差起(?:在)?",
    f"(?:一个人?都|人手|人|都|还|一直|到现在)*{_NOT}(?:招|找|请|喊)?(?:到|满|齐|够|着)(?:人手|工人|人)?",
    "(?:一个人?都|人手|人|都|还|一直)*(?:招|找|请|喊)不(?:到|满|齐|够|着)(?:人手|工人|人)?",
    "(?:人手|人|都|还)*不够",
)
_NOT_HIRING = (
    "(?:人|都)*(?:不|莫)(?:再|用再?|想再?|需要再?|得再?|消再?)?(?:要|招|请|找|缺|差|喊)(?:人手|工人|人|工)?",
    "(?:人|都)*不(?:用|消|需要|必)",
    "(?:没|没有)(?:再|在)(?:招|请|找)(?:人手|工人|人|工)?|(?:没|没有)(?:招|请)人?了",
    "(?:人手|人|工人|都|全)*(?:招|找|请|喊|来)?(?:够|满|齐|足)了",
    "(?:人手|人|都)*(?:招|找|请|喊)(?:到|着)(?:人手|工人|人|了)|(?:人手|人)?都?有了|有人了",
)
_ALL_CAME = (
    "(?:人|工人|他们|大家|个个|[两二三四五六七八九十]个)*(?:全部都|都|全部|全都|全|通通)(?:来齐|到齐|来完|到完|到位|来|到)了|(?:人|工人|他们|大家)*(?:都|全)?(?:来|到)(?:齐|完|全|位)了?",
    "(?:人|他们)*(?:都|全)?齐了|(?:人|他们)*都在(?:做|做活|干|干活)?|一个都?(?:不|没)(?:少|差)|不(?:少|差)|没少",
)
_SOME_MISSING = (
    f"(?:人|工人|他们|大家|有人|有的|有些|有几个|还有|有|{_FEW}|一个|都|还)*{_NOT}(?:都|全部|全)?(?:来|到)(?:齐|完|全|位)?",
    f"(?:人|还|都)*(?:{_NOT}|不)(?:齐|全)|(?:还)?(?:差|少|缺)了?(?:{_FEW})(?:{_NOT}来)?|少了?人|差人|(?:只|才)来了{_FEW}",
    f"{_NOT}",
)
_MONEY = "(?:工钱|工资|钱|账|帐)"
_PAY = "(?:结|给|付|发|开|算)"
_SETTLED = (
    f"(?:{_MONEY}|都|全部|全都|全|当天就?|当场就?)*(?:{_PAY}(?:清|完|齐)了?|{_PAY}过?了)(?:{_MONEY}了?)?",
    f"(?:一分钱?都?|都|哪个都|也)*(?:不|没)(?:差|欠)(?:{_MONEY}|哪个的?|他们的?)*",
)
_NOT_SETTLED = (
    f"(?:{_MONEY}|还|都|一直)*{_NOT}(?:都|全部|全)?(?:{_PAY}(?:清|完|齐)?)?{_MONEY}?",
    f"(?:要|等|还要)?(?:过(?:几|两|些)天|过(?:一)?阵|明天|后天|下个?星期|下周)(?:再|才|就)?{_PAY}?(?:清)?{_MONEY}?",
    f"还?(?:差|欠)(?:着|起|到|一点|点|些|一些)*{_MONEY}?|(?:只|才)?{_PAY}了(?:一半|一部分|一些|一点|些)",
    f"还?(?:差|欠|有)(?:{_FEW})(?:的{_MONEY}?)?(?:{_NOT}{_PAY}(?:清|完)?)?",
)
_WENT = (
    "(?:都|全|天天|天天都|当天)*(?:去|来|到)(?:做|干)?(?:了|过了?)(?:的)?|(?:都|全)*(?:做|干|搞)(?:完|成|起)?了(?:的)?|去(?:了)?(?:做|干)(?:完)?了",
)
_DID_NOT_GO = (
    f"(?:还|都|也|根本|压根|当天|后来)*{_NOT}(?:去|来|做|干|到)(?:成|得成|到|做|干|上)?",
    "(?:后来)?(?:去|来|做)不(?:成|了|到|得)", _NOT,
)  # fmt: skip
_GET = "(?:给|结|付|发|拿|收|得|领|开)"
_GOT_PAID = (
    f"(?:{_MONEY}|老板|都|全部|全都|全|当天就?|当场就?)*(?:{_GET}(?:清|完|齐|到手?|够)了|(?:给|结|付|发|领|拿|开)过?了)(?:{_MONEY}了?)?",
)
_NOT_PAID = (
    f"(?:{_MONEY}|老板|还|都|也|一分|一分钱|一直|到现在|至今|他们?)*{_NOT}(?:都|全部|全)?{_GET}(?:清|完|齐|到|够|着|过)?(?:我们?)?(?:一分)?{_MONEY}?",
    f"(?:{_MONEY}|老板|还|都|一直|就|他们?|硬)*不(?:给|结|付|发|开)(?:我们?)?{_MONEY}?|{_NOT}|(?:还|都|一直)+{_NOT}",
    f"(?:{_MONEY}|老板|还|都|一直|在|老是)*(?:拖|欠)(?:着|起|到|倒)*{_MONEY}?|(?:还)?差(?:一点|点|些|一半|起|{_MONEY})*|(?:还)?差?(?:一半|一部分)|少给",
)
_NOT_DUE = (
    f"(?:还|都|{_MONEY})*{_NOT}到(?:日子|时候|时间|期|月底|点)?|(?:还)?不到(?:日子|时候|时间)",
    f"(?:要|等|到|说是?|说好)*(?:月底|下个?月|月初|年底)(?:再|才|就)?{_GET}?{_MONEY}?",
)
_COMING = (
    "(?:都|明天|后天|到时候|准时|按时|一定)*(?:会|要|得|能|可以)(?:准时|按时)?(?:来|去|到)(?:做|干)?",
    "(?:都|明天|后天|到时候|一定)*(?:准时|按时|一定)(?:来|去|到)|(?:来|去)得(?:成|到|了)?|(?:都)?(?:来|去)",
)
_NOT_COMING = (
    f"(?:可能|怕|都|明天|后天|又)*(?:来|去)不(?:了|成|到|起|得|赢)|(?:可能|都|明天|后天|又)*(?:不|莫)(?:得|会|能|想|打算|准备)?(?:来|去)|{_NOT}(?:办法|法|空|得空|时间)(?:来|去)?|走不(?:开|脱)",
)
_WAIT = ("(?:先|可以|都)*(?:要|愿意|想)?(?:等(?:到|起|着|一下|等)?(?:位子|位置|空位)?|排(?:队|起队?|到|着队?))",)
_NO_WAIT = (
    "(?:都)*(?:不|莫|懒得)(?:想|要|得|用|愿意?)?(?:等|排队?)",
    "(?:要|想)?(?:看看|看|换个|换|找|还有|有|选)?(?:别的|别个的?|其他的?|其它的?|另外的?)(?:活路?)?|换一?个",
)
_REST_CAME = (
    "(?:其余|其他|其它|别的|剩下|另外)(?:的|人|几个)*(?:都|全)?(?:来|到)(?:齐)?了",
    f"{_NOT}了|{_NOT}别个|{_NOT}哪个",
)

# question → key of the answer → what says so, whole.
QUESTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "still_looking": {
        "1": _LOOKING, "2": _NOT_LOOKING,
        "4": (f"(?:有的|有些|有人)(?:人)?(?:还在|还要|还|在|不|没)?(?:找{_WORK}?)?|有个(?:还在|不)找", "有的(?:还在|还|在)?找有的不找"),
    },
    "still_hiring": {"1": _HIRING, "2": _NOT_HIRING},
    "ask_attendance": {"1": _ALL_CAME, "2": _SOME_MISSING},
    "which_absent": {"9": _REST_CAME},
    "ask_settled": {"1": _SETTLED, "2": _NOT_SETTLED, "3": _NOT_DUE},
    "follow_up": {"1": _WENT, "2": _DID_NOT_GO},
    "ask_paid": {"1": _GOT_PAID, "2": _NOT_PAID, "3": _NOT_DUE},
    "reminder": {"1": _COMING, "2": _NOT_COMING},
    "full_wait": {"1": _WAIT, "2": _NO_WAIT},
    # By text the further keys are other work: who will not wait has not taken that.
    "full_wait_text": {"1": _WAIT},
}  # fmt: skip
# 没有 to "still looking?" may be no, or no work so far.
_TWO_WAYS = re.compile(f"{_LEAD}(?:没有|没得|没){_TAIL}")
_UNCLEAR = frozenset({"still_looking", "still_hiring"})


def read(question: str, text: str, keys: Collection[str]) -> str | None:
    """The key of `keys` that `text` says as the answer to `question`, or None where it is not plainly one of them.

    >>> read("still_looking", "没得活做", ("1", "2")), read("still_looking", "有活做没得", ("1", "2"))
    ('1', None)
    """
    said = _plain(text)
    if not said or len(said) > LONGEST or _ASKED.search(said):
        return None
    found: set[str] = set()
    for part in filter(None, _APART.split(said)):
        clause = _TWICE.sub(r"\1", part)  # 够了够了
        if _NOTHING.fullmatch(clause):
            continue
        meant = _keys(question, clause)
        if len(meant) != 1:
            return None
        found |= meant
    if len(found) != 1:
        return None
    key = found.pop()
    if key == "2" and question == "still_looking" and "4" in keys and _FOR_HERSELF.match(said):
        key = "4"  # she speaks for herself, and others share the phone
    return key if key in keys else None


def is_unclear(question: str, text: str) -> bool:
    """Whether a bare no answers `question` in two opposite ways."""
    return question in _UNCLEAR and _TWO_WAYS.fullmatch(_APART.sub("", _plain(text))) is not None


def _plain(text: str) -> str:
    said = unicodedata.normalize("NFKC", text[:60]).strip()
    for found, written in _SAME:
        said = found.sub(written, said)
    return said


def _keys(question: str, clause: str) -> set[str]:
    soft = _SOFT.search(clause)
    if soft is not None:
        if not _SURE.search(clause):
            return set()
        clause = clause[: soft.start()] + clause[soft.end() :]
    return {key for key, pattern in _patterns(question) if pattern.fullmatch(clause)}


@cache
def _patterns(question: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (key, re.compile(f"{_LEAD}(?:{'|'.join(ways)}){_TAIL}")) for key, ways in QUESTIONS.get(question, {}).items()
    )
