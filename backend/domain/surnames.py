"""Whether a bare answer can be a person's name: a surname in use, then one or two characters.

Source: the Hundred Family Surnames (public domain) with the surnames of eastern Chongqing and Guizhou that it lacks.
"""

from __future__ import annotations

import re

from backend.domain.names import person_name

_ONE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮"
    "龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹"
    "束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦"
    "尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简"
    "饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公"
    "肖付闫覃庹蹇代邸粟苟谯青税涂佘揭淦滚敬宾仡龙补陇安禄母幺但况晋阳旷笪樵闪尧蔸吕廉卿尉丘仝冼岳帅牟佟苑芦"
)
_TWO = frozenset("欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 令狐 司徒 慕容 夏侯 长孙 宇文 端木 百里 南宫 独孤".split())
_GIVEN = re.compile(r"[\u4e00-\u9fff·]{1,2}")


def is_surname(char: str) -> bool:
    """Say whether one character is a surname in use."""
    return char in _ONE


def bare_name(text: str) -> str | None:
    """Return the name that `text` is, if it is nothing else: 庹三妹, 我叫冉光荣; None for 你好, 哇啦哇啦."""
    name = person_name(text)
    if name is None:
        return None
    given = name[2:] if name[:2] in _TWO else name[1:] if name[0] in _ONE else ""
    return name if _GIVEN.fullmatch(given) and name not in _WORDS else None


def begins_name(text: str) -> bool:
    """Whether `text` goes on with what can only be taken for somebody's name: 欧阳建华屋头在双河, 王小云; not 高兴, 农民工."""
    if text[:2] in _TWO:
        return True
    return text[:1] in _ONE and not any(text[:length] in _WORDS for length in (2, 3, 4)) and len(text) > 1


# Everyday words that begin like a surname.
_WORDS = frozenset(
    "谢谢 明天 今天 明白 安逸 时间 包吃 包住 高兴 平时 全部 干活 和你 云南 平安 常年 方便 牛逼 于是 白天 双休 关了 能行 从来 後天 后天 "
    "后头 都行 都有 有空 左右 应该 那个 那里 那天 那就 别的 向前 和气 成都 广东 广西 江苏 山东 山西 温州 贵州 应聘 项目 高温 高处 金子 "
    "钱多 钱呢 祝好 简单 空了 通知 家里 家头 于我 须要 居住 平常 全天 时候 国家 强得 富裕 水电 花椒 万一 易得 成了 文盲 和平 牛肉 "
    "毛病 毛线 石头 古代 路上 路远 马上 黄了 冷得 单位 车间 管饭 支付 习惯 连夜 国庆 相信 盖章 查下 满意 关机 通过 利息 "
    "干啥子 干什么 谢谢你 谢谢哈 明天去 后天去 都可以 都得行 马上来 别打了 能不能 应该是 那算了 那不去 易拉罐 方便面".split()
)
