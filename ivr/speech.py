"""How each answer of the services sounds, sentence by sentence, and the same in English for the captions.

`speak` tells what was found or done; the question that follows (keys, "对不对") belongs to the call flow. By voice no
name, age, village, hardship, case content or employer's phone is told that was not said in this very call: the number
a call comes from is only a claim (DESIGN §3.4).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

from backend.domain.answers import Answer
from backend.settings import TIMEZONE
from ivr import spoken
from ivr.prompts import catalogue

Both = list[tuple[str, str]]  # (Chinese, English), one sentence each
Renderer = Callable[[Answer, date], Both]

QUESTIONS: dict[str, list[tuple[str, str]]] = {  # field → first asking, then shorter with an example (V08)
    "person_name": [("您叫啥子名字?", "What is your name?"),
                    ("请说名字,比如:我叫张大山。", "Please say your name, for example: my name is Zhang Dashan.")],
    "age": [("您今年好多岁?说出来,或者按两个数字。", "How old are you? Say it or press two digits."),
            ("比如五十八岁,就按5再按8。", "For example, for fifty-eight press 5 and 8.")],
    "location": [("您是哪个村的?", "Which village are you from?"),
                 ("说村名就行,比如兴泉社区。", "Just the village, for example Xingquan.")],
    "job_type": [("您想做啥子活?", "What work do you want?"),
                 ("比如采茶、搬货、带娃儿。", "For example tea picking, carrying goods, minding children.")],
    "date": [("您哪些天有空?", "Which days are you free?"), ("比如说,明天,或者天天都有空。", "For example tomorrow, or every day.")],
    "pay": [("一天要好多钱才做?", "How much a day do you want?"), ("比如说,一天一百五。", "For example a hundred and fifty a day.")],
    "correction": [("哪样不对?您说对的。", "What is wrong? Please say it right."),
                   ("比如说,我是五十九岁。", "For example: I am fifty-nine.")],
    "headcount": [("要请几个人?", "How many people do you need?"), ("比如说,五个人。", "For example five people.")],
}  # fmt: skip
POSTING_QUESTIONS: dict[str, list[tuple[str, str]]] = {
    "job_type": [("请人做啥子活?", "What is the work?"), ("比如摘李子,或者搬砖。", "For example picking plums or carrying bricks.")],
    "location": [("在哪点做?", "Where is the work?"), ("说村名就行,比如兴泉社区。", "Just the village, for example Xingquan.")],
    "date": [("哪天开工?做几天?", "Which day does it start, for how many days?"), ("比如说,明天起做三天。", "For example three days from tomorrow.")],
    "pay": [("一天给好多钱?", "How much do you pay a day?"), ("比如说,一天一百二。", "For example a hundred and twenty a day.")],
    "benefit": [("管不管饭?接不接送?", "Are there meals? Is there transport?"), ("比如说,管午饭,不接送。", "For example lunch but no transport.")],
}  # fmt: skip

EMERGENCY = {
    "120": ("人受伤了,先打幺二零。", "If someone is hurt, call 120 first."),
    "110": ("有人打您、吓您,先打幺幺零。", "If someone beats or threatens you, call 110 first."),
}
KEPT = {
    "profile": ("好,您的登记还在。", "All right, your entry stays."),
    "place": ("好,这个活还给您留着。", "All right, the place stays yours."),
}
CANCELLED = {
    "registration": ("好,不登记了。", "All right, no registration."),
    "posting": ("好,不请人了。", "All right, nothing is posted."),
}


def speak(answer: Answer, lang: str, *, today: date, hide: Collection[str] = ()) -> list[str]:
    """The sentences of one answer in `lang` ("zh" | "en").

    `hide`: facts that were not said in this call and so are not read out, e.g. from a text of yesterday.
    """
    if hide and "facts" in answer:
        answer = {**answer, "facts": {k: v for k, v in answer["facts"].items() if k not in hide}, "hidden": True}
    both = RENDERERS[answer["kind"]](answer, today)
    return [zh if lang == "zh" else en for zh, en in both]


def question(form: str, field: str, attempt: int) -> tuple[str, str]:
    """How a form's question is asked for the first time (1) and again, shorter and with an example (2 …)."""
    table = {**QUESTIONS, **POSTING_QUESTIONS} if form == "posting" else QUESTIONS
    asked = table.get(field) or [("请再说一点。", "Please say a little more."), ("您慢慢说。", "Take your time.")]
    return asked[min(attempt, len(asked)) - 1]


