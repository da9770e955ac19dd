"""What instant hire texts: a full opening, the waiting list, what the employer hears and is asked (E03, W06), in both languages.

Neither side gets the other's number here: the worker gets the employer's with the place (`job_taken`), the employer the
name; whoever wants to reach a worker asks the line's staff (E04, M08).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain.answers import Answer
from backend.domain.latin import latin
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases, by_when, coming, coming_en, local

NAMED_AT_MOST = 6


def _full_wait(answer: Answer, detail: int) -> str:
    others = answer["alternatives"][: max(detail, 1)]
    ahead = f"前头有{answer['ahead']}个人在等。" if answer["ahead"] else ""
    text = f"{answer['opening']['title']}人满了。{ahead}要等位子,回1"
    if not others:
        return text + "。找别的活回“还有”,找人回0"
    lines = [f"{n} {w.line(opening, detail=detail - 1)}" for n, opening in enumerate(others, start=2)]
    return text + "。别的有:\n" + "\n".join(lines) + "\n去哪个回数字,找人回0"


def not_given(opening: dict[str, Any]) -> str:
    """What the employer said is not given, to be known before a yes (W07): ,不管住,没买保险."""
    given = w.cares(opening)
    return "".join(f",{words}" for words in w.cares(opening, negatives=True) if words not in given)


def bring(opening: dict[str, Any], detail: int) -> str:
    """What the posting asks of her, in its own words: 自带手套 (W07); left out where there is no room."""
    wanted = (opening.get("requirements") or "").strip()
    return f",要求:{wanted}" if wanted and detail >= 3 else ""


def offer(answer: Answer, detail: int) -> str:
    """An offer says everything of the work before a yes; whom to call comes after it (W07, V13)."""
    opening, when = answer["opening"], by_when(answer["expires_at"])
    less = not_given(opening) if detail >= 2 else ""
    lead = "有变动:" if answer.get("changed") else ""
    return f"{lead}{w.line(opening, detail=detail)}{less}{bring(opening, detail)}。回1接,2不接,0找人,也可回“接{answer['code']}”。{when}有效"


def _place_free(answer: Answer, detail: int) -> str:
    opening, when = answer["opening"], by_when(answer["expires_at"])
    less = not_given(opening) if detail >= 2 else ""
    lead = "有变动," if answer.get("changed") else ""
    keys = f"回1接,2不接,0找人,也可回“接{answer['code']}”"
    return f"{lead}轮到你了,有位子:{w.line(opening, detail=detail)}{less}。{keys}。{when}不回就问下一个"


def _job_changed(answer: Answer, detail: int) -> str:
    """Where she goes and what is asked of her, as it is now."""
    opening = answer["opening"]
    when = w.days(opening["starts_on"], opening["ends_on"])
    wanted = (opening.get("requirements") or "").strip()
    asked = f",要求:{wanted}" if wanted else ""
    return (
        f"你要去的活有变动:{w.work(opening)},{when},到{w.where(opening)}{asked}。去不成回“退{answer['code']}”,找人回0"
    )


def _job_changed_en(answer: Answer, detail: int) -> str:
    opening = answer["opening"]
    when, place = w.days(opening["starts_on"], opening["ends_on"], "en"), latin(w.where(opening))
    wanted = (opening.get("requirements") or "").strip()
    asked = f"; asked for: {latin(wanted)}" if wanted else ""
    return f"The work you took has changed: {w.work(opening, 'en')}, {when}, at {place}{asked}. Reply 退{answer['code']} to step back, 0 for a person"


def _employer_told(answer: Answer, detail: int) -> str:
    opening, who = answer["opening"], answer["worker_name"] or "有人"
    what, tail = ("要来", "有话带给他,回0") if answer["event"] == "taken" else ("不来了", "有事回0")
    return f"{who}{what}:{w.line(opening, detail=min(detail, 2))}。{coming(opening)}。{tail}"


def _names(names: Sequence[str], detail: int) -> str:
    shown = names[: NAMED_AT_MOST if detail >= 2 else 3]
    return "、".join(shown) + (f"等{len(names)}人" if len(names) > len(shown) else "")


def _digest(answer: Answer, detail: int) -> str:
    said = []
    if answer["taken"]:
        said.append(f"新来{len(answer['taken'])}人:{_names(answer['taken'], detail)}")
    if answer["withdrawn"]:
        said.append(f"不来了:{_names(answer['withdrawn'], detail)}")
    line = w.line(answer["opening"], detail=min(detail, 2))
    return f"{line}。{'。'.join(said)}。{coming(answer['opening'])}。有事回0"


def _which_absent(answer: Answer, detail: int) -> str:
    names = " ".join(f"{key}{name}" for key, name in zip(answer["keys"], answer["names"], strict=True))
    more = " 8后头的人" if answer["more"] else ""
    if answer["absent"]:
        asked = f"记了,{_names(answer['absent'], detail)}没来。还有哪个没来?"
    else:
        asked = f"{answer['opening']['title']},哪个没来?一回回一个:"
    return f"{asked}{names}{more}。别的都来了回9"


def _attendance(answer: Answer, detail: int) -> str:
    if not answer["came"]:
        return f"记下了。{answer['opening']['title']}一个都没来。记错了回0"
    missing = f",没来的:{_names(answer['absent'], detail)}" if answer["absent"] else ""
    return f"记下了。{answer['opening']['title']}来了{answer['came']}个{missing}。记错了回0"


SETTLED = {
    "paid": "好,记下了。要再请人,发短信来说就是",
    "unpaid": "好,记下了。工钱要按说好的日子给。有难处回0",
    "not_due": "好,到日子记得给。有难处回0",
}

ZH: Phrases = {
    "offer": offer,
    "full_wait": _full_wait,
    "waitlisted": lambda a, d: (
        f"{a['opening']['title']}有变动,工作人员还在看。看过了按先后问你。不等了回“退{a['code']}”"
        if a["opening"].get("status") == "in_review"
        else f"记下了,等{w.line(a['opening'], detail=min(d, 2))},你排第{a['position']}个。有位子,按先后问你。不等了回“退{a['code']}”"
    ),
    "wait_over": lambda a, d: (
        f"好,{a['opening']['title']}不等了。想找别的活,直接说"
        if a["reason"] == "left"
        else f"{a['opening']['title']}没有位子空出来,已经开工了。想找别的活,直接说想做啥子"
    ),
    "place_free": _place_free,
    "job_changed": _job_changed,
    "said_absent": lambda a, d: f"{w.bare(a['opening'])}。老板那边没看到你。你去了没有?去了回1,没去回2,找人回0",
    "employer_told": _employer_told,
    "employer_digest": _digest,
    "nobody_left": lambda a, d: (
        f"{w.line(a['opening'], detail=min(d, 1))}:合适的人都问过了,还差{a['opening']['left']}人。工作人员再帮你想办法,急就回0"
    ),
    "ask_attendance": lambda a, d: (
        f"{w.bare(a['opening'])},{'昨天' if a['day'] == 'yesterday' else '今天'}该来{a['count']}人。"
        + ("来了回1,没来回2,找人回0" if a["count"] == 1 else "都来了回1,有人没来回2,找人回0")
    ),
    "which_absent": _which_absent,
    "attendance_noted": _attendance,
    "ask_settled": lambda a, d: (
        f"{w.bare(a['opening'])},做完了。{a['count']}个人的工钱结清没有?结清了回1,没结清回2,没到日子回3,找人回0"
    ),
    "settled_noted": lambda a, d: SETTLED[a["wages"]],
}


def _full_wait_en(answer: Answer, detail: int) -> str:
    others = answer["alternatives"][: max(detail, 1)]
    ahead = f" {answer['ahead']} wait before you." if answer["ahead"] else ""
    lines = " ".join(f"({n}) {w.line(opening, 'en')};" for n, opening in enumerate(others, start=2))
    return f"{w.work(answer['opening'], 'en')} is full.{ahead} (1) wait for a place; {lines} 0 for a person"


def _digest_en(answer: Answer, detail: int) -> str:
    taken = ", ".join(latin(name) for name in answer["taken"])
    gone = ", ".join(latin(name) for name in answer["withdrawn"])
    said = (f" New: {taken}." if taken else "") + (f" Not coming: {gone}." if gone else "")
    return f"{w.line(answer['opening'], 'en')}.{said} {coming_en(answer['opening'])}. 0 for a person"


def _which_absent_en(answer: Answer, detail: int) -> str:
    names = " ".join(f"({key}) {latin(name)}" for key, name in zip(answer["keys"], answer["names"], strict=True))
    more = " (8) the next ones" if answer["more"] else ""
    noted = ", ".join(latin(name) for name in answer["absent"])
    asked = f"Noted, absent: {noted}. Who else?" if noted else f"{w.work(answer['opening'], 'en')}: who did not come?"
    return f"{asked} {names}{more} (9) all others came"


SETTLED_EN = {
    "paid": "Noted. Text us when you need people again",
    "unpaid": "Noted. Wages are due on the agreed day; 0 for a person",
    "not_due": "Noted, please pay on the day; 0 for a person",
}

EN: Phrases = {
    "full_wait": _full_wait_en,
    "waitlisted": lambda a, d: (
        f"{w.work(a['opening'], 'en')} has changed and our staff look at it first. Then you are asked in turn. Reply 退{a['code']} to stop waiting"
        if a["opening"].get("status") == "in_review"
        else f"Noted: you wait for {w.line(a['opening'], 'en')}, number {a['position']} in the queue. You are asked "
        f"in turn when a place comes free. Reply 退{a['code']} to stop waiting"
    ),
    "wait_over": lambda a, d: (
        f"You no longer wait for {w.work(a['opening'], 'en')}. Say what other work you want"
        if a["reason"] == "left"
        else f"No place came free: {w.line(a['opening'], 'en')}. Say what other work you want"
    ),
    "job_changed": _job_changed_en,
    "place_free": lambda a, d: (
        f"{'It has changed. ' * bool(a.get('changed'))}It is your turn, a place is free: {w.line(a['opening'], 'en')}. 1 take it, 2 no, "
        f"0 a person, or 接{a['code']}. Without an answer by {local(a['expires_at']):%d %b %H:%M} the next one is asked"
    ),
    "said_absent": lambda a, d: (
        f"{w.bare(a['opening'], 'en')}: the employer did not see you there. Did you go? 1 yes, 2 no, 0 for a person"
    ),
    "employer_told": lambda a, d: (
        f"{latin(a['worker_name'] or '') or 'Somebody'} "
        + ("is coming: " if a["event"] == "taken" else "is not coming: ")
        + f"{w.line(a['opening'], 'en')}. {coming_en(a['opening'])}. 0 for a person, also to have a word passed on"
    ),
    "employer_digest": _digest_en,
    "nobody_left": lambda a, d: (
        f"{w.line(a['opening'], 'en')}: everybody who suits has been asked, {a['opening']['left']} still needed. "
        "Our staff look further; 0 for a person"
    ),
    "ask_attendance": lambda a, d: (
        f"{w.bare(a['opening'], 'en')}: {a['count']} should have come {a['day']}. "
        + ("1 came, 2 did not, 0 for a person" if a["count"] == 1 else "1 all came, 2 somebody did not, 0 for a person")
    ),
    "which_absent": _which_absent_en,
    "attendance_noted": lambda a, d: (
        f"Noted: {a['came'] or 'nobody'} came to {w.work(a['opening'], 'en')}"
        + (". Absent: " + ", ".join(latin(name) for name in a["absent"]) if a["absent"] else "")
        + ". Noted wrong? 0 for a person"
    ),
    "ask_settled": lambda a, d: (
        f"{w.bare(a['opening'], 'en')} is over. Have the wages of {a['count']} been paid? 1 all, 2 not yet, 3 not due yet, 0 for a person"
    ),
    "settled_noted": lambda a, d: SETTLED_EN[a["wages"]],
}
