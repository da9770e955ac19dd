"""Every question a call can ask: what is said before it, its keys, its shorter askings, what may be spoken.

The ladder of V08 is in the three prompts of a question: as asked first, shorter with an example, a choice between two.
0, 9, 7 and * mean the same everywhere and are not listed here.
"""

from __future__ import annotations

import re
import string
from typing import Any

from backend.domain.latin import latin
from ivr import expected, openings, speech, spoken
from ivr.asking import (
    SHORT_PAUSE_S,
    YES_NO_HINTS,
    Act,
    Go,
    Miss,
    Move,
    Press,
    Question,
    Talk,
    choices_said,
    keys,
    pick,
    prompt,
    three,
)
from ivr.hiring import HIRING, confirm_close_prompts, employer_menu, is_enough_or_off
from ivr.placed import PLACED
from ivr.registration import REGISTRATION
from ivr.steps import Say, Speech, State, World
from ivr.who_speaks import WHO_SPEAKS


def _main(state: State, world: World, key: str) -> Move | None:
    return pick(key, {"1": Act("find_jobs"), "2": Go("reg_consent"), "3": Act("my_applications"), "4": Go("other")})


def _other(state: State, world: World, key: str) -> Move | None:
    return pick(key, {"1": employer_menu(world), "2": Go("trouble"), "3": Go("advice"), "4": Go("rest")})


# What has to be answered by a person, by key alone: a case of the right kind, then a message or, in an emergency, the person.
TROUBLE = {"1": "wage_arrears", "2": "injury", "3": "violence", "4": "other_problem"}
ADVICE = {"1": "policy", "2": "training", "3": "unemployment", "4": "returnee"}


def _case_of(kinds: dict[str, str]) -> Press:
    return lambda state, world, key: Act("case_by_key", {"kind": kinds[key]}) if key in kinds else None


def _rest(state: State, world: World, key: str) -> Move | None:
    return pick(key, {"1": Act("ask_market_info"), "2": Act("stop_messages"), "3": Act("resume_messages"),
            "4": Go("change")})  # fmt: skip


def _opening(state: State) -> dict[str, Any]:
    return dict(state.data["openings"][state.data["i"]])


def _job_body(state: State, world: World) -> list[Say]:
    return [] if state.data.get("brief") else [openings.job_read(_opening(state), world.today)]


def next_job(state: State) -> Move:
    """The next one; after three the caller is asked whether to go on (V14)."""
    data = {key: value for key, value in state.data.items() if key != "brief"}
    if data["i"] + 1 < len(data["openings"]):
        return Go("job", {**data, "i": data["i"] + 1}, forget=True)
    if data.get("remaining"):
        return Go("more", {}, forget=True)
    return Go("main", {}, (prompt("jobs_end"),), forget=True)


def _job(state: State, world: World, key: str) -> Move | None:
    if key == "1":
        return Act("apply_job", {"opening_id": _opening(state)["id"]})
    return next_job(state) if key == "2" else None


_NEXT = re.compile(
    r"((这个|那个)?(不去|不要|不想去)了?[\s,，]*)?(我)?(想|要)?(听|看|问)?(下一?个|下头(那个|的)?|换(一|个|一个)|别的|别个|还有(没得|莫得|没的|没有|吗)?(别的)?|后头(的|那个)?)(活|活路)?(没得|没有|吗|呢|嘛|吧)?"
)


# 我去第一个, 第二个我要: taken, not only heard again.
_TAKES = re.compile(r"(?<![不没])(去|要|接|报|做|干)(?!不|哪|听|看|问|啥|好多|多|几)")


def opening_read(state: State) -> int | None:
    """The opening being read out, which "管饭不" or "要得" is about; None at every other question."""
    return int(_opening(state)["id"]) if state.at in {"job", "placed_offer"} else None


def _titles(state: State, world: World) -> tuple[str, ...]:
    """The names of the openings read out: what a caller will say of them."""
    titles = tuple(spoken.title(opening, "zh") for opening in state.data["openings"])
    return (*YES_NO_HINTS, *titles, "下一个", "第一个", "第二个", "第三个", "管饭不", "好多钱", "在哪点")


