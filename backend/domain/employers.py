"""Whole names of firms in a message: 凯盛机械公司招机修工, 在平安家政做保姆.

A name runs from a border (start of line, punctuation, 在, 到, 给, 去 …) to the word of its kind, and some part of it must
be its own: 我们厂, 一个公司, 劳务公司 name nobody. A place in front (双石村, 正阳工业园) is no part of it.
"""

from __future__ import annotations

import re

from backend.domain import cities, surnames
from backend.domain.lexicon import Hit

_KIND = (
    r"(?:有限责任公司|有限公司|分公司|公司|集团|工厂|厂(?![长房里子头区门家妹矿上])|商场|超市|商行|便利店|酒店|宾馆|旅馆|客栈|饭店|酒楼|餐馆|餐厅|饭庄|农家乐|山庄"
    r"|火锅店|面馆|小吃店|烧烤店|大排档|蛋糕店|奶茶店|理发店|美发店|美容院|洗车店|洗车场|汽修店|养老院|敬老院|护理院|福利院|幼儿园|托儿所|合作社|农场|林场|牧场|养殖场"
    r"|猪场|鸡场|石场|茶场|果园|茶园|苗圃|种植园|基地|物业(?!费)|家政|批发部|经营部|门市部|门市|服务部|加工部|(?:托管|服务|月子|护理|培训|家政|物流|养老|配送|维修|康复"
    r"|托育|早教|洗浴|健身|购物|养护)中心|工程队|施工队|建筑队|装修队|搬家队|车队|劳务(?=$|招|的|把|欠|拖|不|[\s,，。])|医院|诊所|药房|药店|学校|作坊|酒坊|油坊|驾校|影楼"
    r"|网吧|茶楼|KTV|鞋店|服装店|家具城|建材城|店(?=招|诚|请|要|缺|的|欠|拖|[\s,，。]|$))"
)
_CHARS = r"[\u4e00-\u9fffA-Za-z0-9·]"
_NAME = re.compile(rf"(?P<name>{_CHARS}{{1,14}}?{_KIND})(?:{_CHARS}{{0,6}}?(?:有限责任公司|有限公司|公司|合作社))?")
_BORDER = re.compile(
    r"(?:^|(?<=[\s,，。!！?？:：;；、【】\[\]()（）\"“”~—\-|/])|(?<=[在到给去跟帮被遭欠告是叫进替于])|(?<=投诉)|(?<=举报)|(?<=反映)|(?<=控诉)|(?<=联系)"
    r"|(?<=我们)|(?<=这里)|(?<=今天)|(?<=明天)|(?<=后天)|(?<=帮忙)|(?<=单位)|(?<=应聘)|(?<=关于)|(?<=招聘))(?=[\u4e00-\u9fffA-Za-z0-9])"
)
# What a posting or a complaint says before the name.
_BEFORE = re.compile(
    r"^(?:.*的(?=.{3})|今天|明天|后天|现在|目前|我们?是|这里是|这边是|我们?(?:这边|这里|家)?|本人|咱们|急招|诚招|诚聘|急聘|招聘|长期|通知|转发|好消息|重要|喜讯|因|由于"
    r"|扩大生产|业务发展|帮我?|替|发一条|发个|发布|求助|投诉|举报|反映|控诉|曝光|老板是|老板叫|应聘|去年|今年|上个?月|这个月|上次|以前|一直|刚|新开业的?|新开的?|开业"
    r"|在|到|给|去|跟|被|遭|是|叫|进|于|位于|地处|附近|旁边|楼下|隔壁|对面|街上|镇上|县城|城里|村里|镇里|场上|县里)+"
)
_PLACE_BEFORE = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,4}?(?:工业园区?|产业园|园区|开发区|街道|社区|村|镇|乡|县|区|市)(?:[一二三四五六七八九十\d]+组)?)+(?=[\u4e00-\u9fff]{2,})"
)
_COMMON = re.compile(
    r"有限|责任|劳务|派遣|人力资源|建筑|建设|建材|建工|工程|安装|装饰|装修|电子|电器|电缆|服装|制衣|服饰|纺织|鞋业|皮鞋|鞋|皮具|箱包|玩具|五金|塑料|塑胶|包装|印刷"
    r"|家政|家具|物业|保安|安保|中介|职介|职业|介绍|食品|餐饮|餐|饮料|酒|机械|机电|汽修|汽车|模具|化工|陶瓷|瓷砖|玻璃|水泥|砖|瓦|砂石|沙石|石材|采石|碎石|母婴|月子|托管"
    r"|快递|外卖|物流|货运|运输|搬家|保洁|环卫|环保|清洁|园林|绿化|花木|苗木|养殖|养猪|养鸡|养牛|养羊|养鱼|养老|种植|种养|榨菜|茶叶|茶|蔬菜|水果|果蔬|果|食用菌|香菇|木耳"
    r"|蓝莓|草莓|猕猴桃|李子|柑橘|脐橙|辣椒|花椒|刺梨|中药材|药材|烤烟|烟叶|农业|农产品|农资|农机|科技|实业|贸易|商贸|市政|路桥|公路|水利|水电|消防|电力|网络|传媒|培训"
    r"|教育|旅游|投资|房产|房地产|置业|开发|服务|专业|综合|批发|加工|生产|生活|便利|生鲜|火锅|烧烤|早餐|小吃|米粉|面|面条|粉|豆腐|腊肉|麻辣|串串|大型|中型|小型|大|小|新|老|总"
    r"|分|私人|私营|国营|民营|正规|外地|本地|外省|外头|当地|附近|旁边|隔壁|街上|镇上|县上|县城|城里|城头|村里|村上|乡里|楼下|对面|沿海|南方|北方|人民|中心|中医|妇幼|公立|私立|社区"
    r"|黑心|黑|骗子|皮包|诈骗|乡镇|县级|卫生|民办|公办|国有|集体|连锁|市|县|区|镇|乡|村|省|第?[一二三四五六七八九十]|两|几|个|家|间|座|所|某"
)
# Words that no firm is called by: the border was missed and a sentence stands before the kind.
_NO_NAME = re.compile(
    r"[我你他她它们咱俺这那哪啥谁的了着过吗嘛呢吧哦呀没不别莫要想找招聘请喊叫去到在给把被跟从往进出说讲问看听做干搞弄打有是就也还几每与及或但么]"
    r"|老板(?!娘)|工人|打工|上班|工作|工资|工钱|活路|有人|出租|转让|附近|安置|扶贫|因为|所以|如果|就业|零工|失业|务工|附属|早上|晚上|上午|下午|上个|下个|上周|下周|以上|以下|马上|上门|楼下|乡下|上了|下了"
)
_GENERIC_START = re.compile(r"^(?:哪家|那家|这家|某|一家|几家|我家|别家|自家|人家|大家)")


