"""What employers are asked and told by text: a posting's questions, its confirmation, what became of it (E01, P04), in both languages."""

from __future__ import annotations

from typing import Any

from backend.domain.answers import Answer
from backend.domain.latin import latin
from backend.domain.lexicon import job_name
from backend.domain.posting_words import MOST_PEOPLE, span_of_hours
from backend.domain.review import GROUNDS
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases

NAMED_AT_MOST = (0, 3, 8, 8)  # by detail
UNDO_ZH, UNDO_EN = "弄错了回“改回去”", "A mistake? Reply 改回去."

# field → the question, and the shorter one with an example (V08).
ASK_ZH: dict[tuple[str, str], tuple[str, str]] = {
    ("posting", "job_type"): ("要人做啥子活?", "比如:摘李子、砌砖"),
    ("posting", "headcount"): ("要几个人?", "回个数就行,比如:5"),
    ("posting", "location"): ("在哪里做?", "说村名、地名就行,比如:兴泉社区"),
    ("posting", "date"): ("哪天做?几点到几点?", "比如:明天、下周一到周三,早上七点到下午五点"),
    ("posting", "hours"): ("几点到几点?不定就回“跳过”", "比如:早上七点到下午五点;不定回“跳过”"),
    ("posting", "pay"): ("工钱咋个算?", "比如:一天一百二、一斤五角"),
    ("posting", "benefit"): ("管饭、管住、接送,有哪样?没得回“没得”", "比如:管饭,有车接;都没有回“没得”"),
    ("posting", "insurance"): ("买保险不?", "买就回“买”,不买回“不买”"),
    ("posting", "requirements"): ("对人有啥子要求?没得就回“没得”", "比如:要会砌砖;没得要求回“没得”"),
    ("posting", "correction"): ("哪点不对?直接说对的。不发了回“算了”",) * 2,
}
ASK_EN = {
    "job_type": "What work is it?",
    "headcount": "How many people?",
    "location": "Where is the work?",
    "date": "On which day, from when to when?",
    "hours": "From when to when? Reply 跳过 if that is open.",
    "pay": "How is it paid?",
    "benefit": "Are meals, lodging, transport, insurance included?",
    "insurance": "Is there insurance?",
    "requirements": "What is asked of the workers? Reply 没得 if nothing.",
}
BENEFITS = {
    "meals": ("管饭", "meals"),
    "lodging": ("管住", "lodging"),
    "transport": ("车接送", "transport"),
    "insurance": ("买保险", "insured"),
    "no_meals": ("不管饭", "no meals"),
    "no_lodging": ("不管住", "no lodging"),
    "no_transport": ("自己来", "own transport"),
    "no_insurance": ("没买保险", "not insured"),
}
LEFT_OUT = {"hours": ("几点到几点", "the hours"), "requirements": ("对人的要求", "what is asked of the workers")}
PROBLEMS = {
    "too_many": (
        f"一回最多招{MOST_PEOPLE}个人,多的回0找人。",
        f"At most {MOST_PEOPLE} people at once; for more, reply 0 and tell our staff. ",
    ),
    "no_people": ("人数最少要1个。", "At least one person is needed. "),
    "no_such_day": ("没得这一天。", "There is no such day. "),
    "past_day": ("那天已经过了。", "That day has passed. "),
    "no_pay": ("工钱要写个数,不能不给。", "The pay must be an amount; work is paid. "),
    "pay_unlikely": ("这个工钱怕是说错了。", "That pay is probably a slip. "),
    "unknown_trade": ("没听懂是哪样活。", "That kind of work is not known. "),
    "unknown_place": ("没找到这个地方,是哪个镇、哪个村?", "That place was not found; which town, which village? "),
    "outside": ("外地的活这里登不了,找工作人员回0。", "Work in other parts is not taken here; 0 for our staff. "),
}