def _job_heard(state: State, world: World, said: Speech) -> Move | None:
    """第二个: the second of those read out; 我去第二个: it is to be taken; 下一个: what key 2 does."""
    if _NEXT.fullmatch(said.text.strip(string.punctuation + "，。！？ ")):
        return next_job(state)
    if said.ordinal is None:
        return None
    place = len(state.data["openings"]) if said.ordinal == -1 else said.ordinal
    if not 1 <= place <= len(state.data["openings"]):
        return None
    if _TAKES.search(said.text):
        return Act("apply_job", {"opening_id": state.data["openings"][place - 1]["id"]})
    return Go("job", {**state.data, "i": place - 1}, forget=True)


def _more(state: State, world: World, key: str) -> Move | None:
    return pick(key, {"1": Act("more_jobs"), "2": Go("main", forget=True)})


def _offer_at(state: State) -> dict[str, Any]:
    return dict(state.data["offers"][state.data["i"]])


def _mine_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    if _offer_at(state)["status"] == "offered":
        return prompt("mine_offer_keys"), prompt("job_short"), prompt("take_two")
    return prompt("mine_keys"), prompt("mine_short"), prompt("mine_two")


def _mine_body(state: State, world: World) -> list[Say]:
    return [openings.line_said("mine_one", _offer_at(state)["opening"], world.today)]


def next_mine(state: State, *, says: tuple[Say, ...] = ()) -> Go:
    if state.data["i"] + 1 < len(state.data["offers"]):
        return Go("mine", {**state.data, "i": state.data["i"] + 1}, says, forget=True)
    return Go("main", {}, (*says, prompt("mine_end")), forget=True)


def _mine(state: State, world: World, key: str) -> Move | None:
    offer = _offer_at(state)
    wanted = {"offer_id": offer["offer_id"]}
    if offer["status"] == "offered":
        return pick(key, {"1": Act("apply_job", {**wanted, "opening_id": offer["opening"]["id"]}),
                "2": Act("withdraw_application", wanted)})  # fmt: skip
    return pick(key, {"1": Act("withdraw_application", {**wanted, "ask": True}), "2": next_mine(state)})


LONGEST_ANSWER = 12  # characters: longer words tell more than a yes or no


# A yes or no to something the services asked; what it is about is in data["answer"].
def _confirm_body(state: State, world: World) -> list[Say]:
    answer, hide = state.data["answer"], state.said_before
    if answer["kind"] in {"confirm_take", "confirm_withdraw"}:
        return []  # their first asking says it all
    return speech.told(answer, today=world.today, hide=hide)


def _confirm_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    answer = state.data["answer"]
    if answer["kind"] == "confirm_take":
        asked = prompt("take", what=openings.deal_said("take", answer["opening"], world.today))
        return asked, prompt("take_short"), prompt("take_two")
    if answer["kind"] == "confirm_withdraw":
        asked = openings.line_said("withdraw", answer["opening"], world.today)
        return asked, prompt("withdraw_short"), prompt("confirm_two")
    if answer["kind"] == "confirm_close":
        return confirm_close_prompts(answer)
    if answer["kind"] == "offer":
        return prompt("take_two"), prompt("job_short"), prompt("job_two")
    if answer["kind"] == "full_wait":
        return prompt("wait_keys"), prompt("wait_short"), prompt("wait_two")
    return prompt("confirm_keys"), prompt("confirm_short"), prompt("confirm_two")


def _confirm(state: State, world: World, key: str) -> Move | None:
    kind = state.data["answer"]["kind"]
    if key == "1":
        return Act(**state.data["yes"]) if state.data.get("yes") else Talk("1")
    if key == "3":
        return Talk("3")
    if key != "2":
        return None
    if kind == "confirm_take" and state.back and state.back[-1][0] == "job":
        return Go("job", {"step": "next"}, forget=True)
    if kind == "confirm_take":
        return Go("main", forget=True)
    return Talk("2")


def _confirm_keys(state: State, world: World) -> str:
    return "123" if is_enough_or_off(state) else "12"


