"""The English gloss of every text: the same answer, for readers without Chinese. Never sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.domain.answers import Answer
from backend.domain.latin import latin
from backend.domain.lexicon import job_name
from backend.sms import phrases_current, phrases_hire, phrases_posting
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases, local


def _facts(facts: dict[str, Any]) -> str:
    parts: list[str] = []
    if name := facts.get("person_name"):
        parts.append(latin(name))
    if gender := facts.get("gender"):
        parts.append(w.GENDERS["en"][gender])
    if age := facts.get("age"):
        parts.append(f"aged {age}")
    if place := facts.get("village_name") or facts.get("location"):
        parts.append(f"of {latin(str(place))}")
    if trades := facts.get("job_type"):
        trades = trades if isinstance(trades, list) else [trades]
        parts.append("can do: " + ", ".join(job_name(code, "en") for code in trades))
    if when := facts.get("date"):
        start, _, end = str(when).partition("/")
        parts.append("free " + w.days(start, end or start, "en"))
    parts += [w.DAY_PARTS["en"][part] for part in facts.get("day_part", [])]
    if term := facts.get("term"):
        parts.append(w.TERMS["en"][term])
    if pay := facts.get("pay"):
        parts.append("wants " + w.said_pay(pay if isinstance(pay, str) else pay[-1], "en"))
    if settlement := facts.get("settlement"):
        parts.append(w.SETTLEMENTS["en"][settlement])
    parts += [code.replace("_", " ") for code in facts.get("benefit") or []]
    if phone := facts.get("phone_number"):
        parts.append(f"phone {phone}")
    if facts.get("hardship"):
        parts.append("hardship noted")
    return ", ".join(parts)


def _numbered(openings: list[dict[str, Any]]) -> str:
    return " ".join(f"({n}) {w.line(opening, 'en')};" for n, opening in enumerate(openings, start=1))


ASK = {
    "person_name": "What is your name?",
    "age": "How old are you?",
    "location": "Which village do you live in?",
    "job_type": "What work can you do?",
    "date": "On which days are you free?",
    "pay": "What daily pay do you want?",
    "correction": "What is wrong? Just say it right, or say “never mind” to stop.",
}


def ask(answer: Answer, detail: int) -> str:
    if answer["form"] == "posting":
        return phrases_posting.ask_en(answer)
    noted = _facts(answer["noted"])
    choices = " ".join(f"{n} {name}" for n, name in enumerate(answer["choices"], start=1))
    return (f"Noted: {noted}. " if noted else "") + ASK[answer["field"]] + (f" Reply: {choices}." if choices else "")


def _gone(words: str) -> Callable[[Answer, int], str]:
    def phrase(answer: Answer, detail: int) -> str:
        others = answer["alternatives"]
        return f"{w.work(answer['opening'], 'en')}: {words}." + (
            f" Others: {_numbered(others)} reply a number" if others else " “More” for other work, 0 for a person"
        )

    return phrase


def case_opened(answer: Answer, detail: int) -> str:
    first = {"120": "A life comes first: call 120 now. ", "110": "Get safe first: call 110 now. "}.get(
        answer["emergency"] or "", ""
    )
    hotlines = (
        f" You may also call {', '.join(line['number'] for line in answer['hotlines'])}." if answer["hotlines"] else ""
    )
    return f"{first}Noted. {latin(answer['who'])} will answer you by {local(answer['due_at']):%d %b %H:%M}.{hotlines}"


def my_list(answer: Answer, detail: int) -> str:
    if not answer["offers"]:
        return "You have not taken any work yet."
    told = " ".join(
        f"({n}) {o['status']}: {w.line(o['opening'], 'en')};" for n, o in enumerate(answer["offers"], start=1)
    )
    return f"Yours: {told} reply a number to give one back"


def availability_set(answer: Answer, detail: int) -> str:
    facts = answer["availability"]
    said = ["free every day"] if facts.get("always") else []
    said += [f"not free {w.days(start, end, 'en')}" for start, end in facts.get("unavailable", [])[-1:]]
    if facts.get("from"):
        said.append("free " + w.days(facts["from"], facts.get("to") or facts["from"], "en"))
    said += [w.DAY_PARTS["en"][part] for part in facts.get("day_parts") or []]
    return "Noted: " + (", ".join(said) or "your time")


def either_or(answer: Answer, detail: int) -> str:
    first, second = (choice["en"] for choice in answer["choices"])
    word = latin(answer["word"] or "")
    lead = {"wish": "I am not sure. Do you want", "word": f"By “{word}” do you mean", "heard": "Did you say"}[
        answer["about"]
    ]
    return f"{lead} {first} (1) or {second} (2)? Neither: 3, a person: 0"


def human(answer: Answer, detail: int) -> str:
    name = latin(answer["station"]["name"])
    if answer["open_now"]:
        return f"A person from {name} has been called and will answer you now."
    return f"The station is closed. {name} will answer you by {local(answer['due_at']):%d %b %H:%M}."


def call_summary(answer: Answer, detail: int) -> str:
    return "; ".join(_done(done, detail) for done in answer["done"])


def _done(done: Answer, detail: int) -> str:
    if done["kind"] in {"callback_promised", "human"}:
        return f"A person will call you back by {local(done['due_at']):%d %b %H:%M} (case {done['case_id']})"
    number = f" (case {done['case_id']})" if done["kind"] == "case_opened" else ""
    phrase = PHRASES[done["kind"]]
    return (phrase if isinstance(phrase, str) else phrase(done, detail)).rstrip(".") + number


WHICH = {
    "take": "Which one will you take?",
    "details": "Which one do you ask about?",
    "withdraw": "Which one do you give back?",
    "hiring": "Which of your postings do you mean?",
}
MENU = "1 find work, 2 register, 3 my list, 4 stop texts, 0 a person"

OUTCOMES = {
    "coming": "Noted, see you there. If you cannot come, tell us early.",
    "arrived": "Noted: you went. If you are not paid, tell us.",
    "no_show": "All right, you did not go. For work, say what you would like to do.",
    "paid": "Good that you have been paid. For work, say what you would like to do.",
    "not_due": "All right. If they do not pay when it is due, tell us.",
}

PHRASES: Phrases = {
    "greeting": f"Hello, I am the gig line's machine and help you find work. {MENU}. Or just say what you want.",
    "goodbye": "All right, take care. Text any time you want work.",
    "thanks": "You are welcome.",
    "help": f"Nothing to learn: write as you speak. Or reply a number: {MENU}",
    "menu": lambda a, d: (
        {
            "unavailable": "Received; the machine is busy just now, please use numbers: ",
            "not_understood": "I did not understand. ",
        }.get(a["reason"], "")
        + MENU
    ),
    "read_on": "Go on.",
    "repeat_nothing": f"Nothing has been said yet. {MENU}",
    "slower": "I will speak more slowly on the phone.",
    "wording": lambda a, d: (
        "On the phone I will speak " + ("Mandarin." if a["wording"] == "mandarin" else "as people do here.")
    ),
    "either_or": either_or,
    "not_understood": "I am not sure what you mean. Find work (1), register (2), or a person (0)?",
    "out_of_scope": "I cannot help with that; I do work, registration, wages. 1 find work, 2 register, 0 a person",
    "choice_unknown": lambda a, d: (
        f"There is no {a['choice']} here."
        + (f" Reply {a['choices'][0]} to {a['choices'][-1]}." if a["choices"] else "")
    ),
    "nothing_to_answer": lambda a, d: (
        "Fine. Say what work you want, or 0 for a person." if a["said"] == "yes" else "Fine, nothing is done."
    ),
    "cancelled": lambda a, d: {
        "registration": "Registration dropped; nothing was kept.",
        "posting": "The posting is dropped.",
    }.get(a["what"], "All right."),
    "media_unsupported": "I cannot see pictures or hear voice notes. Please write, or call.",
    "ask": ask,
    "confirm_registration": lambda a, d: (
        ("Registering a family member: " if a["for_other"] else "Registering: ")
        + _facts(a["facts"])
        + ". Used only to find you work; you can have it erased. 1 right, I agree; 2 not right"
    ),
    "registered": lambda a, d: (
        "Registered. "
        + (
            f"Fitting work: {_numbered(a['jobs'][: max(d, 1)])} reply a number"
            if a["jobs"]
            else "Say what work you want."
        )
    ),
    "registration_declined": "Not registered; nothing was kept. Public work is open to you all the same.",
    "resume_hint": lambda a, d: f"Your {a['form']} is not finished; go on with it, or say “never mind”.",
    "job_offers": lambda a, d: (
        ("Nothing fits exactly; these differ. " if a["relaxed"] else "")
        + _numbered(a["openings"])
        + " reply a number to take one"
        + (", “more” for more" if a["remaining"] else "")
    ),
    "no_jobs": lambda a, d: (
        "No "
        + (", ".join(job_name(code, "en") for code in a["filters"].get("job_types", [])) or "fitting")
        + " work just now. 1 register and be told, 0 a person"
    ),
    "no_more_jobs": "That was all of them.",
    "job_details": lambda a, d: (
        w.line(a["opening"], "en")
        + ". "
        + ", ".join(w.cares(a["opening"], "en", negatives=True))
        + f". Needs {a['opening']['headcount']}, {a['opening']['left']} left. {a['opening']['requirements']} Reply 1 to go"
    ),
    "which_job": lambda a, d: (
        f"{WHICH[a['purpose']]} {_numbered(a['openings'])}{' 4 others,' * a['more']} reply a number"
    ),
    "job_taken": lambda a, d: (
        f"Settled: {w.line(a['opening'], 'en')}. "
        + (f"Ask for {latin(a['contact']['name'])} {a['contact'].get('phone') or ''}. " if a["contact"] else "")
        + f"To give it back reply 退{a['code']}"
    ),
    "confirm_take": lambda a, d: f"{w.line(a['opening'], 'en')}. 1 go, 2 do not go",
    "job_full": _gone("just filled"),
    "job_gone": _gone("no longer open"),
    "called_off": lambda a, d: (
        f"The employer called it off, do not go: {w.line(a['opening'], 'en')}. Say what other work you want."
    ),
    "taken_down": lambda a, d: (
        f"Our staff stopped this work, do not go: {w.line(a['opening'], 'en')}. Say what other work you want, or 0 for a person."
    ),
    "clash": lambda a, d: (
        f"You have already taken {w.line(a['standing'], 'en')}, on the same days as {w.work(a['opening'], 'en')}. 1 gives that one back"
    ),
    "already_taken": lambda a, d: f"You already have this one: {w.line(a['opening'], 'en')}",
    "own_job": lambda a, d: (
        f"This number posted it itself: {w.line(a['opening'], 'en')}. Say what other work you want."
    ),
    "my_list": my_list,
    "withdrawn": lambda a, d: f"Given back: {w.line(a['opening'], 'en')}. 1 if you want it again",
    "nothing_to_withdraw": "You hold no place, so there is nothing to give back.",
    "confirm_withdraw": lambda a, d: f"Really not going? {w.line(a['opening'], 'en')}. 1 not going, 2 still going",
    "offer": lambda a, d: (
        f"{'It has changed: ' * bool(a.get('changed'))}{w.line(a['opening'], 'en')}. 1 take it, 2 no, 0 a person, or reply 接{a['code']}. Valid until {local(a['expires_at']):%d %b %H:%M}"
    ),
    "reminder": lambda a, d: f"Reminder: {w.line(a['opening'], 'en')}. 1 coming, 2 cannot come, 0 a person",
    "follow_up": lambda a, d: f"{w.bare(a['opening'], 'en')}: it is over. Did you go? 1 yes, 2 no, 0 a person",
    "ask_paid": lambda a, d: (
        f"{w.work(a['opening'], 'en')}: have you been paid? 1 yes, 2 no, 3 it is not due yet, 0 a person"
    ),
    "outcome_noted": lambda a, d: OUTCOMES[a["outcome"]],
    "calls_off": "We do not ring you of our own accord any more. To have it back, send 恢复",
    "offer_declined": lambda a, d: f"All right, not {w.work(a['opening'], 'en')}.",
    "offer_expired": _gone("the time to answer is over"),
    "undone": "Put back as it was.",
    "profile": lambda a, d: f"Your entry: {_facts(a['facts'])}. Say what to change, or “erase”.",
    "profile_by_text": "Your entry comes by text.",
    "confirm_heard": lambda a, d: f"We heard: {', '.join(f'{k} {v}' for k, v in a['facts'].items())}. Right 1, wrong 2",
    "say_again": "All right, say it once more and it is noted anew",
    "noted": "All right, it is noted. A person: 0",
    "no_profile": "This number is not registered. 2 to register",
    "profile_updated": lambda a, d: f"Changed: {_facts(a['changed'])}. If it was not you, reply “put it back”",
    "profile_what": "What should change? Just say it right.",
    "availability_set": availability_set,
    "availability_what": "Which days are you free, which not?",
    "confirm_erase": "Really erase your whole entry? 1 erase, 2 keep",
    "erase_by_text": "To erase your entry reply 1 to this text; 2 keeps it",
    "erased": lambda a, d: (
        "Your entry has been erased." + (" Your openings stay out; to end them send 不招了." if a["hires"] else "")
    ),
    "kept": "All right, it stays as it is.",
    "profile_locked": "Understood: this number has changed hands; the old entry is no longer used.",
    "which_person": lambda a, d: (
        f"{a['count']} people share this number. 1 the phone's owner, "
        + ", ".join(f"{n} family member {n - 1}" for n in range(2, a["count"] + 1))
    ),
    "case_opened": case_opened,
    "human": human,
    "callback_promised": lambda a, d: (
        f"Nobody could be reached; case {a['case_id']}, number {a['place']} in the queue, "
        f"we call you back by {local(a['due_at']):%d %b %H:%M}"
    ),
    "human_talked": "You have talked with our staff.",
    "call_summary": call_summary,
    "market_info": lambda a, d: (
        f"{latin(a['station']['name'])}: {latin(a['station']['address'])}, open {a['station']['opens_at']}-{a['station']['closes_at']}, phone {a['station'].get('hotline') or '-'}"
    ),
    "opted_out": "We will not text you first any more. Reply 恢复短信 to start again",
    "opted_in": "We will text you again when there is work.",
    "taken_over": "A member of staff is answering you now, not the machine.",
    "staff_reply": lambda a, d: f"(staff) {a['text']}",
    "handed_over": lambda a, d: f"{a['staff_name']} goes on helping you now.",
    "handed_back": "The machine answers again. 0 for a person",
}
PHRASES |= phrases_current.EN | phrases_hire.EN | phrases_posting.EN