def facts_said(facts: dict[str, Any], lang: str = "zh") -> str:
    """The facts of a posting as they are read back."""
    one = 0 if lang == "zh" else 1
    name = str(facts.get("employer_name") or "")
    parts: list[str] = [name if lang == "zh" else latin(name)] if name else []
    if trades := facts.get("job_type"):
        trades = trades if isinstance(trades, list) else [trades]
        own_words = facts.get("title") if len(trades) == 1 and lang == "zh" else None
        parts.append(own_words or ("、" if lang == "zh" else ", ").join(job_name(code, lang) for code in trades))
    if count := facts.get("headcount"):
        parts.append(f"{count}人" if lang == "zh" else f"{count} people")
    if place := facts.get("place") or facts.get("location") or facts.get("village_name"):
        parts.append(str(place) if lang == "zh" else f"at {latin(str(place))}")
    if when := facts.get("date"):
        start, _, end = str(when).partition("/")
        parts.append(w.days(start, end or start, lang))
    if clocks := facts.get("clock"):
        start, until = span_of_hours(list(clocks))
        parts.append(w.hours({"from": start, "to": until}, lang))
    elif part := facts.get("day_part"):
        parts.append(w.DAY_PARTS[lang].get(str(part), ""))
    if pay := facts.get("pay"):
        parts.append(w.said_pay(pay if isinstance(pay, str) else pay[-1], lang))
    if settlement := facts.get("settlement"):
        parts.append(w.SETTLEMENTS[lang][settlement])
    parts += [BENEFITS[code][one] for code in facts.get("benefit") or [] if code in BENEFITS]
    if required := facts.get("requirements"):
        parts.append(
            ("要求:" if lang == "zh" else "asked for: ") + (str(required) if lang == "zh" else latin(str(required)))
        )
    if gender := facts.get("gender"):
        parts.append(("要求:" + w.GENDERS["zh"][gender]) if lang == "zh" else f"asked for: {w.GENDERS['en'][gender]}")
    return (",", ", ")[one].join(part for part in parts if part)


def _left_out(answer: Answer, lang: str) -> str:
    names = [LEFT_OUT[field][0 if lang == "zh" else 1] for field in answer["facts"].get("left_out", ())]
    if not names:
        return ""
    return f"没说{'、'.join(names)},要补直接说。" if lang == "zh" else f"Not said: {', '.join(names)}. "


def confirm_posting(answer: Answer, detail: int) -> str:
    facts = answer["facts"]
    if detail <= 1:
        # He knows who he is, and the village tells where; what he may have been misheard in stays.
        facts = {key: value for key, value in facts.items() if key != "employer_name"}
        facts |= {"location": facts.get("village_name") or facts.get("location"), "place": None}
    more = _left_out(answer, "zh") if detail >= 1 else ""
    return f"招人:{facts_said(facts)}。{more}对就回1,不对直接说对的;不发了回“算了”"


def _confirm_posting_en(answer: Answer, detail: int) -> str:
    return f"Hiring: {facts_said(answer['facts'], 'en')}. {_left_out(answer, 'en')}1 right; else say it right"


def ask_en(answer: Answer) -> str:
    noted = facts_said(answer["noted"], "en")
    choices = " ".join(f"{n} {name}" for n, name in enumerate(answer["choices"], start=1))
    question = ASK_EN.get(answer["field"], "What is wrong? Just say it right, or say “never mind” to stop.")
    return (f"Noted: {noted}. " if noted else "") + question + (f" Reply: {choices}." if choices else "")


def _people(post: dict[str, Any], detail: int) -> str:
    opening = post["opening"]
    lead = f"{opening['title']}{w.days(opening['starts_on'], opening['ends_on'])}"
    if opening.get("status") == "in_review":
        return f"{lead}:工作人员还没看完,没发出去"
    told = f"{lead}:要{opening['headcount']}人,"
    if not post["coming"]:
        return told + "还没得人来"
    told += f"有{post['coming']}人要来"
    if shown := post["names"][: NAMED_AT_MOST[detail]]:
        more = f"等{post['coming']}人" if post["coming"] > len(shown) else ""
        told += "(" + "、".join(shown) + more + ")"
    return told + (f",还差{opening['left']}人" if opening["left"] else ",人齐了")


def _who_comes(answer: Answer, detail: int) -> str:
    more = ",多要人回“多要两个”" if detail >= 2 else ""
    return "\n".join(_people(post, detail) for post in answer["posts"]) + f"\n不招了回“不招了”{more}"


