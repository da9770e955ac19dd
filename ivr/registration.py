"""Registration by keypad: consent, the spoken name, age by two digits, the village from a short list, the trade (V05)."""

from __future__ import annotations

from backend.domain.latin import latin
from backend.domain.lexicon import job_name
from ivr import expected
from ivr.asking import (
    SHORT_PAUSE_S,
    YES_NO_HINTS,
    Act,
    Go,
    Miss,
    Move,
    Question,
    choices_said,
    keys,
    pick,
    prompt,
    three,
)
from ivr.expected import short_place
from ivr.steps import Say, Speech, State, World

MOST_TRADES = 3  # read back at once
MOVES = "moves"  # in State.registration: the place asked for is where somebody who is registered has moved to
PAGE = 3  # places read at a time: with "elsewhere" they make four choices (V02)


def _reg_consent(state: State, world: World, key: str) -> Move | None:
    state.registration.pop(MOVES, None)
    if key == "1":
        return Go("reg_name")
    return Go("main", {}, (prompt("reg_declined"),), forget=True) if key == "2" else None


def _reg_name(state: State, world: World, key: str) -> Move | None:
    return pick(key, {"1": Go("reg_name", forget=True), "2": Go("main", {}, (prompt("reg_declined"),), forget=True)})


def _reg_age(state: State, world: World, key: str) -> Move | None:
    if key == "#":
        return place_question(state, world)
    if key.isdigit() and len(key) == 1:
        return Miss((prompt("reg_age_digits"),))
    return _age(int(key)) if key.isdigit() else None


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
    return Go("reg_town", {"page": 0}) if world.towns else Go("main" if state.registration.get(MOVES) else "reg_trade")


def _places(state: State, world: World) -> list[tuple[str, str]]:
    everywhere = world.villages(state.data["town"]) if state.at == "reg_village" else list(world.towns)
    first = state.data["page"] * PAGE
    return everywhere[first : first + PAGE]


def _more_places(state: State, world: World) -> bool:
    everywhere = world.villages(state.data["town"]) if state.at == "reg_village" else world.towns
    return len(everywhere) > PAGE


def _place_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    listed = [short_place(name) for _, name in _places(state, world)]
    named = [(name, latin(name)) for name in listed]
    # 4 turns the page; a shorter last page must not give its key to another.
    elsewhere = ("别处", "elsewhere") if _more_places(state, world) else None
    listing = choices_said(named, elsewhere)
    again = prompt("reg_place_again", what=(listing.zh.rstrip("。"), listing.en.rstrip(".")))
    return listing, again, prompt("reg_place_two")


def _place_body(state: State, world: World) -> list[Say]:
    return [] if state.data["page"] else [prompt("reg_town" if state.at == "reg_town" else "reg_village")]


