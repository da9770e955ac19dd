"""What the line texts about work that is to be had or taken: openings, a place, the own list, how it went (W06, W07)."""

from __future__ import annotations

from collections.abc import Callable

from backend.domain.answers import Answer
from backend.domain.lexicon import job_name
from backend.sms import phrases_hire
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases

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
        lead = "没有全合的," + (differ if detail >= 1 else "有:\n")
    more = ",还要看回“还有”" if detail >= 1 else ",还看回“还有”"
    tail = "去哪个回数字" + (more if answer["remaining"] else "")
    return lead + w.numbered(answer["openings"], detail) + "\n" + tail


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
            "别的有:\n" + w.numbered(others, detail) + "\n去哪个回数字" if others else "别的活回“还有”,找人回0"
        )

    return phrase


def clash(answer: Answer, detail: int) -> str:
    return (
        f"你已经定了{w.line(answer['standing'], detail=min(detail, 1))},和{answer['opening']['title']}的日子撞了,"
        "不能两个都去。想换,回1退掉先前那个,再来定"
    )


def which_job(answer: Answer, detail: int) -> str:
    verb = {"take": "去哪个", "details": "问哪个", "withdraw": "退哪个", "hiring": "说的是哪个"}[answer["purpose"]]
    more = "\n4 还有别的" if answer["more"] else ""
    return f"{verb}?\n" + w.numbered(answer["openings"], min(detail, 2)) + more + "\n回数字"


OUTCOMES = {
    "coming": "好,记下了,到时候等你。来不了早点说一声",
    "arrived": "好,记下了,你去了。工钱没给,跟我们说一声",
    "no_show": "好,晓得了,没去成。想找活直接说想做啥子",
    "paid": "好,工钱拿到了就好。想找活直接说想做啥子",
    "not_due": "好,晓得了。到日子没给,跟我们说一声",
}


STATUS = {"accepted": "定了", "offered": "等你回", "waitlisted": "等位子"}


def my_list(answer: Answer, detail: int) -> str:
    if not answer["offers"]:
        return "你还没报活。想找活直接说想做啥子"
    lines = [
        f"{n} {STATUS[o['status']]}:{w.line(o['opening'], detail=min(detail, 2))}"
        for n, o in enumerate(answer["offers"][: 2 + (detail > 1)], start=1)
    ]
    more = len(answer["offers"]) - len(lines)
    return "\n".join(lines) + (f"\n还有{more}个" if more > 0 else "") + "\n不去哪个回数字"


ZH: Phrases = {
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
    "taken_down": lambda a, d: f"这个活停了,不用去了:{w.line(a['opening'], detail=min(d, 2))}。找别的活直接说,有事回0",
    "clash": clash,
    "already_taken": lambda a, d: f"这个活你已经定了:{w.line(a['opening'], detail=d)}。不去了回“退{a['code']}”",
    "own_job": lambda a, d: (
        f"这个活是你这个号码自己发的,不用报:{w.line(a['opening'], detail=min(d, 2))}。找别的活直接说"
    ),
    "my_list": my_list,
    "withdrawn": lambda a, d: f"退了:{w.line(a['opening'], detail=min(d, 2))}。位子让出来了。又想去,回1",
    "nothing_to_withdraw": "你现在没有定下的活,不用退。想找活直接说",
    "confirm_withdraw": lambda a, d: f"真的不去了?{w.line(a['opening'], detail=min(d, 2))}。不去回1,还是去回2",
    "reminder": lambda a, d: f"提醒:{w.line(a['opening'], detail=d)}。来回1,来不了回2,找人回0",
    "follow_up": lambda a, d: f"{w.bare(a['opening'])},做完了。你去了没有?去了回1,没去回2,找人回0",
    "ask_paid": lambda a, d: f"{a['opening']['title']},工钱给了没有?给了回1,没给回2,还没到日子回3,找人回0",
    "outcome_noted": lambda a, d: OUTCOMES[a["outcome"]],
    "calls_off": "好,以后不主动给你打电话了。想恢复,回“恢复”",
    "offer_declined": lambda a, d: f"好,{a['opening']['title']}不去。有别的活再告诉你",
    "offer_expired": _gone("这个过了回话的时间"),
    "undone": lambda a, d: (
        "好,改回原来的了" if not a["opening"] else f"好,改回来了:{w.line(a['opening'], detail=min(d, 2))}"
    ),
}
