"""The words staff read for what the ledgers keep as codes; Chinese as in the ledgers themselves, English in the catalogue."""

from __future__ import annotations

from backend.console.labels import N_

SKILLS = {"none": N_("没有"), "basic": N_("会一些"), "skilled": N_("熟练"), "certified": N_("有证书")}
EMPLOYMENT = {
    "waiting": N_("待业"),
    "working": N_("在务工"),
    "self_employed": N_("自己干"),
    "studying": N_("在读书"),
    "not_able": N_("不能干活"),
}
WILLINGNESS = {"wants": N_("想干"), "thinks": N_("再想想"), "not_now": N_("暂时不想")}
NEEDS = {"job": N_("找活"), "training": N_("培训"), "policy": N_("政策"), "rights": N_("维权")}
CHANNELS = {"sms": N_("短信"), "voice": N_("电话")}
HARDSHIPS = {
    "G01": N_("脱贫人口"),
    "G02": N_("监测对象"),
    "G03": N_("低保或低收入"),
    "G04": N_("残疾人"),
    "G05": N_("大龄"),
    "G06": N_("待工时间长"),
    "G07": N_("零就业家庭"),
    "G08": N_("易地搬迁"),
    "G09": N_("退役军人"),
    "G10": N_("返乡人员"),
    "G11": N_("不识字或学历低"),
    "G12": N_("单亲或照护家人"),
    "G13": N_("高校毕业生"),
    "G14": N_("少数民族或语言需要"),
}
WORKER_STATUS = {"active": N_("在册"), "paused": N_("先不派活"), "erased": N_("已删除")}
OFFER_STATUS = {
    "offered": N_("问了，没回"),
    "waitlisted": N_("等位子"),
    "accepted": N_("定了"),
    "declined": N_("说不去"),
    "expired": N_("过时没回"),
    "withdrawn": N_("不去了"),
    "arrived": N_("到岗了"),
    "no_show": N_("没到岗"),
    "completed": N_("干完了"),
    "paid": N_("工钱结了"),
}
VISITS = {"home": N_("上门"), "phone": N_("打电话"), "window": N_("到窗口")}
FOUND_TRUE = {"papers_seen": N_("看过证件"), "on_the_list": N_("上级名单里有"), "visited": N_("上门看过")}
TAKEN_BACK = {
    "mistaken": N_("弄错了"),
    "no_longer": N_("现在不是了"),
    "not_on_the_list": N_("名单里没有"),
}
HOUSEHOLD_REASONS = {
    "married": N_("嫁娶"),
    "moved": N_("搬来同住"),
    "relocated": N_("易地搬迁"),
    "record_wrong": N_("村名登记错了"),
}
TALK_KINDS = {"point_to_point": N_("点对点"), "one_to_one": N_("一对一"), "one_to_many": N_("一对多")}
TALK_OUTCOMES = {"hired": N_("谈成了"), "refused": N_("没谈成"), "thinks": N_("再想想"), "absent": N_("没来")}
TABS = {
    "waiting": N_("待工时间长"),
    "disabled": N_("残疾"),
    "low_income": N_("低收入"),
    "older": N_("大龄"),
    "others": N_("其他核实过的"),
}
HISTORY = {
    "edited": N_("改了"),
    "registered": N_("登记"),
    "imported_worker": N_("从Excel存入"),
    "officer_set": N_("定了帮扶人"),
    "hardship_verified": N_("核实了困难"),
    "hardship_unverified": N_("取消了核实"),
    "household": N_("改了户"),
}
# Names of the fields in the trail.
FIELDS = {
    "name": N_("姓名"),
    "gender": N_("性别"),
    "birth_year": N_("出生年"),
    "village": N_("村（社区）"),
    "job_types": N_("会做的活"),
    "skill_level": N_("技能水平"),
    "pay": N_("期望工价"),
    "available_from": N_("哪天起有空"),
    "available_to": N_("有空到哪天"),
    "employment_status": N_("就业状态"),
    "job_willingness": N_("就业意愿"),
    "at_home": N_("未外出在家"),
    "hardships": N_("困难情况"),
    "service_needs": N_("服务需求"),
    "preferred_channel": N_("怎么联系"),
    "waiting_since": N_("哪天起没活"),
}
LEDGERS = {
    "workers": N_("劳动力信息台账"),
    "openings": N_("单位岗位需求台账"),
    "priority": N_("重点群体台账"),
    "employers": N_("用工单位台账"),
    "households": N_("户台账"),
    "offers": N_("派活台账"),
    "cases": N_("待办台账"),
    "stations": N_("市场和驿站台账"),
}
EXPORT_REASONS = {
    "report": N_("按规定上报"),
    "visit": N_("上门走访要用"),
    "meeting": N_("开会研究"),
    "check": N_("核对数据"),
}