def _who_comes_en(answer: Answer, detail: int) -> str:
    lines = []
    for post in answer["posts"]:
        opening = post["opening"]
        names = ", ".join(latin(name) for name in post["names"])
        said = f"{post['coming']} of {opening['headcount']} are coming" + (f" ({names})" if names else "")
        said += f", {opening['left']} still needed" if opening["left"] else ", complete"
        if opening.get("status") == "in_review":
            said = "our staff have not looked at it yet, so it is not out"
        lines.append(f"{w.work(opening, 'en')} {w.days(opening['starts_on'], opening['ends_on'], 'en')}: {said}")
    return "; ".join(lines) + ". Reply 不招了 to stop hiring, 多要两个 for two people more."


def _confirm_close(answer: Answer, detail: int) -> str:
    what = w.line(answer["opening"], detail=min(detail, 1))
    if answer["coming"]:
        return f"{what}:已经有{answer['coming']}人要来。来的照来,只是不再招,回1;一个都不要来了,回2;还要招,回3"
    return f"{what}:真的不招了?不招了回1,还要招回2"


def _closed(answer: Answer, detail: int) -> str:
    title, coming = answer["opening"]["title"], answer["coming"]
    if answer["how"] == "enough":
        return f"好,{title}不再招了,要来的{coming}个人照来。{_undo(answer)}"
    told = "要来的人,我们告诉他们莫来。" if coming else ""
    return f"好,{title}不招了。{told}{_undo(answer)}"


def _changed(answer: Answer, detail: int) -> str:
    opening = answer["opening"]
    if opening.get("status") == "in_review":
        tail = "工作人员再看一道就发。"
    else:
        tail = f"要{opening['headcount']}人," + (f"还差{opening['left']}人。" if opening["left"] else "人齐了。")
    told = "要来的人,我们告诉他们。" if answer.get("told") else ""
    return f"改好了:{w.line(opening, detail=min(detail, 2))}。{tail}{told}{_undo(answer)}"


def _undo(answer: Answer) -> str:
    """How to take it back, where it can be; whose posting is out hears how to stop it."""
    stop = "不招了回“不招了”" if answer["kind"] == "posting_published" else ""
    return UNDO_ZH if answer.get("undo") else stop


def _undo_en(answer: Answer) -> str:
    stop = "Reply 不招了 to stop hiring." if answer["kind"] == "posting_published" else ""
    return UNDO_EN if answer.get("undo") else stop


def _reopened(answer: Answer, detail: int) -> str:
    opening = answer["opening"]
    if opening.get("status") == "in_review":
        return "好,不取消了。工作人员看过就发。有事回0"
    again = f"先前要来的{answer['asked_again']}个人,我们再去问。" if answer["asked_again"] else ""
    return f"好,{opening['title']}接着招。{again}有事回0"


def _reopened_en(answer: Answer, detail: int) -> str:
    opening = answer["opening"]
    if opening.get("status") == "in_review":
        return f"{w.work(opening, 'en')} is not called off; it goes out once our staff have looked at it."
    again = f" The {answer['asked_again']} who had a place are asked again." if answer["asked_again"] else ""
    return f"{w.work(opening, 'en')} is open again.{again} 0 for a person."


FIXED = {
    "closed": (
        "这个活已经不招了,改不到了。要招人直接说,找人回0",
        "This opening is over and cannot be changed. 0 for a person.",
    ),
    "changed": (
        "后来又改过了,改不回去。要改哪样直接说,找人回0",
        "It has been changed since, so this is not taken back. Say what shall change, or 0 for a person.",
    ),
}


def _because(answer: Answer) -> str:
    fixed = [GROUNDS[answer["ground"]][0]] if answer["ground"] else []
    return "。".join([*fixed, *filter(None, [answer["words"].strip(" 。.!！")])])


def _because_en(answer: Answer) -> str:
    return GROUNDS[answer["ground"]][1] if answer["ground"] else "why, a member of staff wrote in Chinese"


def _rejected(answer: Answer, detail: int) -> str:
    example = ",比如“改成一天一百五”" if answer["ground"] == "pay" else ""
    return f"你招人的活没发:{answer['opening']['title']}。{_because(answer)}。改好直接说{example},找人回0"


def _taken_down(answer: Answer, detail: int) -> str:
    told = "要来的人,我们告诉他们莫来。" if answer["coming"] else ""
    return f"{answer['opening']['title']}不能再招了,停了。因为:{_because(answer)}。{told}有话说,回0"