def _own_part(name: str) -> bool:
    """Say whether some part of the name belongs to this firm alone."""
    own = re.sub(rf"{_KIND}$", "", name)
    place = cities.at_start(own)
    rest = own[len(place) :] if place else own
    if not own or _NO_NAME.search(rest) or _GENERIC_START.search(rest):
        return False
    left = _COMMON.sub("", rest)
    if place and re.search(r"医院|养老院|敬老院|幼儿园|学校|福利院$", name):
        return True  # 黔江中心医院: there is but one
    return len(left) >= 2 or (len(left) == 1 and len(rest) >= 2 and left not in "做好长时常各全整同本该旧红白夜日")


def find(text: str) -> list[Hit]:
    """Return the named firms in `text`, left to right; each hit's value is the name as said, without what leads to it."""
    found: list[Hit] = []
    for border in _BORDER.finditer(text):
        start = border.end()
        if found and start < found[-1].end:
            continue
        match = _NAME.match(text, start)
        if match is None:
            continue
        said = match.group()
        lead = _BEFORE.match(said)
        cut = lead.end() if lead and len(said) - lead.end() >= 3 else 0
        place = _PLACE_BEFORE.match(said[cut:])
        if place:
            cut += place.end()
        name = said[cut:]
        if _own_part(name):
            found.append(Hit(start + cut, match.end(), name, "employer_name", name))
    return found