def _place(state: State, world: World, key: str) -> Move | None:
    if key == "#":
        return _after_place(state, "")
    listed = _places(state, world)
    if key == "4" and _more_places(state, world):
        pages = -(-len(world.villages(state.data["town"]) if state.at == "reg_village" else world.towns) // PAGE)
        page = (state.data["page"] + 1) % pages
        if page == 0:
            # Nobody listens to the whole list for nothing: as a miss it leads to a person in the end (V08).
            state.data = {**state.data, "page": 0}
            return Miss((prompt("reg_place_end"),))
        return Go(state.at, {**state.data, "page": page}, forget=True)
    if not key.isdigit() or not 1 <= int(key) <= len(listed):
        return None
    return chosen_place(state, world, listed[int(key) - 1][0])


def chosen_place(state: State, world: World, code: str) -> Go | Act:
    """A village ends the question; a town leads to its villages."""
    name = place_name(world, code)
    # Heard again in passing (V12).
    echo = (prompt("place_echo", name=(short_place(name), latin(name))),) if name else ()
    if len(code) <= 9 and world.villages(code):
        return Go("reg_village", {"town": code, "page": 0}, echo)
    return _after_place(state, code, echo)


def _after_place(state: State, code: str, echo: tuple[Say, ...] = ()) -> Go | Act:
    """The next question of the registration; whoever has only moved house is done. `code`: "" for no village told."""
    if state.registration.get(MOVES):
        if not code:
            return Go("main", {}, (prompt("nothing_changes"),), forget=True)
        return Act("move_village", {"village": code})
    if code:
        state.registration["village"] = code
    return Go("reg_trade", {}, echo)


def _change(state: State, world: World, key: str) -> Move | None:
    """By key alone a village can be changed; the rest of the entry is said, or told to a person."""
    if key != "1":
        return None
    state.registration = {MOVES: True}
    return place_question(state, world)


def place_name(world: World, code: str) -> str:
    return next((n for c, n in (*world.towns, *world.villages(code[:9])) if c == code), "")


def _place_heard(state: State, world: World, said: Speech) -> Move | None:
    """A village that was spoken is read back before it counts; a town shows itself in the villages that follow."""
    code = str(said.facts.get("place") or "")
    if len(code) <= 9 or not place_name(world, code):
        return chosen_place(state, world, code) if len(code) >= 9 else None
    return Go("reg_place_ok", {"code": code, "asked": [state.at, state.data]}, forget=True)


def _place_ok_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    name = place_name(world, state.data["code"])
    said = prompt("reg_place_ok", name=(short_place(name), latin(name)))
    return said, prompt("confirm_short"), prompt("confirm_two")


def _place_ok(state: State, world: World, key: str) -> Move | None:
    if key == "1":
        return chosen_place(state, world, state.data["code"])
    if key != "2":
        return None
    at, data = state.data["asked"]
    # What it was not is not offered again.
    return Go(at, {**data, "not": [*data.get("not", []), state.data["code"]]}, forget=True)


def _place_ok_heard(state: State, world: World, said: Speech) -> Move | None:
    """不对,双石村: the right one said instead of a no."""
    code = str(said.facts.get("place") or "")
    return _place_heard_again(state, world, code) if len(code) > 9 and code != state.data["code"] else None


def _place_heard_again(state: State, world: World, code: str) -> Move | None:
    return Go("reg_place_ok", {**state.data, "code": code}, forget=True) if place_name(world, code) else None


def _reg_trade(state: State, world: World, key: str) -> Move | None:
    if key == "#":
        return Act("register_by_keypad", dict(state.registration))
    if key not in "1234":
        return None
    return Act("register_by_keypad", {**state.registration, "family": int(key)})


def _reg_trade_heard(state: State, world: World, said: Speech) -> Move | None:
    trades = said.facts.get("job_types")
    return Go("reg_trade_ok", {"job_types": list(trades)[:MOST_TRADES]}, forget=True) if trades else None


def _trade_ok_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    codes = state.data["job_types"]
    what = ("、".join(job_name(code) for code in codes), " and ".join(job_name(code, "en") for code in codes))
    return prompt("reg_trade_ok", what=what), prompt("confirm_short"), prompt("confirm_two")


def _trade_ok(state: State, world: World, key: str) -> Move | None:
    if key == "1":
        return Act("register_by_keypad", {**state.registration, "job_types": list(state.data["job_types"])})
    return Go("reg_trade", {}, forget=True) if key == "2" else None


def _trade_ok_heard(state: State, world: World, said: Speech) -> Move | None:
    trades = list(said.facts.get("job_types") or [])[:MOST_TRADES]
    return Go("reg_trade_ok", {"job_types": trades}, forget=True) if trades else None


def _reg_age_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    first = prompt("reg_age_short") if state.data.get("again") else prompt("reg_age")
    return first, prompt("reg_age_short"), prompt("reg_age_two")


def _age_ok_prompts(state: State, world: World) -> tuple[Say, Say, Say]:
    return prompt("reg_age_ok", age=int(state.data["age"])), prompt("confirm_short"), prompt("confirm_two")


def _place_keys(state: State, world: World) -> str:
    listed = "".join(str(n) for n in range(1, len(_places(state, world)) + 1))
    return listed + ("4" if _more_places(state, world) else "") + "#"


REGISTRATION: tuple[Question, ...] = (
    Question("change", _change, keys("1"), three("change", "change_short", "change_two"),
             hints=("我搬家了", "搬到兴泉社区了", "我五十九岁了", "我还会砌砖")),
    Question(
        "reg_consent",
        _reg_consent,
        keys("12"),
        three("reg_consent", "reg_consent_short", "reg_consent_two"),
        lambda s, w: [prompt("reg_consent_intro")],
        yes="1",
        no="2",
        hints=("同意", "不同意"),
        binding=True,
        pause_s=SHORT_PAUSE_S,
        resumable=True,
    ),
    Question(
        "reg_name",
        _reg_name,
        keys("12"),
        three("reg_name", "reg_name_again", "reg_name_two"),
        records=5,
        resumable=True,
    ),
    Question(
        "reg_age",
        _reg_age,
        keys("0123456789#"),
        _reg_age_prompts,
        heard=_reg_age_heard,
        digits=lambda s: 2,
        hints=lambda s, w: (*expected.ages_said(), "不想说"),
        resumable=True,
    ),
    Question("reg_age_ok", _reg_age_ok, keys("12"), _age_ok_prompts, yes="1", no="2", hints=YES_NO_HINTS, binding=True,
             pause_s=SHORT_PAUSE_S),
    Question("reg_town", _place, _place_keys, _place_prompts, _place_body, _place_heard, hints=expected.places,
             resumable=True),
    Question("reg_village", _place, _place_keys, _place_prompts, _place_body, _place_heard, hints=expected.places,
             resumable=True),
    Question("reg_place_ok", _place_ok, keys("12"), _place_ok_prompts, heard=_place_ok_heard, yes="1", no="2",
             hints=YES_NO_HINTS, binding=True, pause_s=SHORT_PAUSE_S),
    Question("reg_trade_ok", _trade_ok, keys("12"), _trade_ok_prompts, heard=_trade_ok_heard, yes="1", no="2",
             hints=YES_NO_HINTS, binding=True, pause_s=SHORT_PAUSE_S),
    Question(
        "reg_trade",
        _reg_trade,
        keys("1234#"),
        three("reg_trade", "reg_trade_short", "reg_trade_two"),
        heard=_reg_trade_heard,
        hints=lambda s, w: (*expected.trades(), "不想说"),
        resumable=True,
    ),
)  # fmt: skip
