"""Whose words they are on a phone that a house shares, or that has changed hands (V21, T4)."""

from __future__ import annotations

import re

from ivr.asking import SHORT_PAUSE_S, YES_NO_HINTS, Act, Go, Miss, Move, Question, Talk, keys, prompt, three
from ivr.placed import picked_up
from ivr.steps import Say, Speech, State, World


def _who_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    count = int(state.data.get("count") or 2)
    if count == 2:
        return prompt("who"), prompt("who_short"), prompt("who_two")
    return prompt("who_many", last=count), prompt("who_many_short", last=count), prompt("who_many_two", last=count)


def _who(state: State, world: World, key: str) -> Move | None:
    return Talk(key) if key.isdigit() and 1 <= int(key) <= int(state.data.get("count") or 2) else None


_NOT_THE_OWNER = re.compile(r"不是|机主的|本人的")
_KIN = re.compile(r"家里|另外|屋头|婆娘|媳妇|堂客|老汉|老公|老伴|老婆|男人|爸|妈|娃|儿|女|孙[子女儿]")
_THE_OWNER = re.compile(r"本人|机主|我自己|就是我|是我|我的(电话|手机|号)")


def _who_heard(state: State, world: World, said: Speech) -> Move | None:
    """Whose words they are (V21): no first, since 不是机主 holds 机主. Which of several others, only a key can tell."""
    owner = bool(_THE_OWNER.search(said.text)) and said.choice != "no"
    if _NOT_THE_OWNER.search(said.text) or said.choice == "no":
        owner = False
    elif not _KIN.search(said.text):
        return Talk("1") if owner else None
    if owner or int(state.data.get("count") or 2) > 2:
        return Miss((prompt("press_to_be_sure"),))
    return Talk("2")


def _placed_who(state: State, world: World, key: str) -> Move | None:
    """In a call of ours: what it is about is told to the one whom it is about, and to nobody else of the house."""
    if not key.isdigit() or not 1 <= int(key) <= int(state.data["count"]):
        return None
    if int(key) != int(state.data["whose"]):
        return Go("placed_who", state.data, (prompt("placed_for_another"),), forget=True)
    at, data = state.data["then"]
    return Go(at, data, forget=True)


def _placed_who_heard(state: State, world: World, said: Speech) -> Move | None:
    if move := picked_up(state, world, said) or _who_heard(state, world, said):
        return _placed_who(state, world, move.text) if isinstance(move, Talk) else move
    # A yes now would answer what has not been said yet.
    return Miss((prompt("press_to_be_sure"),)) if said.choice in {"yes", "no"} else None


def _not_me(state: State, world: World, key: str) -> Move | None:
    """Whether whoever is registered uses this phone no more: only then is the entry shut for it (T4)."""
    if key == "1":
        return Act("wrong_person")
    if key != "2":
        return None
    state.content = False
    at, data = state.back.pop() if state.back else ("main", {})
    return Go(at, data, forget=True)


WHO_SPEAKS = (
    Question("who", _who, lambda s, w: "1234"[: int(s.data.get("count") or 2)], _who_prompts, heard=_who_heard,
             hints=("本人", "我自己", "家里人", "另外的人", "不是我"), pause_s=SHORT_PAUSE_S),
    Question("placed_who", _placed_who, lambda s, w: "1234"[: int(s.data["count"])], _who_prompts,
             heard=_placed_who_heard, hints=("本人", "我自己", "家里人", "另外的人", "不是我", "不要再打来"),
             pause_s=SHORT_PAUSE_S),
    Question("not_me", _not_me, keys("12"), three("not_me", "not_me_short", "not_me_two"), yes="1", no="2",
             hints=YES_NO_HINTS, binding=True, pause_s=SHORT_PAUSE_S),
)  # fmt: skip
