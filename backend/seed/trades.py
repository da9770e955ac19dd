"""What the demo county's employers ask for: one invented opening for every trade of job_types.csv, and more for fruit."""

from __future__ import annotations

from dataclasses import dataclass

# Employer kinds (E02): grower, cooperative, enterprise, work_relief, person.
_ROWS = """
B01|工地小工|day|150-170|07:00-18:00|6|8|能搬砖拌灰，身体好|meals insured|enterprise
B02|大工砌墙|day|260-300|07:00-18:00|8|4|会看线，有手艺|meals insured|enterprise
B03|砌砖粉墙的泥工|day|240-280|07:00-18:00|6|4|自带砖刀|meals insured|enterprise
B04|抹灰工|day|230-260|07:30-18:00|5|3|会抹墙面|meals insured|enterprise
B05|贴地砖墙砖|m2|35-45|08:00-18:00|5|2|会用水平仪|insured|enterprise
B06|支模木工|day|260-300|07:00-18:00|10|4|自带工具|meals insured|enterprise
B07|扎钢筋|day|240-280|07:00-18:00|10|5|会看简单图纸|meals insured|enterprise
B08|打混凝土|day|200-230|07:00-19:00|3|6|穿雨鞋来|meals insured|enterprise
B09|搭外架|day|280-320|07:00-18:00|7|4|有架子工证|meals insured|enterprise
B10|工地电工|day|260-300|08:00-18:00|7|2|有电工证|meals insured|enterprise
B11|安装水电|day|240-280|08:00-18:00|6|2|会接水管电线|insured|enterprise
B12|电焊工|day|280-330|08:00-18:00|8|3|有焊工证|meals insured|enterprise
B13|刷油漆|day|220-250|08:00-18:00|5|2|不怕味道|insured|enterprise
B14|刮腻子|m2|8-10|08:00-18:00|5|3|刮过两遍以上|insured|enterprise
B15|屋顶做防水|day|230-260|08:00-18:00|4|3|不恐高|insured|enterprise
B16|装修吊顶|day|240-280|08:00-18:00|6|2|会吊石膏板|insured|enterprise
B17|装门窗|day|220-260|08:00-18:00|4|2|会用电钻|insured|enterprise
B18|开挖机|day|350-400|07:30-18:00|6|1|有操作证|meals insured|work_relief
B19|开塔吊|month|6500-7500|07:00-18:00|60|1|有塔吊证|meals lodging insured|enterprise
B20|拆旧房子|day|180-210|07:30-17:30|4|5|听指挥，戴安全帽|meals insured|enterprise
B21|砌堡坎的石工|day|250-280|07:30-17:30|7|3|会砌石头|insured|work_relief
B22|修通组路|day|150-170|07:30-17:30|12|10|本地群众先来|insured|work_relief
B23|挖沟埋管子|day|150-170|07:30-17:30|5|8|自带锄头|insured|work_relief
B24|公路边栽树|day|130-150|08:00-17:30|5|8|会栽树|transport insured|enterprise
B25|盖瓦翻屋面|day|220-260|08:00-17:30|3|2|不恐高|meals|person
B26|打水井|day|200-240|08:00-17:30|5|3|下过井的先来|meals insured|work_relief
A01|采冬茶|jin|15-20|07:30-17:00|4|12|手脚轻|meals transport|grower
A02|摘海椒|day|110-130|07:30-17:30|3|10|自带背篼|meals transport|cooperative
A03|摘花椒|jin|4-5|07:00-17:00|3|10|戴手套|meals|grower
A04|摘柑子|day|120-140|08:00-17:30|3|12|会用果剪|meals transport insured|cooperative
A05|摘猕猴桃|day|120-140|08:00-17:30|3|10|轻拿轻放|meals transport|cooperative
A06|摘刺梨|jin|1.5-2|08:00-17:00|3|12|戴厚手套|transport|cooperative
A07|摘白菜萝卜|day|100-120|07:30-17:00|3|12|能弯腰|meals|cooperative
A08|菌棚采菇|day|100-120|08:00-17:30|10|8|手脚轻|meals|enterprise
A09|摘草莓|day|110-130|08:00-17:00|5|6|轻拿轻放|meals|grower
A10|移栽油菜苗|day|110-130|08:00-17:30|4|12|能下地|meals transport|cooperative
A11|插秧|mu|180-220|07:00-18:00|3|8|会插秧|meals|grower
A12|打谷子收稻|day|150-170|07:00-18:00|3|8|能挑担|meals|grower
A13|掰包谷|day|120-140|07:30-17:30|3|8|自带背篼|meals|grower
A14|挖洋芋|day|110-130|07:30-17:30|4|15|自带锄头|meals transport|cooperative
A15|挖红苕|day|110-130|07:30-17:30|3|10|自带锄头|meals|grower
A16|收油菜|day|120-140|07:30-17:30|3|8|会用镰刀|meals|grower
A17|烤烟分级|day|110-130|08:00-18:00|10|10|会分烟叶的先来|meals|cooperative
A18|养蚕喂桑叶|day|100-120|07:30-17:30|15|4|爱干净|meals|cooperative
A19|茶山薅草|day|100-120|08:00-17:00|3|12|自带薅锄|meals transport|grower
A20|果园打药施肥|day|130-150|08:00-17:00|2|5|戴口罩|meals insured|cooperative
A21|猪场饲养员|month|3500-4000|07:00-18:00|90|2|住得下来|meals lodging insured|enterprise
A22|挖白术收药材|day|120-140|08:00-17:30|5|10|自带锄头|meals transport|cooperative
A23|砍竹子|day|150-180|08:00-17:00|5|5|会用刀|meals insured|grower
A24|护林员|month|1200-1500|08:00-17:00|90|2|本村住户|insured|work_relief
A25|大棚管菜|day|100-120|08:00-17:30|10|6|能弯腰|meals|enterprise
A26|开旋耕机|mu|70-80|08:00-18:00|4|2|会开农机|meals|cooperative
A27|挖折耳根|jin|5-6|08:00-17:00|3|12|自带小锄|transport|cooperative
A28|果树剪枝|day|130-150|08:00-17:30|5|6|会剪枝|meals transport|cooperative
A29|砍青菜头收榨菜|day|110-130|08:00-17:30|5|12|能弯腰|meals transport|cooperative
F01|服装厂普工|month|3200-3800|08:00-18:00|90|10|手脚麻利|meals insured|enterprise
F02|装箱包装|piece|0.3-0.4|08:00-18:00|15|8|做得久|meals|enterprise
F03|踩缝纫机|piece|2-3|08:00-18:00|60|10|会踩电动车位|meals insured|enterprise
F04|拿回家做的手工活|piece|0.2-0.3|09:00-17:00|30|20|在家做也行||enterprise
F05|分拣水果|day|110-130|08:00-18:00|7|10|站得住|meals transport|enterprise
F06|质检员|month|3500-4000|08:00-18:00|90|2|眼睛好，认得字|meals insured|enterprise
F07|做米粉的食品工|month|3000-3500|07:00-17:00|60|4|有健康证|meals insured|enterprise
F08|修机器的机修工|month|4500-5500|08:00-18:00|90|1|会修电机|meals lodging insured|enterprise
F09|开叉车|month|4500-5000|08:00-18:00|90|2|有叉车证|meals insured|enterprise
F10|守仓库记账|month|3000-3500|08:00-18:00|90|1|认得字会记账|insured|enterprise
F11|开车床|month|4500-5500|08:00-18:00|90|2|学过车工|meals lodging insured|enterprise
F12|锯木板|day|160-190|08:00-17:30|10|3|会用带锯|meals insured|enterprise
F13|砖厂码砖|day|160-180|07:00-17:00|15|6|力气大|meals lodging insured|enterprise
F14|采石场开石|day|200-230|07:30-17:30|15|4|听安全员的|meals insured|enterprise
T01|装车卸货|tonne|12-15|08:00-18:00|3|6|力气大|meals insured|enterprise
T02|帮人搬家|trip|150-200|08:00-18:00|1|4|小心抬家具|meals|person
T03|开货车送菜|month|5000-6000|05:00-15:00|60|1|有B2驾照|insured|enterprise
T04|开接送车|month|3500-4500|06:30-18:30|60|1|有驾照三年|insured|enterprise
T05|三轮车拉货|trip|20-30|08:00-18:00|5|3|自己有三轮车||person
T06|送快递|month|4000-5000|08:00-18:00|60|2|会用手机扫码|insured|enterprise
T07|送外卖|piece|4-5|10:00-20:00|30|4|有摩托车|insured|enterprise
T08|背材料上山|load|20-30|08:00-17:00|4|8|走得山路|meals insured|work_relief
S01|办公楼保洁|month|1800-2200|07:00-11:30|90|3|爱干净|insured|enterprise
S02|扫马路|month|1900-2200|05:30-11:00|90|4|起得早|insured|enterprise
S03|小区保安|month|2200-2600|08:00-20:00|90|2|上得夜班|insured|enterprise
S04|馆子洗碗|month|2200-2600|10:00-20:30|60|2|手脚快|meals|person
S05|学校食堂厨师|month|4000-5000|06:00-18:00|90|1|有健康证|meals insured|enterprise
S06|食堂帮厨|month|2200-2600|06:00-14:00|90|2|有健康证|meals insured|enterprise
S07|农家乐服务员|month|2500-3000|09:30-20:30|60|3|会招呼客人|meals lodging|person
S08|办席帮工|day|120-150|06:00-20:00|2|8|端得菜洗得碗|meals|person
S09|住家照顾娃儿做家务|month|3500-4200|07:00-19:00|90|1|有耐心|meals lodging|person
S10|带月娃|month|6000-7000|00:00-23:59|30|1|带过月娃|meals lodging|person
S11|敬老院护工|month|2800-3300|07:30-18:30|90|3|有耐心|meals lodging insured|enterprise
S12|超市收银|month|2500-3000|08:30-20:30|90|2|会用收银机|insured|enterprise
S13|理发店洗头|month|2200-2800|09:00-20:00|60|1|手脚轻|meals|person
S14|修电视洗衣机|piece|30-50|09:00-18:00|15|1|会修家电||person
S15|疏通下水道|trip|80-120|08:00-18:00|3|2|不怕脏|insured|person
S16|开锁修锁|trip|50-80|08:00-20:00|15|1|有备案||person
S17|洗车工|month|2600-3200|08:30-18:30|60|3|做事细|meals|person
S18|宾馆铺床打扫|month|2300-2700|08:30-16:30|90|2|爱干净|meals insured|enterprise
S19|红白喜事帮忙|day|120-150|06:00-19:00|2|8|手脚勤快|meals|person
S20|街上发传单|day|90-110|09:00-17:00|2|4|走得路|meals|enterprise
S21|村里的公益性岗位|month|1000-1200|08:00-12:00|90|2|帮扶对象先来|insured|work_relief
S22|村里的信息员|month|1500-1800|09:00-17:00|90|1|认得字会用手机|insured|work_relief
S23|守工地看材料|month|2200-2600|18:00-07:00|60|1|夜里守得住|lodging insured|enterprise
S24|打杂清场地|day|110-130|08:00-17:30|3|6|肯做事|meals|enterprise
"""