def _fixed(*sentences: tuple[str, str]) -> Renderer:
    return lambda answer, today: list(sentences)


def _line(opening: dict[str, Any], today: date) -> tuple[str, str]:
    return spoken.job_line(opening, today, "zh"), spoken.job_line(opening, today, "en")


def job_sentences(opening: dict[str, Any], today: date) -> Both:
    """One job as it is read out (V13). The English may have other parts than the Chinese: it is not timed."""
    return [("。".join(spoken.job(opening, today, "zh")) + "。", ". ".join(spoken.job(opening, today, "en")) + ".")]


def _ask(answer: Answer, today: date) -> Both:
    said: Both = []
    if noted := noted_said(answer["form"], answer.get("noted") or {}, today):
        said.append((f"记到了,{noted[0]}。", f"Noted: {noted[1]}."))
    said.append(question(answer["form"], answer["field"], int(answer.get("attempt") or 1)))
    choices = list(answer.get("choices") or [])
    if choices:
        said.append(
            (
                ",".join(f"{name}按{n}" for n, name in enumerate(choices, 1)) + "。",
                ", ".join(f"{choice_en(name)} press {n}" for n, name in enumerate(choices, 1)) + ".",
            )
        )
    return said


def choice_en(name: str) -> str:
    return {"工地": "building site", "田头": "fields", "厂头": "factory", "屋头家政": "housework"}.get(
        str(name), str(name)
    )


def facts_said(facts: dict[str, Any], today: date) -> tuple[str, str] | None:
    """Facts just heard, echoed back (V12); None when there is nothing to say."""
    zh: list[str] = []
    en: list[str] = []

    def add(chinese: str, english: str) -> None:
        zh.append(chinese)
        en.append(english)

    if name := facts.get("person_name"):
        add(str(name), str(name))
    if age := facts.get("age"):
        add(f"{spoken.number_zh(int(age))}岁", f"{age} years old")
    if gender := facts.get("gender"):
        add("男的" if gender == "male" else "女的", str(gender))
    if village := facts.get("village_name") or facts.get("location"):
        add(str(village), str(village))
    if trades := facts.get("job_names"):
        own_words = facts.get("title") if len(trades) == 1 else None
        add(own_words or "、".join(trades), own_words or ", ".join(trades))
    if count := facts.get("headcount"):
        add(f"{'两' if count == 2 else spoken.number_zh(int(count))}个人", f"{count} people")
    if times := facts.get("clock"):
        times = [times] if isinstance(times, str) else times
        add("到".join(spoken.clock(t, "zh") for t in times), " to ".join(times))
    if days := facts.get("date"):
        start, _, end = _span(days)
        add(
            spoken.days(date.fromisoformat(start), date.fromisoformat(end or start), today, "zh"),
            spoken.days(date.fromisoformat(start), date.fromisoformat(end or start), today, "en"),
        )
    if length := facts.get("duration"):
        add(*_length(str(length)))
    if free := facts.get("free"):
        first, last = (date.fromisoformat(day) for day in free)
        add(spoken.free_days(first, last, today, "zh") + "有空", "free " + spoken.free_days(first, last, today, "en"))
    if facts.get("always_free"):
        add("天天有空", "free every day")
    if busy := facts.get("unavailable"):
        first, last = (date.fromisoformat(day) for day in busy)
        add(
            spoken.free_days(first, last, today, "zh") + "没空",
            "not free " + spoken.free_days(first, last, today, "en"),
        )
    if wage := facts.get("pay"):
        said = _wage(wage)
        if said:
            add(*said)
    if paid := spoken.settlement(facts, "zh"):
        add(paid, spoken.settlement(facts, "en"))
    for code in facts.get("benefit") or []:
        given = spoken.BENEFITS.get(ASKED.get(str(code), ""))
        if given:
            add(*given[1 if str(code).startswith("no_") else 0])
    if (money := facts.get("money")) is not None:
        fen = round(float(money) * 100)
        add(spoken.yuan(fen, "zh"), spoken.yuan(fen, "en") + " yuan")
    return (",".join(zh), ", ".join(en)) if zh else None


def _span(days: Any) -> tuple[str, str, str]:
    """`2026-06-10/2026-06-12`, or the last of several, as first day, stroke, last day."""
    return str(days[-1] if isinstance(days, list) else days).partition("/")


