"""Words in a posting that a reviewer should read twice (P04–P06), as people here write and say them.

Each rule is what raises it, after what only looks like it has been taken out: 不收押金 asks for no deposit, 照顾八十岁老人
sets no age. A rule points at words; whether they are against the law (a women's dormitory may want a woman) a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from backend.domain.masking import long_numbers
from backend.domain.surnames import bare_name

_NONE = r"(?:不(?:得|会|用|需要?|必)?(?:收|要|交|缴|扣|押|压)|从不收|绝不收|没有|没得|莫得|无需|无|免交|免收|免|(?<![\d百千万])[零0])"
_ALL = r"(?:任何|一切|一分|一分钱|啥子|什么|你们?的?|大家的?)?"
_WE_PAY = (
    r"(?:由|都由|全部?由|我们|厂里|公司|老板|单位|店里|这边|用工方|基地|合作社)+(?:统一)?(?:出|承担|报销|给|付|包|负责)"
)

FEE = (
    r"(?:押金|保证金|抵押金|风险金|诚意金|服装费|工装费|工服费|衣服钱|体检费|体检钱|培训费|学费|介绍费|中介费|办卡费|办证费|报名费|手续费|建档费|资料费|入职费|上岗费|"
    r"登记费|管理费|会员费|工具费|材料费|住宿押金)"
)
_FEES = rf"{FEE}(?:[、,，和及跟或/ ]*{FEE})*"
_PAPERS = r"(?:身份证|证件|毕业证|驾照|驾驶证|户口本|户口簿|银行卡|社保卡|资格证|上岗证|健康证|手机)"
_COUNT = r"[一二两三四五六七八九十百半几\d]+"
_PLACES_AWAY = r"(?:省外|外省|出省|去外地|沿海|广东|东莞|深圳|惠州|佛山|广州|浙江|宁波|温州|杭州|义乌|福建|泉州|厦门|江苏|昆山|苏州|上海|天津|北京|新疆|西藏|海南)"
_CARED_FOR = r"(?:的|多的?|左右的?|大的?)?(?:老人|老太|老爷|老奶|老头|婆婆|爷爷|奶奶|娃|孩子|小孩|儿童|宝宝|幼儿|学生|妈|爸|病人)"
_FEW_YEARS = r"(?:[2-6]\d|[二三四五六]十[一二三四五六七八九]?)"
_PROVINCES = r"(?:四川|重庆|贵州|云南|湖南|湖北|河南|河北|安徽|江西|广西|广东|福建|浙江|江苏|山东|山西|陕西|甘肃|青海|宁夏|新疆|西藏|内蒙|东北|黑龙江|吉林|辽宁|海南)"
_PEOPLES = r"(?:汉族|苗族|土家族|彝族|回族|布依族|仡佬族|侗族|藏族|维族|维吾尔族?|壮族|满族|蒙古族|[回苗彝藏]民|[汉苗回藏]人|少数民族)"
_UNWANTED = r"(?:的|人|们)*(?:不要|不收|不招|莫来|勿扰|除外|不考虑|不得行|不行|免谈|就莫来)"
_ANY_SEX = r"(?:不(?:论|分|管|限|拘))男女|男(?:的|工|性|士)?[、,，和跟或/ ]*女(?:的|工|性|士)?(?:老少)?(?:都|均|皆|全|也)?(?:不限|可以|可|要|行|得行|招|收)|性别不限|不限性别|男女老少"
_SEX_KIN = (
    r"(?:阿姨|大姐|嬢嬢|孃孃|娘娘|妹子|妹儿|小妹|小姐姐|小姐|美女|帅哥|小伙子?|妇女|婆娘|堂客|汉子|大哥|大叔|小哥)"
)


# What somebody who knows better writes so that it is not found: 押 金, 押·金, 微 信. Elsewhere a gap parts two wishes.
HIDDEN = frozenset({"deposit_words", "papers_kept", "wage_held_back", "scam_words", "contact_inside", "child_words"})
_MARKS = re.compile(r"(?<=[\u4e00-\u9fff])[·•・*_~^|`'\"丶]+(?=[\u4e00-\u9fff\d])")
_GAPS = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


def plain(text: str, *, joined: bool = False) -> str:
    """The text as it is meant to be read: full-width signs as usual ones, no marks inside words; `joined`: no gaps either."""
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    return _GAPS.sub("", text) if joined else text


@dataclass(frozen=True)
class WordRule:
    """What raises a flag once `harmless` has been taken out of the text."""

    flag: str
    raises: re.Pattern[str]
    harmless: re.Pattern[str] | None = None

    def found(self, text: str) -> tuple[str, ...]:
        """The words that raise it, in their order, each once, as they read without what was put in between."""
        text = plain(text, joined=self.flag in HIDDEN)
        # A mark keeps what stood on both sides from growing together into new words.
        rest = self.harmless.sub("｜", text) if self.harmless else text
        words = [match.group().strip(" ,，、") for match in self.raises.finditer(rest)]
        return tuple(dict.fromkeys(words + (long_numbers(rest) if self.flag == "contact_inside" else [])))


def _rule(flag: str, raises: str, harmless: str | None = None) -> WordRule:
    return WordRule(flag, re.compile(raises, re.IGNORECASE), re.compile(harmless, re.IGNORECASE) if harmless else None)


RULES: tuple[WordRule, ...] = (
    _rule(
        "deposit_words",
        rf"{FEE}|(?:要|得|须|需)?先(?:交|缴|收|拿)(?:{_COUNT}(?:块|元|百|千|钱)*|点?钱)|交(?:了|点)?钱才|交{_COUNT}(?:块|元)(?:钱)?|自费体检|自己(?:先)?垫(?:钱|资|付)|定金"
        rf"|(?:体检|培训|工装|工服|服装|工具)(?:都|全|要|得|须|需)*(?:自费|自理|自掏|自己(?:出|掏|付|给|买))"
        rf"|押(?:你)?(?:\d{{2,}}|[一二两三四五六七八九][十百千])(?!\d*(?:天|日|个|周|礼拜|月|付|车|岁))"
        rf"|(?:转|打|付|拿|交|缴|发)(?:来|过来|给我|我)?{_COUNT}(?:块|元|百|千)*钱?(?:来|才|再|就)?(?:占|留|保|定|订|报|排|抢)(?:个|到|起|住)?(?:位|名|号|座)"
        r"|(?:从|在|由)(?:工资|工钱|薪水)(?:头|里头?|里面|中)?(?:出|扣|抵|除|减)",
        rf"{_NONE}{_ALL}{_FEES}|{_FEES}(?:都|全|一律|统统)?(?:全免|免|报销|不收|不要|不用交|没得|一分不收|{_WE_PAY})|押一付[一二三]|{_WE_PAY}{_FEES}"
        r"|(?:老板|我们|这边)先?(?:付|给|打)(?:一半)?定金|管理费用",
    ),
    _rule(
        "papers_kept",
        rf"(?:扣押?|抵押|扣留|押|压|收走|收|上交|交|留下|代为?保管|保管)(?:着|下|你们?的?|大家的?|工人的?|本人)?{_PAPERS}(?:原件)?"
        rf"(?!复印|号|照片|信息|图|短信|壳)|{_PAPERS}(?:原件)?(?:要|得|先|都|也|必?须|需|拿来|拿|统一|全部)*(?:押|压|扣|抵|收|交|放|留)(?:(?:在|给|到|起|下)(?:我|老板|厂|公司|这|工地|上来|来)?|老板|我这|我们这|公司|厂里)"
        r"|(?:押|抵押|压|扣)(?:在|给|到)(?:老板|我|厂|公司|单位|工地|店)",
        rf"(?:不|莫|没|从不|绝不)(?:会|得|用|需要?)?(?:扣押?|抵押|扣留|押|压|收|交|留){_ALL}{_PAPERS}(?:原件)?|{_PAPERS}(?:都)?不(?:扣|押|收|交|留)",
    ),
    _rule(
        "wage_held_back",
        rf"[压押扣](?:{_COUNT})(?:个)?(?:月|天|周|星期|礼拜|批)(?:的)?(?:工资|工钱|钱|薪水)?|[压押](?:着)?(?:工资|工钱|薪)|(?:工资|工钱|钱)(?:要|得|先)*[压押](?!岁|金)|扣(?:一半|一部分|半数|[一二三两]成)"
        rf"|(?:干|做)(?:不)?满.{{0,8}}?(?:才|再)(?:发|给|结|付)|(?:干|做|上)不(?:满|够|到|了|足).{{0,8}}?(?:不给|不发|不结|没得|没有|扣)|不(?:干|做)满.{{0,8}}?(?:不给|不发|不结|没得|没有|扣)"
        rf"|(?:前|头|开头){_COUNT}个?(?:天|日|周|礼拜|星期|月)(?:的|都|是)*(?:不算|没得|没有|不给|不发|不结|不计|不付|无|白干|白做)(?:工资|工钱|钱|薪)?"
        r"|(?:中途|半路|提前)(?:走|不干|不做|离开|跑)(?:了|的|人)*(?:就)?(?:不给|不结|不发|没得|没有|扣)|(?:试工|试用|试做|试岗).{0,6}?(?:不给|没得|没有|无|不算|不发)(?:工资|工钱|钱|薪)",
        rf"(?:不|莫|从不|绝不|没|不得|不会|不存在)[压押扣](?:{_COUNT}(?:个)?(?:月|天|周)?)?(?:的)?(?:工资|工钱|钱|薪水)?|(?:工资|工钱|钱)(?:从来?|绝|都)?不(?:得|会)?[压押扣]|押一付[一二三]",
    ),
    _rule(
        "year_end_settlement",
        r"(?:年底|年终|年尾|腊月|过年|年关|春节|年三十|三十夜|除夕)(?:的?时候|前|头|里头?|边|间|份|底|尾|末)?(?:一起|一次性?|统一|再|才|总|一并|一路|一把)*(?:结(?![婚伴束队尾合果冰])|算账|算钱|算|付|给钱|给|发|清账|清)(?!.{0,5}(?:奖|红包|双薪|福利|礼|补贴|米|油|月饼|算数))"
        r"|一年(?:一|到头(?:再|才)?)结|按年结|年结|做(?:完|满)一年(?:再|才)?(?:结|给)",
        r"(?:不(?:用|得|会|消)?|莫|不兴)(?:等|拖|挨)?到?(?:年底|年终|过年|腊月|年关)(?:才|再)?(?:结|算|付|给|发)?",
    ),
    _rule(
        "scam_words",
        r"日[赚挣入进](?:斗金|账?(?:上|过)?[一二两三五几]?[百千万]|\d{3,})|日薪(?:上|过)?(?:千|[1-9]\d{3})|(?:一天|每天|天天)(?:轻松)?(?:能|可以)?[赚挣](?:到|得)?(?:上|好几|[一二两三五几])?[千万]|(?:一天|每天|天天)[赚挣]\d{4,}"
        r"|月入(?:过|上)?(?:[一二两三五几]?万|\d{5,})|轻轻?松松?(?:就|能|可以)?(?:赚|挣|月入|日入|拿钱|数钱)|躺(?:着)?(?:赚|挣)|刷单|刷信誉|刷流水|点赞(?:赚|挣|兼职|就)"
        r"|在家(?:里|就|用)?.{0,6}(?:赚钱|挣钱|赚\d|挣\d)|手机(?:兼职|操作|打字|就能).{0,4}(?:[赚挣]|日结)|拉人头|发展下线|投资.{0,5}(?:返利|回报|分红|翻倍)|稳赚|包赚"
        r"|高薪.{0,6}(?:出国|缅甸|境外|柬埔寨|老挝|菲律宾|公关|夜场)|(?:出国|境外|缅甸|缅北|柬埔寨|老挝|菲律宾).{0,10}(?:高薪|月薪|包机票|工资)|跑分|(?:租|借|收购?|买)(?:你的?)?(?:银行卡|电话卡|手机卡|对公账户)"
        r"|(?:点点|动动|玩玩?|划划)(?:手机|手指|鼠标).{0,6}(?:\d|[赚挣]|日结|一天)|(?:打字|抄写|录入|点赞).{0,10}在家|在家.{0,6}(?:打字|抄写|录入|点赞)"
        r"|陪酒|陪聊|陪唱|公关经理|裸聊|试药|代孕|捐卵",
    ),
    _rule(
        "child_words",
        r"童工|未成年(?:人|的)?(?:也|都)?(?:要|可|行|收)|(?:初中生|小学生|小娃儿?|细娃儿?)(?:也|都)?(?:要|可以|行|收|得行|能做|来做)|(?<![\d二三四五六七八九])(?:1[0-5]|十[一二三四五]?[一二三四五六]?)岁(?:以上|起|的|多的?)?(?:也|都|就)?(?:要|可以|可|行|收|得行|能做)"
        r"|(?:放(?:暑|寒)?假|暑假|寒假)(?:里|期间)?的?(?:细|小|中)?(?:娃儿?|孩子|学生)(?:些|们)?(?:也|都|可以|要|来|行)",
        r"(?:不(?:收|要|招|用)|拒绝|禁止|严禁)(?:任何)?(?:童工|未成年人?)",
    ),
    _rule(
        "age_words",
        rf"(?<!\d)\d{{2}}\s*(?:周)?岁|[一二三四五六七八九]?十[一二三四五六七八九]?岁|年龄|岁以[上下内]|{_FEW_YEARS}以[下内](?!\s*(?:[斤元块度个亩米里分只头桶箱件吨公平]|kg|km))|{_FEW_YEARS}以[上外]{_UNWANTED}|(?:只|光|仅)(?:要|招|收|找)(?:后生|小年轻|小青年|青壮年|青年)|(?:要|招|限|找|收)?年轻(?:人|的|力壮|点|一点|些)|年轻优先|嫌老|年纪"
        rf"|(?:老的|老年人|老人家|老人|上了年纪|上了岁数|岁数大){_UNWANTED}|(?:不要|不收|不招)(?:老的|老年人|老人家|岁数大|上了年纪)|[七八九]零后|(?:过|上|满)(?:了)?{_FEW_YEARS}{_UNWANTED}",
        rf"(?:\d{{1,2}}|[一二三四五六七八九十半]{{1,3}})\s*(?:周)?岁(?:半)?{_CARED_FOR}|(?:年龄|年纪|岁数)(?:大小)?(?:都)?(?:不限|不论|不管|没得?要求|无要求|没关系|不是问题)|(?:不限|不论|不管|不看|不讲)(?:年龄|年纪|岁数)"
        rf"|(?:年龄|年纪|岁数)(?:大|老)(?:一?点|些|的|了)*(?:也|都|照样)(?:要|可以|可|行|得行|没关系|能做)|(?:年?满|须|需|要)*(?:1[68]|十[六八])(?:周)?岁(?:以上|及以上|起)?(?![到至\-—~－])"
        rf"|{_FEW_YEARS}(?:多)?(?:周)?岁?(?:以上|多)?(?:的|人)*(?:也|都|照样)(?:要|可以|可|行|得行)",
    ),
    _rule(
        "sex_words",
        rf"(?:只|限|光|仅|单)(?:要|招|收|限|请)?[男女](?:的|工|性|士|生|人)?|[男女](?:的|工|性|士|生|青年|同志)?优先|(?:要|招|找|请|收|聘|缺)(?:{_COUNT}[个名位])?(?:男(?!女)|女)(?![男装鞋厕款式婴]|宿舍|老板|东家|主人|人街|士服)"
        rf"|[男女](?:工|性|士|的|同志|生)\s*(?:各)?{_COUNT}[人名个位]|[男女]{_COUNT}[人名个位]|[男女](?:工|性|的|人|士|同志){_UNWANTED}|[男女](?:工|性|的|士|同志)(?=$|[\s,，。;；、])|(?:不要|不收|不招)[男女](?:的|工|性|人)"
        rf"|(?:要|招|找|请|收|聘|缺)[^,，。;；]{{0,6}}{_SEX_KIN}|{_SEX_KIN}(?:优先|来)|男子汉|女将",
        rf"{_ANY_SEX}|男女(?:分开|宿舍|厕|装|鞋|搭配)|[男女](?:装|鞋|厕|宿舍|老板|东家|主人家?|人街|士服|婴)",
    ),
    _rule(
        "looks_words",
        r"身高|长相|相貌|颜值|五官|形象(?:好|佳|气质|端正|不好)|气质(?:好|佳)|(?:(?<![^\s,，。;；、｜要人])|(?<=要求))长得(?:好看|乖|漂亮|标致|周正|丑)|(?:人)?漂亮|苗条|身材(?:好|苗条|匀称)|体重(?=\d|在|不|要|过|超)|属相|生肖|属[鼠牛虎兔龙蛇马羊猴鸡狗猪](?:的)"
        rf"|(?:矮|胖|瘦小|丑|有纹身|纹身)(?:子)?{_UNWANTED}|(?:不要|不收|不招)(?:太)?(?:矮|胖|瘦|丑|有?纹身)(?:子|的|人)",
        r"(?:身高|长相|相貌|体重|形象)(?:都)?(?:不限|不论|不管|没得?要求|无要求)|(?:不限|不看|不管)(?:身高|长相|相貌)|形象(?:设计|墙|店)",
    ),
    _rule(
        "health_words",
        rf"乙肝|肝炎|两对半|艾滋|传染病|(?:残疾|聋哑|聋|哑|跛|瘸|有病|慢性病|高血压|糖尿病|精神病)(?:人)?{_UNWANTED}|(?:不要|不收|不招)(?:残疾|聋哑|跛|瘸|有病|身体不好)|手脚(?:不)?(?:全|齐全)的?才",
        r"(?:无|没有?|没得|不限)(?:传染病|乙肝|肝炎)(?:方面)?的?(?:要求|限制)|残疾人?(?:也|都)(?:要|可以|可|行|得行)|残疾人?优先",
    ),
    _rule(
        "family_words",
        rf"未婚|已婚|未育|已育|(?:没|未)(?:结婚|生娃|生育|生孩)|(?:怀孕|孕妇|怀起|哺乳|带娃|有娃|奶娃){_UNWANTED}|(?:不要|不收|不招)(?:孕妇|怀孕|怀[起着了]|大肚子|带娃|有娃|结了婚|没结婚|喂奶)|要(?:没)?(?:结了?婚|成了?家|单身)的?|(?:几年|年)内不(?:结婚|生娃|生育|怀孕)|婚姻状况",
        r"[已未]婚[^,，。;；]{0,3}(?:联谊|相亲|交友)|(?:不限|不论|不管|不分)(?:已婚未婚|未婚已婚|婚否)|(?:已婚|未婚)(?:、|和|或)?(?:已婚|未婚)(?:都|均)(?:可以?|要|行)|婚(?:否|姻)不限",
    ),
    _rule(
        "ethnicity_words",
        rf"{_PEOPLES}{_UNWANTED}|{_PEOPLES}(?:的|人)*优先|(?:不要|不收|不招|只要|只招|限|仅限){_PEOPLES}|(?:信教|信佛|清真|戴头巾)(?:的|人)*{_UNWANTED}|信教",
    ),
    _rule(
        "origin_words",
        rf"籍贯|户口所在|(?:本地|本县|本市|本村|本镇|城镇|农村|外地)户口(?!本)|(?:本地|本县|本村|本镇)(?:人|的)(?:优先|才要)|(?:只要|只招|只收|限|仅限)本(?:地|县|市|村|镇|乡)|要本(?:地|县|市|村|镇|乡)(?:的|人)|(?:外地|外省|外县|外乡|外头){_UNWANTED}"
        rf"|(?:不要|不收|不招)(?:外地|外省|外县|外乡|外头)|{_PROVINCES}(?:人|的){_UNWANTED}|(?:不要|不收|不招){_PROVINCES}(?:人|的)|口音",
        r"(?:不限|不论|不管|不分)(?:户口|籍贯|户籍|本地外地)|(?:户口|籍贯|户籍)(?:不限|不论|不管)",
    ),
    _rule(
        "contact_inside",
        r"https?:?//|www\.|\.(?:com|cn|top|xyz|vip|net)\b|加(?:我|老板|一?下)?(?:的)?(?:微信?|薇|威信|v信?|vx|wx|qq|扣扣|群)|微信(?:号|同号|联系|详谈|详聊|私聊|[:：]|\s*[a-z0-9_-]{5,})|(?:薇|威)信|(?<![\u4e00-\u9fff])[微薇威v](?:信)?\s*[:：]?\s*[a-z0-9_-]{5,}|\b(?:qq|vx|wx)\b|扣扣|抖音|私聊|进群"
        r"|扫(?:描|下|一下|这个|下方)*二维码|扫码(?:进群|加|报名|联系|咨询|填)|(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)",
        r"不(?:用|消|需要?|必|要)加(?:微信?|群|qq)",
    ),
)

# Far from home and something to pay: both in one notice, wherever they stand (P05).
_AWAY = re.compile(_PLACES_AWAY)
_TO_PAY = re.compile(
    r"(?:车费|路费|车票|服务费|管理费|介绍费|中介费|押金|保证金|资料费|体检费|报名费)(?:先|要|得)*(?:自理|自付|自己出|自己掏|先交|先垫|垫|扣|从工资|\d|[一二两三四五六七八九]+百)"
    r"|(?:交|收|扣|垫)(?:[一二两三四五六七八九十百千\d]+[块元]?)?(?:的)?(?:车费|路费|服务费|管理费|介绍费|中介费|押金|保证金|资料费|报名费)"
)


def away_with_fee(text: str) -> tuple[str, ...]:
    """The place and the fee where a notice has both, e.g. 去东莞 … 交300介绍费; else nothing."""
    deposits = next(rule for rule in RULES if rule.flag == "deposit_words")
    away = _AWAY.search(text)
    text = plain(text)
    fee = _TO_PAY.search(deposits.harmless.sub("｜", text) if deposits.harmless else text)
    return (away.group(), fee.group()) if away and fee else ()


# 路口找冉大山, 联系人：田维学, 冉大山师傅: who is to be asked for. A trade is nobody's name: 找石工, 找瓦匠.
_ASK_FOR = re.compile(r"(?:联系人?|找|喊|打给|负责人|师傅|队长)(?:是|叫|[:：])?(?=[\u4e00-\u9fff])")
_TITLE = re.compile(r"(?<=[\u4e00-\u9fff])(?:师傅|老板|经理|队长|大哥|大姐|老师)")
_BORDER = re.compile(r"^$|[^\u4e00-\u9fff]|[找跟喊是叫和]")
_AFTER_NAME = re.compile(r"$|[^\u4e00-\u9fff]|接|带|领|电话|联系|处|家|屋|报到|报名|登记|集合|师傅|老板|经理|队长")
# 联系方式, 水田镇, 房东; 陶哥, 龚老表, 田队长 tell a family name and no more.
_NO_NAME = re.compile(
    r"[那都别莫].*|方式|房东|干部|.*(?:[工匠员师层活路点口镇乡村社区哥姐总叔嬢伯婶]|老表|工头|二哥|师傅|老板|经理|队长|老师)"
)


def people_named(text: str) -> tuple[str, ...]:
    """Whole names of people in a notice, in order; a family name with a title (冉师傅) is none."""
    text, found = plain(text), []
    for lead in _ASK_FOR.finditer(text):
        found += [(lead.end(), lead.end() + size) for size in (4, 3, 2)]
    for title in _TITLE.finditer(text):
        for start in (title.start() - size for size in (4, 3) if title.start() >= size):
            if _BORDER.match(text[max(start - 1, 0) : start]):
                found.append((start, title.start()))
    names = [
        text[start:end]
        for start, end in found
        if bare_name(text[start:end]) == text[start:end]
        and not _NO_NAME.fullmatch(text[start:end])
        and _AFTER_NAME.match(text, end)
    ]
    return tuple(name for name in dict.fromkeys(names) if not any(name != one and name in one for one in names))