_NOT_GOING = re.compile(
    r"不想?去|不得去|不来|去不成|去不了|去不到|来不了|来不成|(?<![不莫])退|[没莫]得?空|不得空|[没莫](得|有)?时间|走不(开|脱)|"
    r"不(做|干|要|得来)了?|算了"
)
_SURELY_NOT = re.compile(r"(?<!是)不(要|想)?[去来](?!不)")
_STILL_GOING = re.compile(r"还是?要?想?[去来]|^(我)?(还是)?要[去来]|[不莫]退|留")


_NO_CONSENT = re.compile(r"不(想|要)?(同意|登)|算(了|球)(?!对)")


def _confirm_heard(state: State, world: World, said: Speech) -> Move | None:
    """不去了, 没得空 to 真的不去了? is a yes; to 去不去 it would be a no. 不同意 to a registration ends it, it corrects nothing."""
    kind = state.data["answer"]["kind"]
    if is_enough_or_off(state) and said.choice in {"yes", "no"}:
        # Two ways of ending and one of going on: a no ends nothing, a yes does not say which (V11).
        return Talk("3") if said.choice == "no" else Miss((prompt("press_to_be_sure"),))
    if kind == "confirm_registration" and _NO_CONSENT.search(said.text):
        return Act("cancel")
    if kind != "confirm_withdraw" or len(said.text) > LONGEST_ANSWER:
        return None
    if _STILL_GOING.search(said.text) and not _SURELY_NOT.search(said.text):
        return _confirm(state, world, "2")
    return _confirm(state, world, "1") if _NOT_GOING.search(said.text) else None


def _which(state: State, world: World, key: str) -> Move | None:
    if key == "4" and state.data.get("more"):
        return Talk(key)
    if not key.isdigit() or not 1 <= int(key) <= len(state.data["openings"]):
        return None
    acts = {"take": "apply_job", "details": "job_details"}
    act = acts.get(state.data["purpose"])
    return Act(act, {"opening_id": state.data["openings"][int(key) - 1]["id"]}) if act else Talk(key)


def _which_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    asked = openings.which_said(state.data["openings"], world.today, bool(state.data.get("more")))
    return asked, prompt("which_short"), prompt("which_two")


def _which_keys(state: State, world: World) -> str:
    return "123"[: len(state.data["openings"])] + "4" * bool(state.data.get("more"))


# One of two things that words may have meant: which, the services know.
def _either_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    answer = state.data["answer"]
    first, second = ((choice["zh"], choice["en"]) for choice in answer["choices"])
    both = {"first": first, "second": second}
    if answer["about"] == "word":
        asked = prompt("either_word", word=(answer["word"], latin(answer["word"])), **both)
    else:
        asked = prompt("either" if answer["about"] == "wish" else "either_heard", **both)
    return asked, prompt("either_short", **both), prompt("either_two", **both)


def _either(state: State, world: World, key: str) -> Move | None:
    return Talk(key) if key in "123" else None


def _either_hints(state: State, world: World) -> tuple[str, ...]:
    return (*(str(choice["zh"]) for choice in state.data["answer"]["choices"]), "都不是")


# Asked for a number that may have two figures; a single one ends with the pause.
TWO_DIGITS = frozenset({"age", "headcount"})
# What nobody can be hired without (services/posting.py); it cannot be passed over.
NEEDED = frozenset({"job_type", "headcount"})


# A form's question: everything said or keyed is the services' to judge.
def _form_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    answer = state.data["answer"]
    attempt = int(answer.get("attempt") or 1)
    first = speech.question(answer["form"], answer["field"], attempt)
    short = speech.question(answer["form"], answer["field"], attempt + 1)
    if answer["field"] == "person_name":
        return first, short, prompt("reg_name_two")
    needed = answer["form"] == "posting" and answer["field"] in NEEDED
    return first, short, prompt("form_needed_two" if needed else "form_two")


def _form_body(state: State, world: World) -> list[Say]:
    answer = state.data["answer"]
    said = []
    if not state.data.get("resumed") and (
        noted := speech.noted_said(answer["form"], answer.get("noted") or {}, world.today)
    ):
        said.append(prompt("noted_fact", what=noted))
    if choices := answer.get("choices"):
        said.append(choices_said([(name, speech.choice_en(name)) for name in choices]))
    return said


