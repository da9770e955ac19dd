"""The questions of calls we place: a callback, an offer, a reminder before work starts, how a job went (V15).

They are questions like any other, in the same machine. The first sentence says who calls, that it is a machine, and that
0 reaches a person (V16; for callers of 65 that comes first, V17); key 3 is 不要再打来. Whoever says and presses nothing
is not there: said once more and shorter, then goodbye, with nothing private told (M08), and it counts as not reached.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from backend.domain.latin import latin
from ivr import openings
from ivr.asking import SHORT_PAUSE_S, YES_NO_HINTS, Act, Go, Move, Question, Talk, keys, pick, prompt, three
from ivr.steps import Placed, Say, Speech, State, World

FIRST_QUESTIONS = frozenset({"placed_callback", "placed_offer", "placed_reminder", "placed_follow_up",
                             "placed_still_looking", "placed_all_looking", "placed_who"})  # fmt: skip
_STOP = Act("no_more_calls")


def begun(placed: Placed, resume: State | None) -> State:
    """Where a call of ours begins. `resume`: what broke off, for a callback; it goes on there if that is wished (V19)."""
    if placed.purpose == "callback":
        about = {"missed": True} if placed.missed else {}
        if resume is None:
            return State(at="placed_callback", data=about)
        broken_off = {"at": resume.at, "data": resume.data}
        return State(at="placed_callback", data={**about, "resume": broken_off}, registration=dict(resume.registration))
    if placed.purpose == "still_looking":
        # About everybody on the phone at once: nothing of anybody's own is told, so nobody is asked who is speaking (V21).
        asked = "placed_all_looking" if placed.people > 1 else "placed_still_looking"
        return State(at=asked, data={"worker_id": placed.worker_id})
    data: dict[str, Any] = {"openings": [placed.opening], "i": 0, "offer_id": placed.offer_id}
    asked = f"placed_{placed.purpose}"
    if placed.waited:
        data["waited"] = True
    if placed.changed:
        data["changed"] = True
    if placed.people > 1:
        # Nothing of one's work is told to whoever else of the house picks up (V21, M08).
        return State(at="placed_who", data={"count": placed.people, "whose": placed.whose, "then": [asked, data]})
    return State(at=asked, data=data)


def hello(world: World) -> Say:
    """The first words of a call of ours: whose, that it is a machine and free, and the way to a person (V16, V17)."""
    station = (world.station, latin(world.station))
    return prompt("placed_hello_65" if world.over_65 else "placed_hello", station=station)


def nobody_there(state: State) -> bool:
    """Whether silence now means that nobody has the phone at the ear."""
    return state.at in FIRST_QUESTIONS and not state.spoke


_HELLO = re.compile(
    r"((喂|您好|你好|你们?|是?(哪个|哪位|哪点|哪里|哪儿|啥子人|什么人)的?|(有|找我)?(啥子|什么|啥)(事|电话)|咋子|咋个|干啥子?"
    r"|做啥子|说话|讲|在)[\s,，。?？!！嘛啊哦噻]*)+"
)


def picked_up(state: State, world: World, said: Speech) -> Move | None:
    """喂?哪个? is how a phone is picked up, over our first words: they are said again."""
    if stop := _no_more(state, world, said):
        return stop
    if _HELLO.fullmatch(said.text.strip()):
        return Go(state.at, state.data, (hello(world),), forget=True)
    return None


_NO_MORE = re.compile(
    r"((?<!要)不要|莫(?!得)|别(?![个人的处])|不准|不用|不许).{0,4}(打(?=电话|来|过来|给|扰|了|[嘛哈啊哦吧]|$)|来电)|骗子|诈骗"
)


def _no_more(state: State, world: World, said: Speech) -> Move | None:
    """不要再打来了, said in a call of ours, is about calls and not about texts (V15)."""
    return _STOP if _NO_MORE.search(said.text.strip(" ,，。.?？!！")) else None


# -- a callback ----------------------------------------------------------------------------------------------------------


def _callback_body(state: State, world: World) -> list[Say]:
    return [prompt("placed_missed" if state.data.get("missed") else "placed_callback")]


def _callback(state: State, world: World, key: str) -> Move | None:
    if key == "1":
        broken_off = state.data.get("resume")
        if broken_off is None:
            return Go("main", forget=True)
        if broken_off["at"] == "mine":
            return Act("my_applications")  # the list as it is now
        return Go(broken_off["at"], broken_off["data"], (prompt("placed_resume"),), forget=True)
    return pick(key, {"2": Act("goodbye"), "3": _STOP})


# -- about one offer ------------------------------------------------------------------------------------------------------


def _opening(state: State) -> Mapping[str, Any]:
    return dict(state.data["openings"][0])


def _offer_id(state: State) -> dict[str, Any]:
    return {"offer_id": state.data["offer_id"]}


def _offer_body(state: State, world: World) -> list[Say]:
    first = prompt("placed_place_free" if state.data.get("waited") else "placed_offer")
    changed = [prompt("offer_changed")] if state.data.get("changed") else []
    return [first, *changed, openings.job_read(dict(_opening(state)), world.today)]


def _offer(state: State, world: World, key: str) -> Move | None:
    take = Act("apply_job", {**_offer_id(state), "opening_id": _opening(state)["id"]})
    return pick(key, {"1": take, "2": Act("withdraw_application", _offer_id(state)), "3": _STOP})


def _reminder_body(state: State, world: World) -> list[Say]:
    return [openings.line_said("placed_reminder", dict(_opening(state)), world.today)]


def _reminder(state: State, world: World, key: str) -> Move | None:
    away = Act("withdraw_application", {**_offer_id(state), "ask": True})
    return pick(key, {"1": Act("will_come", _offer_id(state)), "2": away, "3": _STOP})


def _follow_up_body(state: State, world: World) -> list[Say]:
    return [openings.line_said("placed_follow_up", dict(_opening(state)), world.today)]


def _follow_up(state: State, world: World, key: str) -> Move | None:
    return pick(key, {"1": _outcome(state, "arrived"), "2": _outcome(state, "no_show"), "3": _STOP})


def _still_looking_body(state: State, world: World) -> list[Say]:
    return [prompt(state.at)]


def _still_looking(state: State, world: World, key: str) -> Move | None:
    return pick(
        key, {"1": _says(state, "looking"), "2": _says(state, "not_looking"), "3": _STOP, "4": _says(state, "some")}
    )


def _says(state: State, said: str) -> Act:
    return Act("still_looking", {"worker_id": state.data["worker_id"], "said": said})


def _paid_body(state: State, world: World) -> list[Say]:
    return [prompt("paid_ask")]


def _paid(state: State, world: World, key: str) -> Move | None:
    return Talk(key) if key in "123" else None  # whose wages, the services know


def _outcome(state: State, outcome: str) -> Act:
    return Act("job_outcome", {**_offer_id(state), "outcome": outcome})


PLACED = (
    Question("placed_callback", _callback, keys("123"),
             three("placed_callback_keys", "placed_callback_short", "placed_callback_two"), _callback_body, picked_up,
             yes="1", no="2", hints=("接着办", "不用了", "不要再打来", "人工"), pause_s=SHORT_PAUSE_S),
    Question("placed_offer", _offer, keys("123"), three("placed_offer_keys", "job_short", "job_two"), _offer_body, picked_up,
             yes="1", no="2", hints=(*YES_NO_HINTS, "管饭不", "好多钱", "在哪点", "不要再打来"), binding=True),
    Question("placed_reminder", _reminder, keys("123"),
             three("placed_reminder_keys", "placed_reminder_short", "placed_reminder_two"), _reminder_body, picked_up,
             yes="1", no="2", hints=("要来", "来不了", "不去了", "不要再打来"), binding=True, pause_s=SHORT_PAUSE_S),
    Question("placed_follow_up", _follow_up, keys("123"),
             three("placed_follow_up_keys", "placed_follow_up_short", "placed_follow_up_two"), _follow_up_body, picked_up,
             yes="1", no="2", hints=("去了", "没去", "不要再打来"), binding=True, pause_s=SHORT_PAUSE_S),
    Question("placed_still_looking", _still_looking, keys("123"),
             three("placed_still_looking_keys", "placed_still_looking_short", "placed_still_looking_two"),
             _still_looking_body, picked_up, yes="1", no="2", hints=("还在找", "不找了", "找到了", "不要再打来"),
             binding=True, pause_s=SHORT_PAUSE_S),
    Question("placed_all_looking", _still_looking, keys("1234"),
             three("placed_all_looking_keys", "placed_all_looking_short", "placed_all_looking_two"),
             _still_looking_body, picked_up, yes="1", no="2", hints=("都在找", "都不找了", "有的不找了", "不要再打来"),
             binding=True, pause_s=SHORT_PAUSE_S),
    Question("paid", _paid, keys("123"), three("paid", "paid_short", "paid_two"), _paid_body, _no_more, yes="1", no="2",
             hints=("给了", "没给", "还没到日子"), binding=True, pause_s=SHORT_PAUSE_S),
)  # fmt: skip
