"""What the line texts about a person's own record: registering, looking at it, correcting, free days, erasing (M08)."""

from __future__ import annotations

from typing import Any

from backend.domain.answers import Answer
from backend.sms import phrases_posting
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases

TRADES_NAMED = (3, 6, 9, 9)  # by detail
FINER_WISHES = frozenset({"day_part", "term", "settlement", "benefit", "proximity"})


def facts_said(facts: dict[str, Any], detail: int = 3) -> str:
    """What was told about a worker, in the order people say it; at detail 0 without the finer wishes."""
    if detail < 1:
        facts = {key: value for key, value in facts.items() if key not in FINER_WISHES}
    parts: list[str] = []
    if name := facts.get("person_name"):
        parts.append(name)
    if gender := facts.get("gender"):
        parts.append(w.GENDERS["zh"][gender])
    if age := facts.get("age"):
        parts.append(f"{age}岁")
    if place := facts.get("village_name") or facts.get("location"):
        parts.append(str(place))
    if trades := facts.get("job_names"):
        parts.append(
            "做" + "、".join(trades[: TRADES_NAMED[detail]]) + ("等" if len(trades) > TRADES_NAMED[detail] else "")
        )
    if when := facts.get("date"):
        start, _, end = str(when).partition("/")
        parts.append(w.days(start, end or start) + "有空")
    if facts.get("always_free"):
        parts.append("天天有空")
    if busy := facts.get("unavailable"):
        parts.append(w.days(*busy) + "没空")
    parts += [w.DAY_PARTS["zh"][part] for part in facts.get("day_part", [])]
    if term := facts.get("term"):
        parts.append(w.TERMS["zh"][term])
    if pay := facts.get("pay"):
        parts.append("想" + w.said_pay(pay))
    if settlement := facts.get("settlement"):
        parts.append(w.SETTLEMENTS["zh"][settlement])
    benefits = {"meals": "管饭", "lodging": "管住", "transport": "车接送", "insurance": "买保险"}
    parts += ["要" + benefits[code] for code in facts.get("benefit", []) if code in benefits]
    near = {
        "walking": "走得到",
        "village": "本村",
        "town": "本镇",
        "county": "本县",
        "near": "近点",
        "away": "外地也行",
    }
    if proximity := facts.get("proximity"):
        parts.append(near[proximity])
    if phone := facts.get("phone_number"):
        parts.append(f"电话{phone}")
    # M08: a hardship is never written out in a text; that it was heard is enough.
    if facts.get("hardship"):
        parts.append("困难情况记下了")
    return ",".join(parts)


ASK: dict[tuple[str, str], tuple[str, str]] = {
    **phrases_posting.ASK_ZH,
    ("registration", "person_name"): ("你叫啥子名字?", "回你的名字就行,比如:王秀英。找人帮忙回0"),
    ("registration", "age"): ("今年好多岁?", "回个数就行,比如:58。不想说回“跳过”"),
    ("registration", "location"): ("住哪个村、哪个社区?", "回村名就行,比如:兴泉社区。不想说回“跳过”"),
    ("registration", "job_type"): ("会做啥子活?", "回数字:{choices}。不想说回“跳过”"),
    ("registration", "date"): ("哪些天有空?", "比如:明天、下周都有空、天天。不想说回“跳过”"),
    ("registration", "pay"): ("想要好多钱一天?", "比如:一天一百五。不想说回“跳过”"),
    ("registration", "correction"): ("哪点不对?直接说对的,比如“五十九岁”。不登记了回“算了”",) * 2,
}


def ask(answer: Answer, detail: int) -> str:
    question, example = ASK[(answer["form"], answer["field"])]
    choices = " ".join(f"{n}{name}" for n, name in enumerate(answer["choices"], start=1))
    if answer["attempt"] > 1:
        return example.format(choices=choices)
    heard = facts_said(answer["noted"], detail) if answer["form"] == "registration" else ""
    text = f"记下了:{heard}。" if heard and detail >= 1 else ""
    text += question
    if choices:
        text += f"回数字:{choices},也可以直接说"
    elif detail >= 2 and answer["form"] == "registration" and answer["field"] not in ("person_name", "correction"):
        text += "不想说回“跳过”"
    return text


def confirm_registration(answer: Answer, detail: int) -> str:
    who = "帮屋头人登记:" if answer["for_other"] else "登记:"
    notice = "我们只拿来给你找活,随时可删。" if detail >= 1 else "只用来找活。"
    return f"{who}{facts_said(answer['facts'], detail)}。{notice}对就回1,同意登记;不对回2,或直接说对的"