_TITLE = re.compile(
    r"(?P<name>[\u4e00-\u9fff](?:老板娘|老板儿|老板|经理|包工头|工头|队长|场长|厂长|总(?=$|[\s,，。]|欠|的|拖)))(?!们)"
)
# 跟老板说, 和经理讲: words of everyday before an office are no surname here.
_NO_SURNAME = frozenset(
    "包车和于同从都时成应常有能全别须相方单支向干游双万丁连习通家那查后哪个位名找问叫喊请跟给把被对"
)


def find_owners(text: str) -> list[Hit]:
    """Return the employers called by surname and office: 罗老板, 谭经理."""
    return [
        Hit(m.start("name"), m.end("name"), m["name"], "employer_name", m["name"])
        for m in _TITLE.finditer(text)
        if surnames.is_surname(m["name"][0]) and m["name"][0] not in _NO_SURNAME
    ]


def is_owner(said: str) -> bool:
    """Say whether `said` calls a person by an office: 田老板."""
    return bool(re.search(r"老板(?:娘|儿)?$|经理$|总$|工头$|队长$|[场厂]长$|师傅$|主任$|会计$", said))


def is_firm(said: str) -> bool:
    """Say whether `said` ends in a kind of firm."""
    return bool(re.search(rf"{_KIND}$", said))


def is_generic(said: str) -> bool:
    """Say whether `said` ends in a kind of firm and names none: 劳务公司, 那个电子厂."""
    return is_firm(said) and not _own_part(_BEFORE.sub("", said) or said)


_COOPERATIVE = re.compile(r"合作社$|合作联社$")
_GROWER = re.compile(
    r"果园$|茶园$|农场$|林场$|牧场$|养殖场$|[猪鸡]场$|苗圃$|种植园$|基地$|大户$|(?:花椒|药材|烤烟|辣椒|蔬菜)地$"
)


def kind_of(name: str) -> str:
    """What kind of employer a name tells of (E02): cooperative, grower, enterprise, person; `other` where it tells nothing."""
    if _COOPERATIVE.search(name):
        return "cooperative"
    if _GROWER.search(name):
        return "grower"
    if is_firm(name):
        return "enterprise"
    return "person" if is_owner(name) else "other"


def stand_in(phone: str) -> str:
    """What an employer is called who has told a number and no name."""
    return f"尾号{phone[-4:]}的老板"


def is_stand_in(name: str) -> bool:
    """Whether `name` is a `stand_in`: whose the number is, nobody has told yet."""
    return bool(re.fullmatch(r"尾号[0-9]{4}的老板", name))


_PUBLIC_KINDS = frozenset({"enterprise", "cooperative", "work_relief"})
_OFFICE = re.compile(
    r"(?:[村居管]委会|委员会|社区|街道办|办事处|政府|[局站所队校院]|中心|协会|商会|项目部?|驿站|服务社|市场"
    r"|(?:木|茶|农|林|牧|渔|果|建|实|商|矿|酒|药|花|食品|纺织)业)$"
)


def is_public_name(name: str, kind: str, *, verified: bool) -> bool:
    """Whether a name may be shown openly: an organisation's. A kind that somebody chose does not make a person's name one.

    >>> is_public_name("凯盛机械公司", "enterprise", verified=False), is_public_name("王远方", "enterprise", verified=False)
    (True, False)
    """
    if kind not in _PUBLIC_KINDS:
        return False
    return verified or is_firm(name) or bool(_OFFICE.search(name) or _COOPERATIVE.search(name) or _GROWER.search(name))
