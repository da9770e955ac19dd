"""Names, ages and employers. All invented; any likeness to a living person is chance."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜"
    "崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温庞樊殷喻文包庄"
    "冉庹蹇佘晏幸游蒲瞿鄢粟詹申舒柏翁牟阳骆凌代古官敖阮甘柳欧景苟鲜税宁左岳谯母青邬卿邝符鲁裴艾祝"
)
DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "令狐", "诸葛", "皇甫", "东方", "尉迟")
# Characters that rural given names are made of, older generations first.
GIVEN_FEMALE = (
    "秀英兰芳珍琼群容碧淑素玉桂清翠翠莲菊梅琴素华惠霞丽娟敏燕红艳萍玲琳娜婷静欢雪倩洁莉芬菲蓉娥凤仙香银彩云朝"
    "志会先应友昌德明光世学正永成孝"
)
GIVEN_MALE = (
    "建国国华明德福贵富强军平刚勇兵伟东辉峰林海波涛斌超鹏飞志文武元才财发全兴旺盛昌荣光宗祖万仁义礼智信忠孝清云天"
    "永正应朝世学友先登廷开绍绪之中山泽川江河远树春秋冬龙虎"
)
# Given names whose characters are also words of the trade, of time or of place: the hard ones.
GIVEN_HARD = (
    "长春",
    "春花",
    "明天",
    "永福",
    "秋菊",
    "冬梅",
    "建工",
    "小工",
    "开江",
    "富春",
    "大山",
    "来福",
    "有田",
    "得水",
    "水生",
    "石匠",
    "满月",
    "初八",
    "一平",
    "三妹",
    "二娃",
    "幺妹",
    "老三",
    "四姐",
    "五一",
    "国庆",
    "建军",
    "解放",
    "跃进",
    "援朝",
    "卫东",
    "向阳",
    "茂林",
    "春林",
    "树林",
    "学农",
    "务本",
    "安全",
    "保全",
    "双全",
    "十全",
    "百顺",
    "千里",
    "万财",
    "成都",
    "重生",
    "京生",
    "沪生",
)
NICKNAMES = (
    "老王",
    "小李",
    "老张头",
    "陈二娃",
    "周幺妹",
    "刘三姐",
    "杨老四",
    "何大爷",
    "王孃孃",
    "李婆婆",
    "罗老汉",
    "吴老幺",
)
BOSS_SUFFIX = ("老板", "老板儿", "总", "经理", "包工头", "工头", "队长", "师傅", "老表", "姐", "哥")
COMPANY_HEADS = (
    "宏达",
    "鑫源",
    "永兴",
    "恒发",
    "康达",
    "金穗",
    "绿源",
    "武陵",
    "渝东",
    "黔发",
    "盛世",
    "天宇",
    "万家",
    "众鑫",
    "安居",
    "佳美",
    "大地",
    "山水",
    "丰茂",
    "瑞和",
    "兴农",
    "富民",
    "惠农",
    "金土地",
    "好邻居",
    "鸿运",
    "蓝天",
    "诚信",
    "巨力",
    "东升",
    "顺发",
    "和顺",
    "德隆",
    "乌江",
    "阿蓬江",
    "草海",
    "百里",
    "新希望",
    "一品",
    "家和",
    "福满楼",
    "老灶",
    "巴渝",
    "聚贤",
    "云上",
    "清水",
    "长滩",
    "双河",
)
COMPANY_TAILS = (
    "建筑公司",
    "劳务公司",
    "建材厂",
    "服装厂",
    "鞋厂",
    "电子厂",
    "食品厂",
    "砖厂",
    "茶厂",
    "酒厂",
    "木材厂",
    "养猪场",
    "养鸡场",
    "农业公司",
    "合作社",
    "种植专业合作社",
    "果业合作社",
    "茶叶合作社",
    "农家乐",
    "酒楼",
    "火锅店",
    "饭店",
    "超市",
    "宾馆",
    "家政公司",
    "物业公司",
    "物流公司",
    "快递站",
    "洗车场",
    "汽修厂",
    "家庭农场",
    "园林公司",
    "装饰公司",
    "玩具厂",
    "纸箱厂",
    "塑料厂",
    "米粉厂",
    "榨菜厂",
    "项目部",
    "建设集团",
    "建筑工程有限公司",
    "劳务有限公司",
    "农业开发有限公司",
    "商贸有限公司",
    "环卫公司",
    "养老院",
    "幼儿园",
    "卫生院",
    "采石场",
    "水泥厂",
    "家具厂",
)


def person_name(rng: Random) -> str:
    roll = rng.random()
    surname = rng.choice(DOUBLE_SURNAMES) if roll < 0.04 else rng.choice(SURNAMES)
    kind = rng.random()
    if kind < 0.12:
        given = rng.choice(GIVEN_HARD)
    elif kind < 0.30:
        given = rng.choice(GIVEN_FEMALE + GIVEN_MALE)
    elif kind < 0.65:
        given = rng.choice(GIVEN_FEMALE) + rng.choice(GIVEN_FEMALE)
    else:
        given = rng.choice(GIVEN_MALE) + rng.choice(GIVEN_MALE)
    return f"[{surname}{given}](person_name)"


def nickname(rng: Random) -> str:
    return f"[{rng.choice(NICKNAMES)}](person_name)"


def company(rng: Random) -> str:
    head = rng.choice(COMPANY_HEADS)
    if rng.random() < 0.2:
        head = rng.choice(("黔江", "威宁", "重庆", "贵州", "中塘", "毕节", "四川")) + head
    return f"[{head}{rng.choice(COMPANY_TAILS)}](employer_name)"


def boss(rng: Random) -> str:
    return f"[{rng.choice(SURNAMES)}{rng.choice(BOSS_SUFFIX)}](employer_name)"


def employer(rng: Random) -> str:
    return boss(rng) if rng.random() < 0.45 else company(rng)


def phone(_: Random) -> str:
    # The backend takes every phone number out before the engine sees the text and leaves this in its place.
    return "[19900000000](phone_number)"


def gender(rng: Random) -> str:
    return f"[{rng.choice(('女的', '男的', '女', '男', '女工', '男工', '女同志', '男同志', '妇女', '男人家'))}](gender)"