def registered(answer: Answer, detail: int) -> str:
    text = "登记好了,有合适的活就告诉你。" if not answer["for_other"] else "帮他登记好了。"
    jobs = answer["jobs"][: max(detail, 1)]
    if not jobs:
        return text + "现在想找活,直接说想做啥子"
    return text + "\n" + w.numbered(jobs, detail) + "\n去哪个回数字"


def resume_hint(answer: Answer, detail: int) -> str:
    """What is still open, with its question: whoever looked at something else has forgotten it."""
    what = {"registration": "登记", "posting": "招人"}[answer["form"]]
    if answer["field"] in (None, "confirm"):
        return f"{what}还没定:对就回“对”,不弄了回“算了”"
    question = ASK[(answer["form"], answer["field"])][0]
    return f"{what}还没弄完:{question}不弄了回“算了”" if detail >= 1 else f"{what}还没完,接着说"


def profile(answer: Answer, detail: int) -> str:
    return f"你的登记:{facts_said(answer['facts'], detail)}。要改直接说,比如“改成五十九岁”;删掉回“删除”;给屋头人登记回2"


def heard(facts: dict[str, Any]) -> str:
    """What was read back by phone, as a text would tell it."""
    parts = [facts_said(facts)] if facts_said(facts) else []
    if free := facts.get("free"):
        parts.append(w.days(*free) + "有空")
    if money := facts.get("money"):
        parts.append(f"{money}元")
    if clocks := facts.get("clock"):
        parts.append("、".join(clocks))
    if length := facts.get("duration"):
        parts.append(f"{length.rstrip('d')}天")
    if count := facts.get("headcount"):
        parts.append(f"{count}个人")
    return ",".join(parts)


def profile_updated(answer: Answer, detail: int) -> str:
    return f"改好了:{facts_said(answer['changed'], detail)}。不是你改的,回“改回去”"


def availability_set(answer: Answer, detail: int) -> str:
    facts = answer["availability"]
    said = ["天天有空"] if facts.get("always") else []
    for start, end in facts.get("unavailable", [])[-1:]:
        said.append(f"{w.days(start, end)}没空,不喊你")
    if facts.get("from"):
        said.append(f"{w.days(facts['from'], facts.get('to') or facts['from'])}有空")
    said += [w.DAY_PARTS["zh"][part] for part in facts.get("day_parts") or []]
    if facts.get("term"):
        said.append(w.TERMS["zh"][facts["term"]])
    return "记下了:" + (",".join(said) or "你的时间") + "。想找活直接说"


ZH: Phrases = {
    "ask": ask,
    "confirm_registration": confirm_registration,
    "registered": registered,
    "registration_declined": "好,不登记,说过的都没存。公开的活一样可以问、可以去",
    "resume_hint": resume_hint,
    "profile": profile,
    "profile_by_text": "你的登记发短信给你",
    "confirm_heard": lambda a, d: f"听到的是:{heard(a['facts'])}。对就回1,不对回2",
    "say_again": "好,再说一遍,我重新记",
    "noted": "好,记下了。找人回0",
    "no_profile": "这个号码还没登记过。回2登记,想找活直接说",
    "profile_updated": profile_updated,
    "profile_what": "要改哪样?直接说对的,比如“改成五十九岁”“我会砌砖”",
    "availability_set": availability_set,
    "availability_what": "哪些天有空,哪些天没空?比如“下周都有空”“后天没空”",
    "confirm_erase": "真的要把你的登记全部删掉?删了找不回。删就回1,不删回2",
    "erase_by_text": "要删登记,请照这条短信回1;不删回2",
    "erased": lambda a, d: (
        "你的登记删掉了。" + ("你招人的活还在招,不要了回“不招了”。" if a["hires"] else "") + "以后想找活,随时再来"
    ),
    "kept": lambda a, d: "好,没有删" if a["what"] == "profile" else "好,还是给你留起",
    "profile_locked": "晓得了,这个号码换人了,以前的不再用。想找活直接说",
    "which_person": lambda a, d: (
        f"这个号码登记了{a['count']}个人。你是哪个?回1机主本人 "
        + ("2屋头另一个人" if a["count"] == 2 else " ".join(f"{n}第{n}个登记的" for n in range(2, a["count"] + 1)))
    ),
}
