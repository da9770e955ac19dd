"""The words of the ledger room's own work: what was done to a card, what can be done to many, consent, a station."""

from __future__ import annotations

from backend.console.labels import N_

EVENTS = {
    "edited": N_("改了"),
    "registered": N_("登记"),
    "registered_at_window": N_("在窗口登记"),
    "imported_worker": N_("从Excel存入"),
    "officer_set": N_("定了帮扶人"),
    "visited": N_("走访"),
    "hardship_verified": N_("核实了困难"),
    "hardship_unverified": N_("取消了核实"),
    "hardship_rejected": N_("没有认定困难"),
    "hardship_reopened": N_("困难重新等核实"),
    "household": N_("改了户"),
    "taken_back": N_("撤回了改动"),
    "merged": N_("并进来一条"),
    "merged_away": N_("并到了别的一条"),
    "unmerged": N_("拆开了合并"),
    "said_distinct": N_("判了和另一条不是同一个"),
    "took_back_distinct": N_("撤回了不是同一个的判断"),
    "still_looking": N_("说还在找活"),
    "not_looking": N_("说先不找活"),
    "active_again": N_("又找活了"),
    "profile_updated": N_("改了登记"),
    "availability_set": N_("说了哪天有空"),
    "corrected": N_("纠正"),
    "station_edited": N_("改了"),
    "imported_station": N_("从Excel存入"),
    "station_added": N_("新设"),
    "joined_household": N_("进了这一户：台账号"),
    "left_household": N_("出了这一户：台账号"),
}
FIELDS = {
    "name": N_("姓名"),
    "gender": N_("性别"),
    "birth_year": N_("出生年"),
    "village_code": N_("村（社区）"),
    "household_id": N_("户"),
    "job_types": N_("会做的活"),
    "pay_min_fen": N_("工价从"),
    "pay_max_fen": N_("工价到"),
    "pay_unit": N_("按什么算"),
    "available_from": N_("哪天起有空"),
    "available_to": N_("有空到哪天"),
    "unavailable": N_("没空的日子"),
    "day_parts": N_("什么时候干"),
    "term": N_("干多久"),
    "travel": N_("怎么去"),
    "within_km": N_("多远以内"),
    "benefits": N_("要管什么"),
    "preferred_channel": N_("怎么联系"),
    "waiting_since": N_("哪天起没活"),
    "skill_level": N_("技能水平"),
    "employment_status": N_("就业状态"),
    "job_willingness": N_("就业意愿"),
    "at_home": N_("未外出在家"),
    "service_needs": N_("服务需求"),
    "officer_id": N_("帮扶人"),
    "status": N_("派不派活"),
    "kind": N_("类别"),
    "phone": N_("电话"),
    "region_code": N_("地方"),
    "title": N_("岗位"),
    "job_type": N_("工种"),
    "headcount": N_("要几个人"),
    "place": N_("具体地点"),
    "starts_on": N_("第一天"),
    "ends_on": N_("最后一天"),
    "hours_from": N_("几点开始"),
    "hours_to": N_("几点收工"),
    "settlement": N_("怎么结"),
    "negotiable": N_("工价可以商量"),
    "requirements": N_("务工要求"),
    "meals": N_("吃饭"),
    "lodging": N_("住处"),
    "transport": N_("接送"),
    "insured": N_("保险"),
    "short_name": N_("短信落款"),
    "address": N_("地址"),
    "opens_at": N_("几点开门"),
    "closes_at": N_("几点关门"),
    "hotline": N_("电话"),
    "services": N_("办什么事"),
    "area_sqm": N_("面积（平方米）"),
    "windows": N_("几个窗口"),
    "staff_count": N_("几个工作人员"),
    "has_screen": N_("大屏"),
    "has_sign": N_("标牌"),
}
# What a field is called otherwise where the card is no person's.
FIELDS_OF = {"employers": {"name": N_("名称")}, "stations": {"name": N_("名称")}}
STATION_KINDS = {"market": N_("零工市场"), "station": N_("零工驿站")}
# Consent given at the window: how, and what for (PIPL 13–17).
CONSENT_HOW = {
    "spoken": N_("在窗口当面说的"),
    "signed": N_("签了纸质同意书"),
    "relative": N_("家里人代说的"),
}
CONSENT_USES = {
    "offers": N_("派活、发短信"),
    "calls": N_("打电话告诉"),
    "employers": N_("定了以后把名字电话告诉老板"),
    "reports": N_("按规定上报台账"),
}
RELATIONS = {
    "father": N_("父亲"),
    "mother": N_("母亲"),
    "husband": N_("丈夫"),
    "wife": N_("妻子"),
    "son": N_("儿子"),
    "daughter": N_("女儿"),
    "sibling": N_("兄弟姐妹"),
    "relative": N_("别的亲戚"),
    "neighbour": N_("邻居"),
}
PHONE_OF = {"own": N_("本人的"), "relative": N_("家里人的"), "none": N_("没有号码")}
REJECTED = {
    "mistaken": N_("弄错了"),
    "no_longer": N_("现在不是了"),
    "not_on_the_list": N_("名单里没有"),
}
BULK_WORKERS = {
    "confirm": N_("都还在找活"),
    "at_home": N_("都在家"),
    "away": N_("都外出了"),
    "officer": N_("定帮扶人"),
    "village": N_("改村（社区）"),
}
BULK_OPENINGS = {
    "publish": N_("发布"),
    "reject": N_("退回"),
    "extend": N_("最后一天往后延"),
}
# The same as what pressing does; %(count)s: of how many.
BULK_ASKS = {
    "confirm": N_("把%(count)s个人都记成“还在找活”"),
    "at_home": N_("把%(count)s个人都记成“在家”"),
    "away": N_("把%(count)s个人都记成“外出了”"),
    "officer": N_("给%(count)s个人定帮扶人"),
    "village": N_("给%(count)s个人改村（社区）"),
    "publish": N_("发布%(count)s个岗位"),
    "reject": N_("退回%(count)s个岗位"),
    "extend": N_("把%(count)s个岗位的最后一天往后延"),
}
BULK_FAILED = {
    "conflict": N_("同事先改了"),
    "places_taken": N_("已经有人要来，日子不能改"),
    "days_gone": N_("最后一天已经过了"),
    "not_in_review": N_("不在待审"),
    "flags": N_("有要留心的地方，要一个个审"),
    "gone": N_("已经不在您的辖区"),
    "invalid": N_("这一条不能这样改"),
    "forbidden": N_("您的账号不能办"),
    "changed_since": N_("后来又改过，没有撤"),
    "too_late": N_("过了一天，没有撤"),
    "broken": N_("出了错，没有办成。请单独办这一个。"),
}
