"""What the line texts, in the words a villager says aloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.domain.answers import Answer
from backend.domain.lexicon import job_name
from backend.sms import phrases_current, phrases_hire, phrases_posting
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases, by_when


def _facts(facts: dict[str, Any]) -> str:
    """What was told about a worker, in the order people say it."""
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
        parts.append("做" + "、".join(trades))
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
    heard = _facts(answer["noted"]) if answer["form"] == "registration" else ""
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
    return f"{who}{_facts(answer['facts'])}。{notice}对就回1,同意登记;不对回2,或直接说对的"


def registered(answer: Answer, detail: int) -> str:
    text = "登记好了,有合适的活就告诉你。" if not answer["for_other"] else "帮他登记好了。"
    jobs = answer["jobs"][: max(detail, 1)]
    if not jobs:
        return text + "现在想找活,直接说想做啥子"
    return text + "\n" + _numbered(jobs, detail) + "\n去哪个回数字"


def _numbered(openings: list[dict[str, Any]], detail: int) -> str:
    return "\n".join(f"{n} {w.line(opening, detail=detail)}" for n, opening in enumerate(openings, start=1))


RELAXED = {
    "trade": "活路",
    "settlement": "结账方式",
    "benefits": "吃住接送",
    "day_part": "时段",
    "term": "长短",
    "pay_min_fen": "工钱",
    "proximity": "远近",
    "region": "地方",
    "from": "日子",
}


def job_offers(answer: Answer, detail: int) -> str:
    lead = ""
    if answer["relaxed"]:
        differ = "、".join(RELAXED[name] for name in answer["relaxed"][:2]) + "不一样的有:\n"
        lead = "没有全合的," + (differ if detail >= 1 else "差不多的:\n")
    more = ",还要看回“还有”" if detail >= 1 else ",还看回“还有”"
    tail = "去哪个回数字" + (more if answer["remaining"] else "")
    return lead + _numbered(answer["openings"], detail) + "\n" + tail


def no_jobs(answer: Answer, detail: int) -> str:
    wanted = "、".join(job_name(code) for code in answer["filters"].get("job_types", [])[:2])
    told = "来了活我们告诉你" if answer["registered"] else "回1登记,来了活我们告诉你"
    return (f"现在没有{wanted}的活。" if wanted else "现在没有合适的活。") + f"{told};换个活直接说;找人回0"


def job_details(answer: Answer, detail: int) -> str:
    opening = answer["opening"]
    answers = {
        "meals": ("管饭", "不管饭"),
        "lodging": ("管住", "不管住"),
        "transport": ("有车接送", "没有车接,自己去"),
        "insurance": ("买保险", "没买保险"),
        "no_meals": ("管饭", "不管饭"),
        "no_lodging": ("管住", "不管住"),
    }
    column = {"insurance": "insured", "no_meals": "meals", "no_lodging": "lodging"}
    said = []
    for name in answer["asked"]:
        if name in answers:
            value = opening[column.get(name, name)]
            said.append(
                "没说" + answers[name][0] + "没有,去前问下老板" if value is None else answers[name][0 if value else 1]
            )
    parts = [f"招{opening['headcount']}人还差{opening['left']}人"] if detail >= 1 else []
    if detail >= 2 and opening["requirements"]:
        parts.append("要求:" + opening["requirements"])
    if detail >= 3 and opening["employer_name"]:
        parts.append("老板:" + opening["employer_name"])
    no = (
        ",".join(x for x in w.cares(opening, negatives=True) if x.startswith(("不", "没", "自己")))
        if detail >= 2
        else ""
    )
    head = ",".join(dict.fromkeys(said))
    return (
        (head + "。" if head else "")
        + w.line(opening, detail=detail)
        + (f",{no}" if no and not said else "")
        + "。"
        + "。".join(parts)
        + ("。" if parts else "")
        + "去就回1"
    )


def job_taken(answer: Answer, detail: int) -> str:
    opening, contact = answer["opening"], answer["contact"]
    whom = (
        f"找{contact['name']}" + (f"{contact['phone'].removeprefix('+86')}" if contact.get("phone") else "")
        if contact
        else ""
    )
    tail = f"。不去了回“退{answer['code']}”"
    if not answer["registered"]:
        tail += ";还没登记名字,回“登记”"
    return f"定了:{w.line(opening, detail=detail)}{phrases_hire.bring(opening, detail)}。{whom}{tail}"


def _gone(words: str) -> Callable[[Answer, int], str]:
    def phrase(answer: Answer, detail: int) -> str:
        text = f"{answer['opening']['title']}{words}。"
        others = answer["alternatives"][: max(detail, 1)]
        return text + (
            "别的有:\n" + _numbered(others, detail) + "\n去哪个回数字" if others else "别的活回“还有”,找人回0"
        )

    return phrase


def clash(answer: Answer, detail: int) -> str:
    return (
        f"你已经定了{w.line(answer['standing'], detail=min(detail, 1))},和{answer['opening']['title']}的日子撞了,"
        "不能两个都去。想换,回1退掉先前那个,再来报"
    )


def which_job(answer: Answer, detail: int) -> str:
    verb = {"take": "去哪个", "details": "问哪个", "withdraw": "退哪个", "hiring": "说的是哪个"}[answer["purpose"]]
    return f"{verb}?\n" + _numbered(answer["openings"], min(detail, 2)) + "\n回数字"


def either_or(answer: Answer, detail: int) -> str:
    first, second = (choice["zh"] for choice in answer["choices"])
    lead = {"wish": "没太懂。你是想", "word": f"你说的“{answer['word']}”是", "heard": "你说的是"}[answer["about"]]
    return f"{lead}{first},还是{second}?{first}回1,{second}回2,都不是回3,找人回0"


OUTCOMES = {
    "coming": "好,记下了,到时候等你。来不了早点说一声",
    "arrived": "好,记下了,你去了。工钱有难处,跟我们说一声",
    "no_show": "好,晓得了,没去成。想找活直接说想做啥子",
    "paid": "好,工钱拿到了就好。想找活直接说想做啥子",
    "not_due": "好,晓得了。到日子没给,跟我们说一声",
}
STATUS = {"accepted": "定了", "offered": "等你回", "waitlisted": "排队"}


def my_list(answer: Answer, detail: int) -> str:
    if not answer["offers"]:
        return "你还没报活。想找活直接说想做啥子"
    lines = [
        f"{n} {STATUS[o['status']]}:{w.line(o['opening'], detail=min(detail, 2))}"
        for n, o in enumerate(answer["offers"][: 2 + (detail > 1)], start=1)
    ]
    more = len(answer["offers"]) - len(lines)
    return "\n".join(lines) + (f"\n还有{more}个" if more > 0 else "") + "\n不去哪个回数字"


# What was noted, named only where it is nobody's business but harmless: a dispute stays "你说的事" (M08).
NOTED = {"policy": "你问的政策", "training": "想学手艺的事", "returnee": "你返乡的事", "unemployment": "失业登记的事"}


def case_opened(answer: Answer, detail: int) -> str:
    text = ""
    if answer["emergency"] == "120":
        text = "人要紧!先打120急救电话。"
    elif answer["emergency"] == "110":
        text = "先保安全!马上打110报警。"
    text += f"{NOTED.get(answer['case_kind'], '你说的事')}记下了。{answer['who']}会给你回话,最晚{by_when(answer['due_at'])}。"
    lines = [line["name"] + line["number"] for line in answer["hotlines"] if line["number"] != answer["emergency"]]
    if lines and detail >= 1:
        text += "也可以打" + "、".join(lines) + "。"
    return text + ("找人回0" if not answer["emergency"] else "")


def human(answer: Answer, detail: int) -> str:
    station = answer["station"]
    if answer["open_now"]:
        line = f"也可以直接打{station['hotline'].removeprefix('+86')}。" if station.get("hotline") else ""
        return f"已经喊{station['name']}的人了,马上来回你。{line}"
    return f"现在下班了,记下了。{station['name']}的人{by_when(answer['due_at'])}给你回话。急事打110、120"


def market_info(answer: Answer, detail: int) -> str:
    station = answer["station"]
    phone = f",电话{station['hotline'].removeprefix('+86')}" if station.get("hotline") else ""
    return f"{station['name']}在{station['address']},每天{station['opens_at']}到{station['closes_at']}开门{phone}"


def profile(answer: Answer, detail: int) -> str:
    return f"你的登记:{_facts(answer['facts'])}。要改直接说,比如“改成五十九岁”;删掉回“删除”;给屋头人登记回2"


def heard(facts: dict[str, Any]) -> str:
    """What was read back by phone, as a text would tell it."""
    parts = [_facts(facts)] if _facts(facts) else []
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
    return f"改好了:{_facts(answer['changed'])}。不是你改的,回“改回去”"


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


def resume_hint(answer: Answer, detail: int) -> str:
    """What is still open, with its question: whoever looked at something else has forgotten it."""
    what = {"registration": "登记", "posting": "招人"}[answer["form"]]
    if answer["field"] in (None, "confirm"):
        return f"{what}还没定:对就回“对”,不弄了回“算了”"
    question = ASK[(answer["form"], answer["field"])][0]
    return f"{what}还没弄完:{question}不弄了回“算了”" if detail >= 1 else f"{what}还没完,接着说"


def call_summary(answer: Answer, detail: int) -> str:
    """What was done in a call, a line each (V20)."""
    return "\n".join(_done(done, detail) for done in answer["done"])


def _done(done: Answer, detail: int) -> str:
    kind = done["kind"]
    if kind == "job_taken":
        return job_taken({**done, "registered": True}, detail)
    if kind == "withdrawn":
        return "退了:" + w.line(done["opening"], detail=min(detail, 1))
    if kind == "registered":
        return "登记好了,有合适的活就告诉你" if detail >= 2 else "登记好了"
    if kind == "case_opened":
        first = {"120": "人要紧,先打120。", "110": "先保安全,打110。"}.get(done["emergency"] or "", "")
        what = NOTED.get(done["case_kind"], "你说的事")
        lines = (
            [line["name"] + line["number"] for line in done["hotlines"][: 1 if detail < 3 else 2]]
            if detail >= 1
            else []
        )
        also = f",急就打{'、'.join(lines)}" if lines else ""
        return f"{first}{what}记下了,编号{done['case_id']},{done['who']}{by_when(done['due_at'])}回话{also}"
    if kind in {"callback_promised", "human"}:
        return f"找人的事记下了,编号{done['case_id']},{by_when(done['due_at'])}给你打回来"
    phrase = PHRASES[kind]
    return phrase if isinstance(phrase, str) else phrase(done, detail)


def callback_promised(answer: Answer, detail: int) -> str:
    return f"没找到人,记下了,编号{answer['case_id']}。你排第{answer['place']}个,{by_when(answer['due_at'])}给你打回来"


MENU = "1找活 2登记 3我报的活 4不再收短信 0找人"

PHRASES: Phrases = {
    "greeting": lambda a, d: f"你好,我是零工热线的机器,帮你找活。回数字:{MENU}。也可以直接说想做啥子",
    "goodbye": "好,慢走。要找活随时发短信来",
    "thanks": "不谢。要找活随时说",
    "help": lambda a, d: f"不用学,像平常说话一样发来就行,比如“有没得摘果子的活”。或者回数字:{MENU}",
    "menu": lambda a, d: (
        {"unavailable": "收到了,现在机器有点忙,先按数字办:", "not_understood": "我没听懂。回数字:"}.get(
            a["reason"], "回数字:"
        )
        + MENU
    ),
    "read_on": "好,您接着说。",
    "repeat_nothing": f"前头还没说啥子。回数字:{MENU}",
    "slower": "好,我打电话时慢点说",
    "wording": lambda a, d: "好,电话里给你说" + ("普通话" if a["wording"] == "mandarin" else "四川话"),
    "not_understood": "没太懂你的意思。是想找活,还是想登记?找活回1,登记回2,找人回0",
    "either_or": either_or,
    "out_of_scope": "这个我帮不到你。我管找活、登记、工钱这些事。找活回1,登记回2,找人回0",
    "choice_unknown": lambda a, d: (
        f"没有{a['choice']}这个数。"
        + (f"回{a['choices'][0]}到{a['choices'][-1]}," if a["choices"] else "想找活直接说想做啥子,")
        + "找人回0"
    ),
    "nothing_to_answer": lambda a, d: (
        "好。想找活直接说想做啥子;找人回0" if a["said"] == "yes" else "好,不弄。想找活随时说"
    ),
    "cancelled": lambda a, d: (
        {"registration": "好,不登记了,说过的都没存。", "posting": "好,招人的不发了。"}.get(a["what"], "好。")
        + "想找活随时说"
    ),
    "media_unsupported": "图片和语音我看不到、听不到。请打成字,或者打电话来。找人回0",
    "ask": ask,
    "confirm_registration": confirm_registration,
    "registered": registered,
    "registration_declined": "好,不登记,说过的都没存。公开的活一样可以问、可以去",
    "resume_hint": resume_hint,
    "job_offers": job_offers,
    "no_jobs": no_jobs,
    "no_more_jobs": "就这些了,没有别的。换个活直接说,找人回0",
    "job_details": job_details,
    "which_job": which_job,
    "job_taken": job_taken,
    "confirm_take": lambda a, d: f"{w.line(a['opening'], detail=d)}。去就回1,不去回2",
    "job_full": _gone("人已经满了,来晚了一步"),
    "job_gone": _gone("这个活已经不招了"),
    "called_off": lambda a, d: (
        f"老板那边取消了,不用去了:{w.line(a['opening'], detail=min(d, 2))}。找别的活,直接说想做啥子"
    ),
    "clash": clash,
    "already_taken": lambda a, d: f"这个活你已经定了:{w.line(a['opening'], detail=d)}。不去了回“退{a['code']}”",
    "my_list": my_list,
    "withdrawn": lambda a, d: f"退了:{w.line(a['opening'], detail=min(d, 2))}。位子让出来了。又想去,回1",
    "nothing_to_withdraw": "你现在没有定下的活,不用退。想找活直接说",
    "confirm_withdraw": lambda a, d: f"真的不去了?{w.line(a['opening'], detail=min(d, 2))}。不去回1,还是去回2",
    "reminder": lambda a, d: f"提醒:{w.line(a['opening'], detail=d)}。来回1,来不了回2,找人回0",
    "follow_up": lambda a, d: f"{w.line(a['opening'], detail=0)},做完了。你去了没有?去了回1,没去回2,找人回0",
    "ask_paid": lambda a, d: f"{a['opening']['title']},工钱给了没有?给了回1,没给回2,还没到日子回3,找人回0",
    "outcome_noted": lambda a, d: OUTCOMES[a["outcome"]],
    "calls_off": "好,以后不主动给你打电话了。想恢复,回“恢复”",
    "offer_declined": lambda a, d: f"好,{a['opening']['title']}不去。有别的活再告诉你",
    "offer_expired": _gone("这个过了回话的时间"),
    "undone": lambda a, d: (
        "好,改回原来的了" if not a["opening"] else f"好,改回来了:{w.line(a['opening'], detail=min(d, 2))}"
    ),
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
    "erased": "你的登记删掉了。以后想找活,随时再来",
    "kept": lambda a, d: "好,没有删" if a["what"] == "profile" else "好,还是给你留起",
    "profile_locked": "晓得了,这个号码换人了,以前的不再用。想找活直接说",
    "which_person": lambda a, d: (
        f"这个号码登记了{a['count']}个人。你是哪个?回1机主本人 "
        + ("2屋头另一个人" if a["count"] == 2 else " ".join(f"{n}第{n}个登记的" for n in range(2, a["count"] + 1)))
    ),
    "case_opened": case_opened,
    "human": human,
    "callback_promised": callback_promised,
    "human_talked": "你和工作人员说完了。还有事直接说",
    "call_summary": call_summary,
    "market_info": market_info,
    "opted_out": "好,以后我们不主动给你发短信了。你找我们还是一样回。想再收,回“恢复短信”",
    "opted_in": "好,有合适的活又给你发短信。不想收回“退订”",
    "taken_over": "现在是零工站的工作人员在回你,不是机器",
    "staff_reply": lambda a, d: a["text"],
    "handed_back": "工作人员先忙去了,现在又是机器回你。找人回0",
}
PHRASES |= phrases_current.ZH | phrases_hire.ZH | phrases_posting.ZH