ZH: Phrases = {
    "confirm_posting": confirm_posting,
    "posting_problem": lambda a, d: PROBLEMS[a["problem"]][0],
    "one_by_one": lambda a, d: f"一回登一样:先登{a['job_names'][0]},登完再登{'、'.join(a['job_names'][1:])}。",
    "posting_received": lambda a, d: f"收到了:{w.line(a['opening'], detail=d)}。工作人员看过就发出去,会告诉你。有事回0",
    "posting_published": lambda a, d: (
        f"你招人的活发出去了:{w.line(a['opening'], detail=d)}。有人要来就告诉你。{_undo(a)}"
    ),
    "posting_rejected": _rejected,
    "posting_taken_down": _taken_down,
    "submitted_again": lambda a, d: (
        f"改好了:{w.line(a['opening'], detail=d)}。工作人员再看一道就发出去,会告诉你。有事回0"
    ),
    "who_comes": _who_comes,
    "names_by_text": "哪些人来,发短信给你了",
    "nobody_hired": "你现在没得在招的活。要招人,直接说要几个人、做啥子、好多钱",
    "confirm_close": _confirm_close,
    "close_by_text": "已经有人要来,要取消请照短信回",
    "posting_closed": _closed,
    "posting_reopened": _reopened,
    "posting_changed": _changed,
    "posting_fixed": lambda a, d: (
        f"{a['opening']['title']}已经有人要来,日子、钟点、村子、活路改不了,工钱吃住不能少。要改回0找人"
        if a["reason"] == "places_taken"
        else FIXED[a["reason"]][0]
    ),
    "change_what": "要改哪样?直接说,比如“改成后天”“多要两个人”“改成一天一百五”",
}
EN: Phrases = {
    "confirm_posting": _confirm_posting_en,
    "posting_problem": lambda a, d: PROBLEMS[a["problem"]][1].strip(),
    "one_by_one": lambda a, d: f"One at a time: first {latin(a['job_names'][0])}, then the others.",
    "posting_received": lambda a, d: (
        f"Received: {w.line(a['opening'], 'en')}. Our staff check it, then it goes out and you are told. 0 for a person"
    ),
    "posting_published": lambda a, d: (
        f"Your posting is out: {w.line(a['opening'], 'en')}. You hear when somebody takes it. {_undo_en(a)}"
    ),
    "posting_rejected": lambda a, d: (
        f"Your posting {w.work(a['opening'], 'en')} was not published: {_because_en(a)}. Say it corrected, or 0 for a person."
    ),
    "posting_taken_down": lambda a, d: (
        f"Your posting {w.work(a['opening'], 'en')} has been stopped: {_because_en(a)}. "
        + ("Those who had a place are told. " if a["coming"] else "")
        + "0 for a person."
    ),
    "submitted_again": lambda a, d: (
        f"Changed: {w.line(a['opening'], 'en')}. Our staff look at it again, then it goes out. 0 for a person"
    ),
    "who_comes": _who_comes_en,
    "names_by_text": "Who is coming has been sent to you by text.",
    "nobody_hired": "You are not hiring just now. To hire, say how many people, what work, what pay.",
    "confirm_close": lambda a, d: (
        f"{w.line(a['opening'], 'en')}: "
        + (
            f"{a['coming']} are coming. 1 they come, nobody more is taken; 2 nobody shall come; 3 go on hiring"
            if a["coming"]
            else "stop hiring? 1 yes, 2 no"
        )
    ),
    "close_by_text": "People are coming already; to call it off, answer the text.",
    "posting_closed": lambda a, d: (
        f"{w.work(a['opening'], 'en')}: nobody more is taken on. "
        + (
            f"The {a['coming']} who have a place will come. "
            if a["how"] == "enough"
            else "Those who had a place are told. " * bool(a["coming"])
        )
        + _undo_en(a)
    ),
    "posting_reopened": _reopened_en,
    "posting_changed": lambda a, d: (
        f"Changed: {w.line(a['opening'], 'en')}. {'Those who have a place are told. ' * bool(a.get('told'))}{_undo_en(a)}"
    ),
    "posting_fixed": lambda a, d: (
        "People hold places: days, hours, village and work stay, pay and meals get no less. 0 for a person to change it."
        if a["reason"] == "places_taken"
        else FIXED[a["reason"]][1]
    ),
    "change_what": "What shall change? Say it, e.g. two people more, the day after tomorrow.",
}
