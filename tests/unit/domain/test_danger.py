"""Danger words reach a person at once; talk about rules, adverts and sayings does not (issue 2 item 8, V17)."""

import pytest

from backend.domain import danger

INJURY = """我从架子上摔下来了|手指遭机器轧断了|工友被砖头砸到了|脚砸断了|有人触电了|他晕倒了|工地上有人受伤了|流了好多血|血止不住|我腿摔断了
老汉从树上掉下来了|手被砍到了流血|工棚塌了压到人|快叫救护车|他口吐白沫|我遭电了|被蛇咬了|马蜂锥了我|喝了农药|摔得起不来
架子倒了砸到人|他昏过去了|眼睛遭铁渣打到受伤|脚杆压断了|机器绞到手|摔断了骨头|他中暑了昏倒|送医院抢救|我腰摔伤了动不得|工地出了事故
受伤了|摔了|遭砸了|手遭锯到了|煤矿塌方埋了人|他没气了"""
VIOLENCE = """老板打人|他们不准我走|把我关在屋里|工头打我|我被打了|老板不让我们回家|拿刀威胁我|他威胁要弄死我|不放我们走|遭老板打了一顿
保安打我们|强迫我们做到半夜|把门锁起不准出去|有人打架拿刀|救命|工头对我动手动脚|他摸我身上|逼我签空白合同|限制我们自由|把我们锁在工棚里
我遭绑架了|老板喊人打我|他追到打我|不许我离开|关在传销窝里"""
DISTRESS = "不想活了|活着没意思|我想死|我要跳楼|活不下去了|我想喝农药|死了算了|他要自杀|我爬在塔吊上要跳"
SAFE = """工伤保险咋个买|工伤认定要啥子材料|工伤咋个赔|招救生员|有意外险没得|有没有工伤险|如果摔了哪个负责|万一受伤咋办|怕摔不敢爬高|我不怕高
累死了|热死人了|笑死我了|想死你了|打电话给我|打工的人多不|我打个招呼|打药的活|打农药好多钱一天|打混凝土|打零工|打包工|打谷子|打螺丝
老板不给钱|欠我工钱|押金不退|身份证没还|天天加班|嫌我老|假的招工|去年腿断过现在好了|以前摔过腰|我有残疾证|断过手指|没受伤
砍树的活|砍竹子|砍菜|割草|割谷子|杀猪|杀鸡|压路机|夹板厂|电焊|炸油条|锯木厂|看电视剧打人|讲个笑话|今天冷死了
走路能到不|让我走一趟|不想做了|不想去了|不要我了|我不想活太累|找不到活了|活路不好找|没得活路|关门没有|关于社保|把门关好|你们关门了吗|放假没得
明天来不了|跑了三趟|救济粮咋领|护工要不要人|照顾病人|医院保洁|送医院的饭|送外卖|水果摔烂了|手机摔了|碗打烂了|杯子摔碎了|打烂了东西要赔不|不准抽烟不
被子要自带不|锁匠要不要|开锁|换锁|抬棺|守夜|威宁的|关中平原|要打疫苗不|打卡|打印|打的去"""


@pytest.mark.parametrize("text", INJURY.replace("\n", "|").split("|"))
def test_injury_is_heard_and_120_said(text: str) -> None:
    found = danger.find(text)
    assert found is not None
    assert (found.kind, found.number) == ("injury", "120")


@pytest.mark.parametrize("text", VIOLENCE.replace("\n", "|").split("|"))
def test_violence_is_heard_and_110_said(text: str) -> None:
    found = danger.find(text)
    assert found is not None
    assert (found.kind, found.number) == ("violence", "110")


@pytest.mark.parametrize("text", DISTRESS.split("|"))
def test_distress_is_heard(text: str) -> None:
    found = danger.find(text)
    assert found is not None
    assert found.kind == "distress"


@pytest.mark.parametrize("text", SAFE.replace("\n", "|").split("|"))
def test_ordinary_talk_is_no_danger(text: str) -> None:
    assert danger.find(text) is None


def test_a_cry_beside_a_question_still_counts() -> None:
    found = danger.find("工伤保险咋个赔 我从架子上摔下来了")
    assert found is not None
    assert found.kind == "injury"