def _form(state: State, world: World, key: str) -> Move | None:
    field_ = state.data["answer"]["field"]
    if field_ == "person_name" and state.misses >= 2 and key in "12":
        return Go("reg_consent") if key == "1" else Talk("算了")
    if key == "#":
        return Talk("跳过")
    if field_ == "age" and len(key) == 1:
        return Miss((prompt("reg_age_digits"),))
    return Talk(key)


_NO_HIRING = re.compile(r"不是?要?(?:请|招|雇)(?:人|工)|不是老板")


def _form_heard(state: State, world: World, said: Speech) -> Move | None:
    """Whoever was taken for somebody who hires says so; to a question for a number it would be no answer."""
    return Talk("算了") if state.data["answer"]["form"] == "posting" and _NO_HIRING.search(said.text) else None


def _form_keys(state: State, world: World) -> str:
    answer = state.data["answer"]
    if answer["field"] in TWO_DIGITS:
        return "0123456789#"
    return "".join(str(n) for n in range(1, len(answer.get("choices") or []) + 1)) + "#"


# -- messages left -----------------------------------------------------------------------------------------------------


def _voicemail(state: State, world: World, key: str) -> Move | None:
    return pick(key, {"1": Go("voicemail", dict(state.data), forget=True), "2": Act("find_jobs")})


def _voicemail_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    if state.data.get("about"):
        # No case is open yet, so nothing is promised (I11).
        return prompt("voicemail"), prompt("voicemail_about_again"), prompt("voicemail_about_two")
    return prompt("voicemail"), prompt("voicemail_again"), prompt("voicemail_two")


QUESTIONS: dict[str, Question] = {
    question.name: question
    for question in (
        Question("main", _main, keys("1234"), three("main", "main_short", "main_two")),
        Question("other", _other, keys("1234"), three("other", "other_short", "other_two"),
                 hints=("要请人", "工钱没给", "受伤了", "问政策", "想学手艺", "市场在哪点", "不要发短信", "改登记")),
        Question("trouble", _case_of(TROUBLE), keys("1234"), three("trouble", "trouble_short", "trouble_two"),
                 hints=("工钱没给", "老板跑了", "受伤了", "遭打了", "不准走", "押金不退", "扣身份证")),
        Question("advice", _case_of(ADVICE), keys("1234"), three("advice", "advice_short", "advice_two"),
                 hints=("问政策", "社保补贴", "失业金", "想学手艺", "学电焊", "失业登记", "返乡登记")),
        Question("rest", _rest, keys("1234"), three("rest", "rest_short", "rest_two"),
                 hints=("市场在哪点", "几点开门", "不要发短信", "恢复短信", "改登记")),
        Question("job", _job, keys("12"), three("job_keys", "job_short", "job_two"), _job_body, _job_heard, "1", "2",
                 hints=_titles, resumable=True),
        Question("more", _more, keys("12"), three("more", "more_short", "more_two"), yes="1", no="2",
                 hints=("要听", "不听了", *YES_NO_HINTS), pause_s=SHORT_PAUSE_S, resumable=True),
        Question("mine", _mine, keys("12"), _mine_prompts, _mine_body,
                 hints=("不去了", "来不了", "下一个", *YES_NO_HINTS), binding=True, resumable=True),
        Question("confirm", _confirm, _confirm_keys, _confirm_prompts, _confirm_body, _confirm_heard, yes="1", no="2", hints=YES_NO_HINTS,
                 resumable=True, binding=True, pause_s=SHORT_PAUSE_S),
        Question("which", _which, _which_keys, _which_prompts, hints=_titles),
        Question("either", _either, keys("123"), _either_prompts, no="3", hints=_either_hints),
        Question("heard", lambda s, w, key: pick(key, {"1": Go("main", forget=True)}), keys("1"),
                 three("heard_again", "heard_again_short", "heard_again_two"), hints=expected.amounts_and_days),
        Question("form", _form, _form_keys, _form_prompts, _form_body, _form_heard, hints=expected.of_a_form, resumable=True,
                 digits=lambda state: 2 if state.data["answer"]["field"] in TWO_DIGITS else 1),
        Question("voicemail", _voicemail, keys("12"), _voicemail_prompts, records=120),
        *WHO_SPEAKS,
        *REGISTRATION,
        *PLACED,
        *HIRING,
    )
}  # fmt: skip
