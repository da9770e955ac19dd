"""Names as said, without the words around them: 我叫王秀英 → 王秀英; 兴泉社区的 → 兴泉社区; 想学开挖机 → 开挖机."""

from __future__ import annotations

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_PARTICLES = r"(?:的|嘞|哈|嘛|哦|啊|呀|哒|呢|噻|撒|嗦|吧|了|喃|,|，|。|\.|、|;|；|:|：|!|！|\?|？|\s)+$"
_PERSON_LEAD = re.compile(
    r"^(?:你好|喂|登记|报名|姓名|名字|[我他她]?(?:是|叫做|叫|名叫|姓名|名字)|我家|我屋头|:"
    r"|：|是|叫|\s)+"
)
_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,6}")
_NO_PERSON = re.compile(
    r"老板|师傅|公司|零工|登记|社区|市场|村$|厂$|先生|女士|工地|什么|啥子|同志|妹儿|人工|一个"
    r"|信息|名字|电话|他们|我们"
)
_PLACE_LEAD = re.compile(
    r"^(?:我们?家?(?:就)?(?:住|在|是)|家住|家在|户口在|人在|住在|住到|住|就在|在|到|去|来"
    r"|回到?|从|是|离|往|我是|我|地址|地点|:|：|\s)+(?=.{2})"
)
_PLACE_TAIL = re.compile(
    r"(?:的人|那边|这边|那里|这里|那点|这点|那儿|那块|那头|那一带|一带|附近|边上|旁边|周边"
    r"|左右|里头|里面|街上|上头|本地|人|那些地方)$"
)
_PLACE_AFTER_LEVEL = re.compile(r"(?<=[村镇乡县区组社坝])(?:上|头|里|那|这|街上|街道上|里头|的)$")
_NO_PLACE = _words(
    "工地 厂 厂里 厂头 工厂 超市 学校 医院 餐馆 馆子 果园 地里 地头 田头 田里 坡上 屋头 屋里 家里 家 市场 零工市场 "
    "驿站 零工驿站 社保所 "
    "哪里 哪点 那里 这里 那点 这点 家头 大棚 基地 合作社 园区 工棚 项目上 河边 山上 外面 办事处 人社局 就业局 "
    "村委会 政府 派出所 公司 店里 仓库 "
    "养老院 敬老院 幼儿园 农村 城市 老家 地方 那边 这边 家乡 单位 车间 厂区 小区 酒店 宾馆 饭店 火锅店 你们 我们 "
    "哪个地方 啥地方 车站 汽车站 火车站 平台 贵平 广场 小卖部 门口 村口 路口"
)
_EMPLOYER_LEAD = re.compile(
    r"^(?:(?:给|跟|帮|在|找|是|叫|欠|去|到|就是|那个|这个|我们|我|告|投诉|举报|姓|:|："
    r"|\s)+)(?=.{2})"
)
_EMPLOYER_TAIL = re.compile(r"(?:那里|那边|这边|那儿|那点|说的?|欠的?|招工?|诚?招聘?|急招|请人|要人)$")
_TRAINING_LEAD = re.compile(
    r"^(?:我|想|要|去|来|报名|报个|报|参加|学习|学一下|学一哈|学哈|学下|学点|学个|学|培训一下|培训|教|有没得"
    r"|有没有|个|一下|一哈|哈|点|做个|当个|关于|搞|:|：|\s)+(?=.{2})"
)
_TRAINING_TAIL = re.compile(
    r"(?:的?(?:免费)?培训班?|的?(?:学习)?班|的?技术|的?手艺|的?技能|的?课程?|那门|这门"
    r"|这个|那个|的活路)$"
)


def person_name(said: str) -> str | None:
    """Return the name in `said`, or None when what is left cannot be one."""
    name = re.sub(_PARTICLES, "", _PERSON_LEAD.sub("", said)).replace(" ", "")
    if not _PERSON.fullmatch(name) or _NO_PERSON.search(name):
        return None
    return name


_NO_PLACE_END = re.compile(
    r"(?:政府|村委会|学校|车站|银行|医院|邮局|桥头|厂|店|工地|市场|小区|家|屋|村|厂区)门口$|^[一二三四五六七八九十\d]+[楼层]$"
)


def location(said: str) -> str | None:
    """Return the place name in `said` without prepositions and suffix particles; None for a kind of place (工地)."""
    name = re.sub(_PARTICLES, "", said.strip()).removeprefix("们")
    for _ in range(3):
        shorter = re.sub(_PARTICLES, "", _PLACE_AFTER_LEVEL.sub("", _PLACE_TAIL.sub("", _PLACE_LEAD.sub("", name))))
        if shorter == name or len(shorter) < 2:
            break
        name = shorter
    if len(name) < 2 or name in _NO_PLACE or _NO_PLACE_END.search(name) or not re.search(r"[\u4e00-\u9fff]", name):
        return None
    return name.replace(" ", "")


def employer_name(said: str) -> str | None:
    """Return an employer as said: 田老板, 宏达建筑公司; None for 老板 alone."""
    name = re.sub(_PARTICLES, "", _EMPLOYER_LEAD.sub("", said.strip()))
    name = re.sub(_PARTICLES, "", _EMPLOYER_TAIL.sub("", name))
    if len(name) < 2 or re.fullmatch(
        r"(?:那个|这个|我们|个)?(?:老板儿?|包工头|工头|公司|工地|厂|中介|厂里|单位"
        r"|老板娘|他们|人家|厂头|私人老板)",
        name,
    ):
        return None
    return name.replace(" ", "")


def training_topic(said: str) -> str | None:
    """Return the trade to be learnt as said: 想学开挖机 → 开挖机, 电工培训 → 电工."""
    name = re.sub(_PARTICLES, "", _TRAINING_LEAD.sub("", said.strip()))
    shorter = re.sub(_PARTICLES, "", _TRAINING_TAIL.sub("", name))
    name = shorter if len(shorter) >= 2 else name
    return name.replace(" ", "") if 2 <= len(name) <= 20 else None
