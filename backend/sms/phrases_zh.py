"""What the line texts, in the words a villager says aloud: small talk, cases, people, the text after a call; here all are joined."""

from __future__ import annotations

from backend.domain.answers import Answer
from backend.sms import phrases_current, phrases_hire, phrases_offers, phrases_posting, phrases_registration
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases, by_when


def either_or(answer: Answer, detail: int) -> str:
    first, second = (choice["zh"] for choice in answer["choices"])
    lead = {"wish": "没太懂。你是想", "word": f"你说的“{answer['word']}”是", "heard": "你说的是"}[answer["about"]]
    return f"{lead}{first},还是{second}?{first}回1,{second}回2,都不是回3,找人回0"


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


def call_summary(answer: Answer, detail: int) -> str:
    """What was done in a call, a line each (V20)."""
    return "\n".join(_done(done, detail) for done in answer["done"])


def _done(done: Answer, detail: int) -> str:
    kind = done["kind"]
    if kind == "job_taken":
        return phrases_offers.job_taken({**done, "registered": True}, detail)
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
        {"registration": "好,不登记了,说过的都没存。", "posting": "好,招人的活不发了。"}.get(a["what"], "好。")
        + "想找活随时说"
    ),
    "media_unsupported": "图片和语音我看不到、听不到。请打成字,或者打电话来。找人回0",
    "case_opened": case_opened,
    "human": human,
    "callback_promised": callback_promised,
    "human_talked": "你和工作人员说完了。还有事直接说",
    "call_summary": call_summary,
    "market_info": market_info,
    "opted_out": "好,以后我们不主动给你发短信了。你找我们还是一样回。想再收,回“恢复短信”",
    "opted_in": "好,有合适的活又给你发短信。不想收回“退订”",
    "taken_over": "现在是工作人员在回你,不是机器",
    "staff_reply": lambda a, d: a["text"],
    "handed_over": lambda a, d: f"现在由{a['staff_name']}接着帮你",
    "handed_back": "工作人员先忙去了,现在又是机器回你。找人回0",
}
PHRASES |= phrases_current.ZH | phrases_hire.ZH | phrases_offers.ZH | phrases_posting.ZH | phrases_registration.ZH
