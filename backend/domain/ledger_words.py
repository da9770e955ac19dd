"""The words village staff write in their ledgers for what the library keeps as codes (W01, E01, H09).

Each table: code → the words for it, the one we write ourselves first. Words are compared without spaces and signs.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, ...]]

GENDERS: Words = {"male": ("男", "男性"), "female": ("女", "女性")}
SKILLS: Words = {
    "none": ("没有", "无", "无技能", "没有技能", "普工"),
    "basic": ("会一些", "一般", "初级", "有基础", "初级工"),
    "skilled": ("熟练", "中级", "熟练工", "中级工", "技工"),
    "certified": ("有证书", "有证", "持证", "高级", "高级工", "技师"),
}
EMPLOYMENT: Words = {
    "waiting": ("待业", "失业", "待工", "无业", "未就业", "没有活"),
    "working": ("在务工", "就业", "已就业", "在业", "务工", "在岗", "打工"),
    "self_employed": ("自己干", "自主创业", "创业", "个体", "自营", "务农"),
    "studying": ("在读书", "上学", "在校", "读书", "学生"),
    "not_able": ("不能干活", "丧失劳动力", "无劳动能力", "不能劳动"),
}
WILLINGNESS: Words = {
    "wants": ("想干", "愿意", "有", "强", "想", "是", "有意愿", "想就业"),
    "thinks": ("再想想", "考虑", "一般", "观望", "考虑中"),
    "not_now": ("暂时不想", "不愿意", "无", "不想", "没有", "否", "无意愿"),
}
NEEDS: Words = {
    "job": ("找活", "岗位", "就业", "找工作", "介绍工作", "岗位推荐", "工作"),
    "training": ("培训", "技能培训", "学手艺", "学技术"),
    "policy": ("政策", "政策咨询", "补贴", "社保"),
    "rights": ("维权", "讨薪", "法律援助", "欠薪"),
}
CHANNELS: Words = {"sms": ("短信", "发短信", "信息"), "voice": ("电话", "打电话", "语音")}
EMPLOYER_KINDS: Words = {
    "enterprise": ("企业", "公司", "工厂", "厂"),
    "grower": ("种植大户", "大户", "产业大户", "养殖大户", "家庭农场"),
    "cooperative": ("合作社", "专业合作社", "农民专业合作社"),
    "work_relief": ("以工代赈项目", "以工代赈", "以工代赈项目业主"),
    "person": ("个人", "私人", "农户", "村民"),
    "other": ("其他用工方", "其他", "其它"),
}
STATION_KINDS: Words = {"market": ("零工市场", "市场"), "station": ("零工驿站", "驿站", "零工站")}
SETTLEMENTS: Words = {
    "daily": ("天天结", "日结", "当天结", "一天一结"),
    "weekly": ("一周一结", "周结", "按周结"),
    "half_monthly": ("半月一结", "半月结"),
    "monthly": ("一月一结", "月结", "按月结", "月薪"),
    "on_completion": ("做完就结", "完工结", "做完结", "完工结算", "工完账结"),
}
# G01 … G14 (vocabulary §4.7); what people call them besides is in the dictionary of the line.
LABELS: Words = {
    "G01": ("脱贫人口", "脱贫户", "建档立卡"),
    "G02": ("监测对象", "监测户", "三类人员"),
    "G03": ("低保或低收入", "低保", "低收入", "低保户", "低收入家庭", "特困", "五保"),
    "G04": ("残疾人", "残疾"),
    "G05": ("大龄", "超龄", "大龄劳动力", "4050"),
    "G06": ("待工时间长", "长期失业", "长期待工"),
    "G07": ("零就业家庭",),
    "G08": ("易地搬迁", "搬迁户", "易地搬迁群众"),
    "G09": ("退役军人", "退伍军人"),
    "G10": ("返乡人员", "返乡"),
    "G11": ("不识字或学历低", "不识字", "文盲", "低学历"),
    "G12": ("单亲或照护家人", "单亲", "照护负担"),
    "G13": ("高校毕业生", "大学生", "毕业生"),
    "G14": ("少数民族或语言需要", "少数民族"),
}
# Pay bases as they stand behind the slash; the reader of speech (wages) knows the rest.
PAY_UNITS: Words = {
    "hour": ("小时", "时", "钟头"),
    "half_day": ("半天",),
    "day": ("天", "日", "工日", "工"),
    "week": ("星期", "周"),
    "month": ("月", "个月"),
    "piece": ("件", "个", "只", "套"),
    "jin": ("斤",),
    "kg": ("公斤", "kg", "千克"),
    "mu": ("亩",),
    "m2": ("平方米", "平方", "平米", "㎡"),
    "m3": ("立方米", "立方", "方"),
    "tonne": ("吨",),
    "trip": ("趟",),
    "load": ("车",),
    "plant": ("株", "棵"),
    "bag": ("袋", "包"),
}
YES = frozenset(
    "是 有 要 对 √ ✓ ✔ ☑ 1 y yes t true 管 包 管饭 包吃 管吃 包饭 管住 包住 接送 提供 买 购买 已买 已购买 在家 在 v".split()
)
NO = frozenset(
    "否 无 没有 没得 不 不是 不要 × ✗ ✘ x 0 n no f false 不管 不包 不管饭 不包吃 不管住 不包住 不接送 自理 自行解决 不提供 "
    "不买 未购买 未买 没买 不在家 不在 外出 外出务工".split()
)


def word_for(table: Words, code: str | None) -> str:
    """The word we write for `code`; a code nobody named is written as it is, so that nothing is lost."""
    if code is None:
        return ""
    return table[code][0] if code in table else code


def code_for(table: Words, word: str) -> str | None:
    """The code that `word` stands for, exactly."""
    return next((code for code, words in table.items() if word == code or word in words), None)
