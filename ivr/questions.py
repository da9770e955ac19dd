"""Every question a call can ask: what is said before it, its keys, its shorter askings, what may be spoken.

The ladder of V08 is in the three prompts of a question: as asked first, shorter with an example, a choice between two.
0, 9, 7 and * mean the same everywhere and are not listed here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ivr import speech, spoken
from ivr.prompts import catalogue, fill
from ivr.steps import Say, Speech, State, World

PAGE = 3  # places read at a time: with "another one" they make four choices (V02)
MAIN_HINTS = ("找活", "登记", "我报的活", "人工", "要请人", "不要发短信", "再说一遍", "慢点")
YES_NO_HINTS = ("对", "不对", "要得", "不要", "要去", "不去")

# -- moves: what an answer leads to ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Go:
    """Ask another question; `forget`: the one left behind cannot be returned to with *."""

    at: str
    data: dict[str, Any] = field(default_factory=dict)
    says: tuple[Say, ...] = ()
    forget: bool = False


@dataclass(frozen=True)
class Act:
    act: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Talk:
    text: str


@dataclass(frozen=True)
class Miss:
    """The answer is none; `says` tells why."""

    says: tuple[Say, ...] = ()


Move = Go | Act | Talk | Miss
Press = Callable[[State, World, str], Move | None]


def prompt(id_: str, **values: Any) -> Say:
    """A catalogue prompt as something to say."""
    known = catalogue()[id_]
    if not values:
        return Say(known.zh, known.en, id_)
    pairs = {key: value if isinstance(value, tuple) else (value, value) for key, value in values.items()}
    return Say(fill(known, "zh", **{k: v[0] for k, v in pairs.items()}), fill(known, "en", **{k: v[1] for k, v in pairs.items()}))


def say(*pairs: tuple[str, str]) -> list[Say]:
    return [Say(zh, en) for zh, en in pairs]


# -- questions ---------------------------------------------------------------------------------------------------------


def _nothing(state: State, world: World) -> list[Say]:
    return []


@dataclass(frozen=True)
class Question:
    """`keys`: what may be pressed now. `prompts`: the three askings. `records`: the first asking is a recording."""

    name: str
    press: Press
    keys: Callable[[State, World], str]
    prompts: Callable[[State, World], tuple[Say, Say, Say]]
    body: Callable[[State, World], list[Say]] = _nothing
    heard: Callable[[State, World, Speech], Move | None] = lambda state, world, said: None
    yes: str = ""
    no: str = ""
    digits: Callable[[State], int] = lambda state: 1
    hints: tuple[str, ...] = MAIN_HINTS
    records: int = 0  # seconds; 0: a Gather
    resumable: bool = False

    def ask(self, state: State, world: World, rung: int) -> list[Say]:
        """What is said: everything the first time, then only the shorter asking."""
        prompts = self.prompts(state, world)
        return [*self.body(state, world), prompts[0]] if rung == 0 else [prompts[min(rung, 2)]]


def _three(*ids: str) -> Callable[[State, World], tuple[Say, Say, Say]]:
    first, short, either = ids
    return lambda state, world: (prompt(first), prompt(short), prompt(either))


def _main(state: State, world: World, key: str) -> Move | None:
    return {"1": Act("find_jobs"), "2": Go("reg_consent"), "3": Act("my_applications"), "4": Go("other")}.get(key)


def _other(state: State, world: World, key: str) -> Move | None:
    return {"1": Go("employer"), "2": Act("talk_to_human", {"about": "trouble"}), "3": Act("ask_market_info"),
            "4": Act("stop_messages")}.get(key)  # fmt: skip


def _opening(state: State) -> dict[str, Any]:
    return dict(state.data["openings"][state.data["i"]])


def _job_body(state: State, world: World) -> list[Say]:
    return [] if state.data.get("brief") else say(*speech.job_sentences(_opening(state), world.today))


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


def _job_heard(state: State, world: World, said: Speech) -> Move | None:
    """第二个: the second of those read out."""
    if said.ordinal is None:
        return None
    place = len(state.data["openings"]) if said.ordinal == -1 else said.ordinal
    if not 1 <= place <= len(state.data["openings"]):
        return None
    return Go("job", {**state.data, "i": place - 1}, forget=True)


def _more(state: State, world: World, key: str) -> Move | None:
    return {"1": Act("more_jobs"), "2": Go("main", forget=True)}.get(key)


def _offer_at(state: State) -> dict[str, Any]:
    return dict(state.data["offers"][state.data["i"]])


def _mine_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    if _offer_at(state)["status"] == "offered":
        return prompt("mine_offer_keys"), prompt("job_short"), prompt("take_two")
    return prompt("mine_keys"), prompt("mine_short"), prompt("mine_two")


def _mine_body(state: State, world: World) -> list[Say]:
    opening = _offer_at(state)["opening"]
    return say((spoken.job_line(opening, world.today, "zh") + "。", spoken.job_line(opening, world.today, "en") + "."))


def next_mine(state: State, *, says: tuple[Say, ...] = ()) -> Go:
    if state.data["i"] + 1 < len(state.data["offers"]):
        return Go("mine", {**state.data, "i": state.data["i"] + 1}, says, forget=True)
    return Go("main", {}, (*says, prompt("mine_end")), forget=True)


def _mine(state: State, world: World, key: str) -> Move | None:
    offer = _offer_at(state)
    wanted = {"offer_id": offer["offer_id"]}
    if offer["status"] == "offered":
        return {"1": Act("apply_job", {**wanted, "opening_id": offer["opening"]["id"]}),
                "2": Act("withdraw_application", wanted)}.get(key)  # fmt: skip
    return {"1": Act("withdraw_application", {**wanted, "ask": True}), "2": next_mine(state)}.get(key)


# A yes or no to something the services asked; what it is about is in data["answer"].
def _confirm_body(state: State, world: World) -> list[Say]:
    answer, hide = state.data["answer"], state.said_before
    if answer["kind"] in {"confirm_take", "confirm_withdraw"}:
        return []  # their first asking says it all
    zh = speech.speak(answer, "zh", today=world.today, hide=hide)
    en = speech.speak(answer, "en", today=world.today, hide=hide)
    return [Say(z, e) for z, e in zip(zh, en, strict=True)]


def _confirm_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    answer = state.data["answer"]
    if answer["kind"] == "confirm_take":
        what = tuple(spoken.deal(answer["opening"], world.today, lang) for lang in ("zh", "en"))
        return prompt("take", what=what), prompt("take_short"), prompt("take_two")
    if answer["kind"] == "confirm_withdraw":
        what = tuple(spoken.job_line(answer["opening"], world.today, lang) for lang in ("zh", "en"))
        return prompt("withdraw", what=what), prompt("withdraw_short"), prompt("confirm_two")
    if answer["kind"] == "offer":
        return prompt("take_two"), prompt("job_short"), prompt("job_two")
    return prompt("confirm_keys"), prompt("confirm_short"), prompt("confirm_two")


def _confirm(state: State, world: World, key: str) -> Move | None:
    kind = state.data["answer"]["kind"]
    if key == "1":
        return Act(**state.data["yes"]) if state.data.get("yes") else Talk("1")
    if key != "2":
        return None
    if kind == "confirm_take" and state.back and state.back[-1][0] == "job":
        return Go("job", {"step": "next"}, forget=True)
    if kind == "confirm_take":
        return Go("main", forget=True)
    return Talk("2")


def _which(state: State, world: World, key: str) -> Move | None:
    if not key.isdigit() or not 1 <= int(key) <= len(state.data["openings"]):
        return None
    acts = {"take": "apply_job", "details": "job_details"}
    act = acts.get(state.data["purpose"])
    return Act(act, {"opening_id": state.data["openings"][int(key) - 1]["id"]}) if act else Talk(key)


def _which_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    listed = state.data["openings"]
    zh = ",".join(f"{spoken.title(o, 'zh')}按{n}" for n, o in enumerate(listed, 1))
    en = ", ".join(f"{spoken.title(o, 'en')} press {n}" for n, o in enumerate(listed, 1))
    return Say(f"您说的是哪一个?{zh}。", f"Which one do you mean? {en}."), prompt("which_short"), prompt("which_two")


def _who_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    count = int(state.data.get("count") or 2)
    first = prompt("who") if count == 2 else prompt("who_many", last=count)
    return first, prompt("who_short"), prompt("who_two")


def _who(state: State, world: World, key: str) -> Move | None:
    return Talk(key) if key.isdigit() and 1 <= int(key) <= int(state.data.get("count") or 2) else None


def _who_heard(state: State, world: World, said: Speech) -> Move | None:
    if any(word in said.text for word in ("本人", "我自己", "机主", "就是我")):
        return Talk("1")
    if any(word in said.text for word in ("家里", "另外", "不是我", "老公", "老伴", "老婆", "爸", "妈", "娃")):
        return Talk("2")
    return None


# A form's question: everything said or keyed is the services' to judge.
def _form_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    answer = state.data["answer"]
    attempt = int(answer.get("attempt") or 1)
    first = Say(*speech.question(answer["form"], answer["field"], attempt))
    short = Say(*speech.question(answer["form"], answer["field"], attempt + 1))
    if answer["field"] == "person_name":
        return first, short, prompt("reg_name_two")
    return first, short, prompt("form_two")


def _form_body(state: State, world: World) -> list[Say]:
    answer = state.data["answer"]
    said = []
    if not state.data.get("resumed") and (noted := speech.facts_said(answer.get("noted") or {}, world.today)):
        said += say((f"记到了,{noted[0]}。", f"Noted: {noted[1]}."))
    if choices := answer.get("choices"):
        said += [s for s in _choices(choices)]
    return said


def _choices(choices: list[str]) -> list[Say]:
    return say((",".join(f"{name}按{n}" for n, name in enumerate(choices, 1)) + "。",
                ", ".join(f"{speech.choice_en(name)} press {n}" for n, name in enumerate(choices, 1)) + "."))  # fmt: skip


def _form(state: State, world: World, key: str) -> Move | None:
    field_ = state.data["answer"]["field"]
    if field_ == "person_name" and state.misses >= 2 and key in "12":
        return Go("reg_consent") if key == "1" else Talk("算了")
    if key == "#":
        return Talk("跳过")
    return Talk(key)


def _form_keys(state: State, world: World) -> str:
    answer = state.data["answer"]
    if answer["field"] == "age":
        return "0123456789#"
    return "".join(str(n) for n in range(1, len(answer.get("choices") or []) + 1)) + "#"


# -- registration by keypad --------------------------------------------------------------------------------------------


def _reg_consent(state: State, world: World, key: str) -> Move | None:
    if key == "1":
        return Go("reg_name")
    return Go("main", {}, (prompt("reg_declined"),), forget=True) if key == "2" else None


def _reg_name(state: State, world: World, key: str) -> Move | None:
    return {"1": Go("reg_name", forget=True), "2": Go("main", {}, (prompt("reg_declined"),), forget=True)}.get(key)


def _reg_age(state: State, world: World, key: str) -> Move | None:
    if key == "#":
        return place_question(state, world)
    return _age(int(key)) if key.isdigit() and len(key) == 2 else None


def _age(age: int) -> Move:
    return Go("reg_age_ok", {"age": age}) if 16 <= age <= 90 else Miss((prompt("reg_age_bad"),))


def _reg_age_heard(state: State, world: World, said: Speech) -> Move | None:
    age = said.facts.get("age", said.choice)
    return _age(age) if isinstance(age, int) and age > 9 else None


def _reg_age_ok(state: State, world: World, key: str) -> Move | None:
    if key == "1":
        state.registration["birth_year"] = world.today.year - int(state.data["age"])
        return place_question(state, world)
    return Go("reg_age", {"again": True}, forget=True) if key == "2" else None


def place_question(state: State, world: World) -> Go:
    """The village of the one town there can be, else the town first."""
    if len(world.towns) == 1:
        return Go("reg_village", {"town": world.towns[0][0], "page": 0})
    return Go("reg_town", {"page": 0}) if world.towns else Go("reg_trade")


def _places(state: State, world: World) -> list[tuple[str, str]]:
    everywhere = world.villages(state.data["town"]) if state.at == "reg_village" else list(world.towns)
    first = state.data["page"] * PAGE
    return everywhere[first : first + PAGE]


def _more_places(state: State, world: World) -> bool:
    everywhere = world.villages(state.data["town"]) if state.at == "reg_village" else world.towns
    return len(everywhere) > PAGE


def short_place(name: str) -> str:
    for tail in ("村民委员会", "居民委员会", "村委会", "居委会"):
        name = name.removesuffix(tail) if len(name) > len(tail) + 1 else name
    return name


def _place_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    listed = [short_place(name) for _, name in _places(state, world)]
    parts = [f"{name}按{n}" for n, name in enumerate(listed, 1)]
    english = [f"{name} press {n}" for n, name in enumerate(listed, 1)]
    if _more_places(state, world):
        parts.append("别处按4")
        english.append("elsewhere press 4")
    listing = Say(",".join(parts) + "。", ", ".join(english) + ".")
    short = prompt("reg_place_short")
    return listing, Say(short.zh + listing.zh, short.en + " " + listing.en), prompt("reg_place_two")


def _place_body(state: State, world: World) -> list[Say]:
    return [] if state.data["page"] else [prompt("reg_town" if state.at == "reg_town" else "reg_village")]


def _place(state: State, world: World, key: str) -> Move | None:
    if key == "#":
        return Go("reg_trade")
    listed = _places(state, world)
    if key == "4" and _more_places(state, world):
        pages = -(-len(world.villages(state.data["town"]) if state.at == "reg_village" else world.towns) // PAGE)
        page = (state.data["page"] + 1) % pages
        says = (prompt("reg_place_end"),) if page == 0 else ()
        return Go(state.at, {**state.data, "page": page}, says, forget=True)
    if not key.isdigit() or not 1 <= int(key) <= len(listed):
        return None
    return chosen_place(state, world, listed[int(key) - 1][0])


def chosen_place(state: State, world: World, code: str) -> Go:
    """A village ends the question; a town leads to its villages."""
    name = next((n for c, n in (*world.towns, *world.villages(code[:9])) if c == code), "")
    echo = tuple(say((short_place(name) + "。", name + "."))) if name else ()  # heard again in passing (V12)
    if len(code) <= 9 and world.villages(code):
        return Go("reg_village", {"town": code, "page": 0}, echo)
    state.registration["village"] = code
    return Go("reg_trade", {}, echo)


def _place_heard(state: State, world: World, said: Speech) -> Move | None:
    code = said.facts.get("place")
    return chosen_place(state, world, str(code)) if code and len(str(code)) >= 9 else None


def _reg_trade(state: State, world: World, key: str) -> Move | None:
    if key == "#":
        return Act("register_by_keypad", dict(state.registration))
    if key not in "1234":
        return None
    return Act("register_by_keypad", {**state.registration, "family": int(key)})


def _reg_trade_heard(state: State, world: World, said: Speech) -> Move | None:
    trades = said.facts.get("job_types")
    return Act("register_by_keypad", {**state.registration, "job_types": list(trades)}) if trades else None


# -- messages left -----------------------------------------------------------------------------------------------------


def _employer(state: State, world: World, key: str) -> Move | None:
    return Go("voicemail", {"about": "posting"}) if key == "1" else None


def _voicemail(state: State, world: World, key: str) -> Move | None:
    return {"1": Go("voicemail", dict(state.data), forget=True), "2": Act("find_jobs")}.get(key)


def _keys(allowed: str) -> Callable[[State, World], str]:
    return lambda state, world: allowed


def _reg_age_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    first = prompt("reg_age_short") if state.data.get("again") else prompt("reg_age")
    return first, prompt("reg_age_short"), prompt("reg_age_two")


def _age_ok_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    return prompt("reg_age_ok", age=int(state.data["age"])), prompt("confirm_short"), prompt("confirm_two")


def _place_keys(state: State, world: World) -> str:
    listed = "".join(str(n) for n in range(1, len(_places(state, world)) + 1))
    return listed + ("4" if _more_places(state, world) else "") + "#"


QUESTIONS: dict[str, Question] = {
    question.name: question
    for question in (
        Question("main", _main, _keys("1234"), _three("main", "main_short", "main_two")),
        Question("other", _other, _keys("1234"), _three("other", "other_short", "other_two")),
        Question("job", _job, _keys("12"), _three("job_keys", "job_short", "job_two"), _job_body, _job_heard, "1", "2",
                 hints=(*YES_NO_HINTS, "下一个", "再说一遍", "管饭不", "人工"), resumable=True),
        Question("more", _more, _keys("12"), _three("more", "more_short", "more_two"), yes="1", no="2"),
        Question("mine", _mine, _keys("12"), _mine_prompts, _mine_body,
                 hints=("不去了", "来不了", "下一个", "人工")),
        Question("confirm", _confirm, _keys("12"), _confirm_prompts, _confirm_body, yes="1", no="2", hints=YES_NO_HINTS,
                 resumable=True),
        Question("which", _which, lambda s, w: "123"[: len(s.data["openings"])], _which_prompts),
        Question("who", _who, lambda s, w: "1234"[: int(s.data.get("count") or 2)], _who_prompts, heard=_who_heard,
                 hints=("本人", "家里人")),
        Question("form", _form, _form_keys, _form_prompts, _form_body, resumable=True,
                 digits=lambda state: 2 if state.data["answer"]["field"] == "age" else 1),
        Question("employer", _employer, _keys("1"), _three("employer", "employer_short", "employer_two"),
                 hints=("要五个人", "摘李子", "一天一百二", "留话")),
        Question("reg_consent", _reg_consent, _keys("12"), _three("reg_consent", "reg_consent_short", "reg_consent_two"),
                 lambda s, w: [prompt("reg_consent_intro")], yes="1", no="2", hints=("同意", "不同意"), resumable=True),
        Question("reg_name", _reg_name, _keys("12"), _three("reg_name", "reg_name_again", "reg_name_two"), records=5,
                 resumable=True),
        Question("reg_age", _reg_age, _keys("0123456789#"), _reg_age_prompts, heard=_reg_age_heard, digits=lambda s: 2,
                 hints=("五十八", "六十二", "不想说"), resumable=True),
        Question("reg_age_ok", _reg_age_ok, _keys("12"), _age_ok_prompts, yes="1", no="2", hints=YES_NO_HINTS),
        Question("reg_town", _place, _place_keys, _place_prompts, _place_body, _place_heard, resumable=True),
        Question("reg_village", _place, _place_keys, _place_prompts, _place_body, _place_heard, resumable=True),
        Question("reg_trade", _reg_trade, _keys("1234#"), _three("reg_trade", "reg_trade_short", "reg_trade_two"),
                 heard=_reg_trade_heard, hints=("工地", "田头", "厂头", "家政", "采茶", "搬货"), resumable=True),
        Question("voicemail", _voicemail, _keys("12"), _three("voicemail", "voicemail_again", "voicemail_two"), records=120),
    )
}  # fmt: skip
