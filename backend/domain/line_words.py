"""What callers say to the line itself rather than about work: a person, once more, slower, Mandarin, that will do.

Decided without any model, so that they count at every question and with the engine away (V03, V06). The whole utterance
has to be such words: 请人摘果子 and 慢点给钱 are about work.
"""

from __future__ import annotations

import re
from typing import Literal

Command = Literal["person", "again", "slower", "faster", "mandarin", "local", "back", "home", "enough", "wait"]

_LEAD = r"(?:喂|哎|诶|嗯|啊|哦|那|那个|就|请|请你|麻烦|麻烦你|你|您|你们|帮我|给我|帮忙|帮哈忙|我|我要|我想|我们|想要|想|要|可不可以|能不能|能|可以)*"
_TAIL = r"(?:了|嘛|哈|哈子|吧|啊|哦|噻|撒|呢|嘞|哟|来|好不好|要得不|可以不|可不可以|行不行|行不|得不得行|谢谢|谢谢哈|一下|一哈|一点|点|些|点儿|给我|给我听|听|说|讲)*"
_PERSON = (
    r"(?:(?:转|接|找|喊|叫|换|有没得|有没有|有莫得)(?:一?个)?(?:真人|活人|人工客服|人工服务|人工|工作人员|客服|大活人|干部|人)(?:跟我|和我|同我)?(?:说话|讲话|说|讲|接电话|接|听|帮忙|办)?"
    r"|(?:人工|真人|人工客服|人工服务|转人工|工作人员|客服)(?:服务|客服)?"
    r"|(?:不|莫|不想|不要|不跟|不和)(?:跟|和|同)?机器(?:人)?(?:说|讲|说话|讲话)?)"
)
_AGAIN = (
    # 再说嘛 puts something off.
    r"(?!再说[嘛吧哦噻咯]+$)(?:啥子?|什么|么子|哪样|咋个说|说的啥子?|说啥子?|讲啥子?|刚才说的啥子?|刚刚说啥子?"
    r"|(?:没|没有|莫|听不|没得)(?:听)?(?:清楚|清|到|见|懂|明白|太清楚|太清)(?:你|您)?(?:说的?|讲的?)?(?:啥子?|什么)?"
    r"|听(?:不|没)(?:清楚|清|到|见|懂|明白|太清楚|太清)"
    r"|(?:再|重新?|又)(?:来|说|讲|念|听|放|报)(?:一|两)?(?:遍|道|回|次|下|哈)?|重复(?:一)?(?:遍|下|哈)?|再来一(?:遍|道|回|次))"
)
_SLOWER = r"(?:(?:说|讲|念|放)?(?:得)?(?:太快|慢)(?:一?点|些|点点|一哈)?(?:说|讲|念)?|(?:说|讲)得?太快|太快(?:了)?听不清|(?:说|讲)?大声|(?:声音|声气)(?:再)?(?:大|太小)|耳朵(?:有点)?(?:背|不好)|老人家?耳朵背)"
_FASTER = r"(?:(?:说|讲|念)?(?:得)?(?:太慢|快(?:一?点|些|点点|一哈))(?:说|讲|念)?|(?:说|讲)得?太慢|搞快点?)"
_MANDARIN = r"(?:(?:说|讲|用|换成?|改成?|听)?(?:普通话|国语|标准话)|(?:听不懂|不要说|莫说|不会听)(?:四川话|重庆话|贵州话|本地话|方言|土话|你们的话|你们那个话))"
_LOCAL = r"(?:(?:说|讲|用|换成?|改成?|听)?(?:四川话|重庆话|贵州话|我们本地话|本地话|老家话|家乡话|土话|我们的话|方言)|(?:听不懂|莫说)普通话)"
_BACK = r"(?:退回(?:去)?|回去|倒回去|返回|上一步|往回走?)"
_HOME = r"(?:从头(?:来|说|开始)|重新(?:来|开始)|回到?(?:开头|头上|主菜单|菜单)|主菜单|菜单)"
_ENOUGH = r"(?:算(?:了|球)|不(?:听|看|找|弄|搞|问|报|登记?)(?:了|下去了)|(?:这些|这个)?都不(?:要|合适|想去)|没得合适的|够了|可以了不听)"

_WAIT = (
    r"(?:(?:莫|不|别)(?:忙|急|慌)|(?:先)?(?:稍)?等(?:一)?(?:哈|下|会儿?|等|阵|到)|等我(?:一)?(?:哈|下|会儿?)?(?:问|想|看)?(?:一)?(?:哈|下)?"
    r"|(?:先|要|得)?问(?:一)?(?:哈|下|问)?(?:屋头|家里|我?老公|我?老婆|我?老伴|我?婆娘|我?男人|我?娃儿?|我?儿子?|我?女儿?)?(?:的|人|的人)?(?:看|再说)?"
    r"|(?:先)?(?:考虑|商量|想)(?:一)?(?:哈|下|想|考虑)(?:看|再说)?)"
)

_KINDS: tuple[tuple[Command, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"{_LEAD}{words}{_TAIL}"))  # type: ignore[misc]
    for kind, words in (
        ("person", _PERSON), ("again", _AGAIN), ("slower", _SLOWER), ("faster", _FASTER), ("mandarin", _MANDARIN),
        ("local", _LOCAL), ("back", _BACK), ("home", _HOME), ("enough", _ENOUGH),
        ("wait", _WAIT),
    )
)  # fmt: skip
_MARKS = re.compile(r"[\s\W_]+")
LONGEST = 16  # characters: whoever says more says something about something


def find(text: str) -> Command | None:
    """Return the order to the line that `text` is as a whole, else None."""
    said = _MARKS.sub("", text[:80])
    if not said or len(said) > LONGEST:
        return None
    return next((kind for kind, words in _KINDS if words.fullmatch(said)), None)