# More fruit near 兴泉社区 and in 威宁, on different days, so that somebody always finds picking work for tomorrow or later.
_FRUIT = """
A04|摘脐橙|day|120-150|08:00-17:30|2|10|会用果剪|meals transport insured|cooperative
A04|摘柚子|day|130-150|08:00-17:30|2|8|能爬矮梯|meals transport|grower
A04|摘脆红李|day|120-140|07:30-17:30|3|10|轻拿轻放|meals transport insured|cooperative
A04|摘橘子|day|110-130|08:00-17:00|2|15|会用果剪|meals transport|grower
A04|摘苹果|day|120-140|08:00-17:30|3|12|轻拿轻放|meals transport insured|cooperative
"""


@dataclass(frozen=True)
class Trade:
    """An opening before it has a place and days. Money in yuan; `days` is how long the work lasts."""

    code: str
    title: str
    unit: str
    low: float
    high: float
    hours_from: str
    hours_to: str
    days: int
    headcount: int
    requirements: str
    gives: frozenset[str]
    employer_kind: str


def _read(table: str) -> tuple[Trade, ...]:
    trades = []
    for line in table.strip().splitlines():
        code, title, unit, pay, hours, days, headcount, requirements, gives, kind = line.split("|")
        low, high = pay.split("-")
        start, end = hours.split("-")
        trades.append(
            Trade(
                code,
                title,
                unit,
                float(low),
                float(high),
                start,
                end,
                int(days),
                int(headcount),
                requirements,
                frozenset(gives.split()),
                kind,
            )
        )
    return tuple(trades)


TRADES = _read(_ROWS)
FRUIT = _read(_FRUIT)
BY_CODE = {trade.code: trade for trade in TRADES}
# Few of these trades are to be had in the mountains of Weining; the rest of the list is asked for in both counties.
ONLY_QIANJIANG = frozenset(
    [
        "B19",
        "B16",
        "F03",
        "F06",
        "F08",
        "F11",
        "S10",
        "S13",
        "S16",
        "A11",
        "A12",
        "A18",
        "A29",
        "T07",
        "B26",
        "A01",
        "A03",
        "A05",
        "A16",
    ]
)