def _of_a_person(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a registration: its days are those she has time on, not those of a job."""
    if not (days := facts.get("date")):
        return facts
    start, _, end = _span(days)
    return {**{key: value for key, value in facts.items() if key != "date"}, "free": [start, end or start]}


def noted_said(form: str, noted: dict[str, Any], today: date) -> tuple[str, str] | None:
    """What a form has just taken down, as it is echoed."""
    return facts_said(_of_a_person(noted) if form == "registration" else noted, today)


def filters_said(filters: dict[str, Any], today: date) -> tuple[str, str] | None:
    """The day and the wage a search was understood to ask for; None when it named neither."""
    facts: dict[str, Any] = {}
    if filters.get("from"):
        facts["date"] = f"{filters['from']}/{filters.get('to') or filters['from']}"
    if (fen := filters.get("pay_min_fen")) is not None:
        facts["pay"] = f"{fen / 100:g}+/{filters.get('pay_unit') or ''}".rstrip("/")
    return facts_said(facts, today)


def _length(value: str) -> tuple[str, str]:
    """`3d` → 做三天; `2-3d` → 做两到三天."""
    low, _, high = value.rstrip("d").partition("-")
    zh = "到".join("两" if n == "2" else spoken.number_zh(round(float(n))) for n in (low, high) if n)
    return f"做{zh}天", f"{low} to {high} days" if high else f"{low} days"


def _wage(value: Any) -> tuple[str, str] | None:
    """`150-200/day` → 一百五十到两百块一天."""
    text = str(value[-1] if isinstance(value, list) and value else value)
    amount, _, unit = text.partition("/")
    low, _, high = amount.rstrip("+").partition("-")
    try:
        terms = {"min_fen": round(float(low) * 100), "max_fen": round(float(high or low) * 100), "unit": unit or None}
    except ValueError:
        return None
    if amount.endswith("+"):
        terms["max_fen"] = None
    return spoken.pay(terms, "zh"), spoken.pay(terms, "en")


def _confirm_registration(answer: Answer, today: date) -> Both:
    said = facts_said(_of_a_person(answer["facts"]), today)
    told: Both = []
    if answer.get("hidden"):
        told.append(("还有您先前说过的。", "And what you told us before."))
    if said:
        told.insert(0, (f"我记的是:{said[0]}。", f"This is what I have: {said[1]}."))
    told.append(("这些只用来给您找活,随时可以删。", "It is used only to find you work and can be erased at any time."))
    told.append(("对不对,同不同意登记?", "Is it right, and do you agree to be registered?"))
    return told


def _confirm_posting(answer: Answer, today: date) -> Both:
    said = facts_said(answer["facts"], today)
    told: Both = [(f"您要请人:{said[0]}。", f"You are hiring: {said[1]}.")] if said else []
    return [*told, ("对不对?", "Is that right?")]


def _confirm_heard(answer: Answer, today: date) -> Both:
    zh, en = facts_said(answer["facts"], today) or ("您刚才说的", "what you have just said")
    return [(f"听到的是,{zh},对不对?", f"I heard {en}; is that right?")]


def _registered(answer: Answer, today: date) -> Both:
    return [("登记好了,短信发给您了。", "You are registered; a text is on its way to you.")]


def _job_offers(answer: Answer, today: date) -> Both:
    said: Both = []
    for opening in answer["openings"]:
        said += job_sentences(opening, today)
    return said


ASKED = {
    "meals": "meals", "no_meals": "meals", "lodging": "lodging", "no_lodging": "lodging", "transport": "transport",
    "insurance": "insured",
}  # fmt: skip


def _job_details(answer: Answer, today: date) -> Both:
    opening = answer["opening"]
    first: Both = []
    for word in answer.get("asked") or []:
        key = ASKED.get(str(word))
        if key is None:
            continue
        value = opening.get(key)
        zh, en = spoken.BENEFITS[key][0 if value else 1]
        first.append(
            (f"这个活{zh}。", f"This job: {en}.")
            if value is not None
            else ("这一样没说,到了再问。", "That was not said; please ask there.")
        )
    said = [*dict.fromkeys(first), *job_sentences(opening, today)]
    if wanted := opening.get("requirements"):
        said.append((f"要求:{str(wanted)[:30]}。", f"Wanted: {wanted}."))
    return said


def _which_job(answer: Answer, today: date) -> Both:
    said: Both = [("您说的是哪一个?", "Which one do you mean?")]
    for number, opening in enumerate(answer["openings"][:3], 1):
        said.append((f"{spoken.title(opening, 'zh')},按{number}。", f"{spoken.title(opening, 'en')}: press {number}."))
    return said


def _either_or(answer: Answer, today: date) -> Both:
    (zh1, en1), (zh2, en2) = ((choice["zh"], choice["en"]) for choice in answer["choices"])
    lead = {"wish": "您是想", "word": f"您说的{answer['word']},是", "heard": "您说的是"}[answer["about"]]
    return [(f"{lead}{zh1},还是{zh2}?", f"Do you mean {en1}, or {en2}?")]


def _job_taken(answer: Answer, today: date) -> Both:
    zh, en = _line(answer["opening"], today)
    said: Both = [
        (f"报上了:{zh}。", f"Done, the place is yours: {en}."),
        ("到了找哪个,短信发给您。", "Whom to ask for comes to you by text."),
    ]
    if not answer.get("registered"):
        said.append(("得空您再登记个名字。", "When you have time, please register your name."))
    return said


def _about(zh: str, en: str) -> Renderer:
    """An answer about one opening; `{}` is its line."""

    def render(answer: Answer, today: date) -> Both:
        line_zh, line_en = _line(answer["opening"], today)
        return [(zh.format(line_zh), en.format(line_en))]

    return render


def _clash(answer: Answer, today: date) -> Both:
    wanted, standing = _line(answer["opening"], today), _line(answer["standing"], today)
    return [
        ("时间撞了,这个报不成。", "The times overlap, so it cannot be taken."),
        (f"您已经报了:{standing[0]}。", f"You already have: {standing[1]}."),
        (
            f"要换{spoken.title(answer['opening'], 'zh')},先退那个。",
            f"To change to {wanted[1]}, give that one back first.",
        ),
    ]


def _my_list(answer: Answer, today: date) -> Both:
    if not answer["offers"]:
        return [("您还没报活。", "You have taken no job yet.")]
    return [
        (_line(offer["opening"], today)[0] + "。", _line(offer["opening"], today)[1] + ".")
        for offer in answer["offers"]
    ]


def _offer(answer: Answer, today: date) -> Both:
    zh, en = job_sentences(answer["opening"], today)[0]
    return [("有个活等您回话。", "A job waits for your answer."), (zh, en)]


def _profile_updated(answer: Answer, today: date) -> Both:
    return [("改好了,短信发给您看。", "Changed; a text shows it to you.")]


def _when(due: Any, today: date) -> tuple[str, str]:
    try:
        moment = datetime.fromisoformat(str(due)).astimezone(TIMEZONE)
    except ValueError:
        return "明天", "tomorrow"
    if (moment.date() - today).days <= 0:
        return "今天", "today"
    return spoken.day(moment.date(), today, "zh").split(",")[0], spoken.day(moment.date(), today, "en")


def _case_opened(answer: Answer, today: date) -> Both:
    said: Both = []
    emergency = EMERGENCY.get(str(answer.get("emergency") or ""))
    if emergency:
        said.append(emergency)
    zh, en = _when(answer.get("due_at"), today)
    who = str(answer.get("who") or "工作人员")
    until = "今天之内" if zh == "今天" else f"最晚{zh}"
    said.append((f"事情记下了。{until},{who}回您话。", f"It is written down. {who} will get back to you by {en}."))
    for hotline in (answer.get("hotlines") or [])[:1]:
        number, name = _hotline(hotline)
        if number:
            said.append((f"急的话打{name}{spoken.digits_zh(number)}。", f"If it is urgent, call {number} {name}."))
    return said


def _hotline(hotline: Any) -> tuple[str, str]:
    if isinstance(hotline, dict):
        return str(hotline.get("number") or hotline.get("phone") or ""), str(hotline.get("name") or "")
    digits = "".join(c for c in str(hotline) if c.isdigit())
    return digits, "".join(c for c in str(hotline) if not c.isdigit()).strip(" :,")


def _human(answer: Answer, today: date) -> Both:
    if answer.get("open_now"):
        return [("好,给您接人,最多等半分钟。", "All right, connecting you to a person; half a minute at most.")]
    zh, en = _when(answer.get("due_at"), today)
    return [(f"现在没人上班。{zh}给您打回来。", f"Nobody is on duty now. We call you back {en}.")]


def _market_info(answer: Answer, today: date) -> Both:
    station = answer["station"] or {}
    name, address = station.get("name") or "零工市场", station.get("address")
    said: Both = [
        (
            f"{name}在{address}。" if address else f"您那里归{name}管。",
            f"{name} is at {address}." if address else f"{name} serves you.",
        )
    ]
    opens, closes = station.get("opens_at"), station.get("closes_at")
    if opens and closes:
        said.append(
            (f"{spoken.clock(opens, 'zh')}开门,{spoken.clock(closes, 'zh')}关门。", f"Open {opens} to {closes}.")
        )
    if hotline := station.get("hotline"):
        said.append(("电话发短信给您,或者按0接过去。", f"Its number is {hotline}; press 0 to be connected."))
    return said


def _posting_received(answer: Answer, today: date) -> Both:
    return [
        ("请人的事收到了。", "Your posting has arrived."),
        ("工作人员看过就发出去。", "Our staff check it and then publish it."),
    ]


def _availability_set(answer: Answer, today: date) -> Both:
    """The days are said back: a recogniser mishears them easily."""
    told = answer["availability"]
    facts: dict[str, Any] = {"always_free": told.get("always")}
    if told.get("unavailable"):
        facts["unavailable"] = told["unavailable"][-1]
    if told.get("from"):
        start, end = (date.fromisoformat(told[key] or told["from"]) for key in ("from", "to"))
        return [
            (
                "记下了," + spoken.free_days(start, end, today, "zh") + "有空。",
                f"Noted: free {spoken.free_days(start, end, today, 'en')}.",
            )
        ]
    said = facts_said(facts, today)
    return (
        [(f"记下了,{said[0]}。", f"Noted: {said[1]}.")]
        if said
        else [("有空没空,我记下了。", "I have noted when you are free.")]
    )


def _undone(answer: Answer, today: date) -> Both:
    return [("好,改回来了。", "All right, it is as it was before.")]


def _choice_unknown(answer: Answer, today: date) -> Both:
    choices = answer.get("choices") or []
    zh = "、".join(str(n) for n in choices)
    return [
        (f"没得这个数。可以按{zh}。", f"There is no such number. You can press {zh}.")
        if choices
        else ("没得这个数。", "There is no such number.")
    ]


def _staff_reply(answer: Answer, today: date) -> Both:
    return [("工作人员回您话了,请看短信。", "Our staff have answered you; please see the text.")]


def _pace(answer: Answer, today: date) -> Both:
    if int(answer.get("rate") or 0) >= 80:  # back at the pace everybody gets at first (V06)
        return [("好,照平常的快慢说。", "All right, at the usual pace.")]
    return [("好,我说慢点。", "All right, I speak more slowly.")]


def _resume_hint(answer: Answer, today: date) -> Both:
    return [("刚才还没说完。", "We were not finished yet.")]


def _kept(answer: Answer, today: date) -> Both:
    return [KEPT.get(answer["what"], ("好,不动。", "All right, nothing changes."))]


def _cancelled(answer: Answer, today: date) -> Both:
    return [CANCELLED.get(answer["what"] or "", ("好。", "All right."))]


def _help(answer: Answer, today: date) -> Both:
    return [
        ("您可以说话,也可以按键。", "You can speak or use the keys."),
        (catalogue()["keys"].zh, catalogue()["keys"].en),
    ]


_employer_told = _about("有人报了您的活:{}。", "Somebody answered your posting: {}.")

RENDERERS: dict[str, Renderer] = {
    "greeting": _fixed(("您好,我是机器,要找真人按0。", "Hello, I am a machine; for a person press 0.")),
    "goodbye": _fixed(("好,您慢走。有事再打来。", "All right, goodbye. Call again when you need us.")),
    "thanks": _fixed(("不客气。", "You are welcome.")),
    "help": _help,
    "menu": _fixed(("请按键。", "Please use the keys.")),
    "repeat_nothing": _fixed(("我还没说啥子。", "I have not said anything yet.")),
    "slower": _pace,
    "either_or": _either_or,
    "not_understood": _fixed(("我没听懂。", "I did not understand.")),
    "out_of_scope": _fixed(("这个我不会。我只管找活的事。", "I cannot do that; I only deal with work.")),
    "choice_unknown": _choice_unknown,
    "nothing_to_answer": _fixed(("这会儿没问您啥子。", "I did not ask you anything just now.")),
    "cancelled": _cancelled,
    "media_unsupported": _fixed(("照片我看不了。", "I cannot see pictures.")),
    "ask": _ask,
    "confirm_registration": _confirm_registration,
    "registered": _registered,
    "registration_declined": _fixed(("好,不登记。活还是可以听。", "All right, no registration. You can still hear the jobs.")),
    "resume_hint": _resume_hint,
    "job_offers": _job_offers,
    "no_jobs": _fixed(("这会儿没得合适的活。", "There is no suitable work just now."), ("有了我们给您发短信。", "We text you when there is.")),
    "no_more_jobs": _fixed(("就这几个活。", "That is all there is.")),
    "job_details": _job_details,
    "which_job": _which_job,
    "job_taken": _job_taken,
    "confirm_take": lambda a, today: [(spoken.deal(a["opening"], today, "zh") + ",对不对?", spoken.deal(a["opening"], today, "en") + ", is that right?")],
    "job_full": _about("来晚了一步,人满了:{}。", "Just too late, it is full: {}."),
    "job_gone": _about("这个活没得了:{}。", "This job is gone: {}."),
    "called_off": _about("老板取消了,不用去:{}。", "The employer called it off: {}."),
    "clash": _clash,
    "already_taken": _about("这个您已经报上了:{}。", "You already have this one: {}."),
    "my_list": _my_list,
    "withdrawn": _about("退了:{}。位子让给别人了。", "Cancelled: {}. The place goes to somebody else."),
    "nothing_to_withdraw": _fixed(("您没得要退的活。", "You have no job to give back.")),
    "confirm_withdraw": _about("{},真的不去了?", "{}: you really cannot go?"),
    "offer": _offer,
    "offer_declined": _about("好,不去:{}。", "All right, not this one: {}."),
    "offer_expired": _about("这个过了时间:{}。", "This one is past its time: {}."),
    "undone": _undone,
    "profile": _fixed(("您的登记,短信发给您看。", "Your entry comes to you by text.")),
    "profile_by_text": _fixed(("您的登记,短信发给您看。", "Your entry comes to you by text.")),
    "confirm_heard": _confirm_heard,
    "say_again": _fixed(("好,您再说一遍。", "All right, please say it once more.")),
    "noted": _fixed(("好,记下了。", "All right, it is noted.")),
    "no_profile": _fixed(("这个号码还没登记。", "This number is not registered yet.")),
    "profile_updated": _profile_updated,
    "profile_what": _fixed(("要改哪一样?您说。", "What should change? Please say it.")),
    "availability_set": _availability_set,
    "availability_what": _fixed(("哪些天有空?您说。", "Which days are you free? Please say it.")),
    "confirm_erase": _fixed(("要删登记,请回短信。", "To erase your entry, please answer by text.")),
    "erase_by_text": _fixed(("短信发给您了。", "A text is on its way to you."), ("回一条短信,登记就删。", "Answer it and your entry is erased.")),
    "erased": _fixed(("登记删了。", "Your entry is erased.")),
    "kept": _kept,
    "profile_locked": _fixed(("好,这个号码的旧登记锁了。", "All right, the old entry of this number is locked.")),
    "which_person": _fixed(("您是机主本人,还是家里另外的人?", "Are you the owner of this phone, or someone else at home?")),
    "case_opened": _case_opened,
    "human": _human,
    "market_info": _market_info,
    "opted_out": _fixed(("好,不再给您发短信。", "All right, no more texts."), ("要恢复,打来说一声就行。", "To have them back, just call.")),
    "opted_in": _fixed(("好,短信照常发给您。", "All right, you get our texts again.")),
    "taken_over": _fixed(("工作人员正在给您办。", "A member of staff is dealing with it.")),
    "staff_reply": _staff_reply,
    "handed_back": _fixed(("工作人员办完了,我接到帮您。", "Our staff have finished; I go on helping you.")),
    "confirm_posting": _confirm_posting,
    "posting_received": _posting_received,
    "posting_published": _fixed(("请人的事发出去了。", "Your posting is out.")),
    "posting_rejected": _fixed(("请人的事没发。", "Your posting was not published."), ("为啥,短信上写了。", "Why, you read in the text.")),
    "employer_told": _employer_told,
}  # fmt: skip
