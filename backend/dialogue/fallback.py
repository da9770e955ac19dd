"""What a text leads to without the engine: bare choices always, a handful of words when Rasa is away (D1, M03, M04).

With the four seconds over or Rasa gone, register, find, take, stop and a person still work by these.
"""

from __future__ import annotations

import re
from typing import Any

from backend.domain import choice, short_answers
from backend.domain.posting_words import is_requirement
from backend.domain.said import is_always_free
from backend.domain.surnames import bare_name

Chosen = tuple[str, dict[str, Any]]

# A longer text says more than a menu word, and these would only guess at it.
LONGEST_MENU_TEXT = 24
# An answer to an either/or that names one side; more words may bring more.
LONGEST_NAMED = 8

# In this order: the first that is found wins. Stop words are `domain/opt_out.py`'s and come before all of this.
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"人工|真人|转人|找个人|喊个人|找干部|找人(?!干|做|帮|摘|搬|来干|来做)"), "talk_to_human"),
    (re.compile(r"我报的|报了(哪|啥|什么|几)|我接的|我的活|来不了|不去了|退出"), "my_applications"),
    (re.compile(r"登记|登个记|注册|入库"), "register"),
    (re.compile(r"帮助|菜单|怎么用|咋个用|不会(按|弄|用)"), "menu"),
    (re.compile(r"还有(没得|没有|吗|哪些)?[吗嘛不?？]?$|下一(个|页)|换一(个|批)"), "more_jobs"),
    (re.compile(r"活路|找.{0,6}活|有.{0,10}活|的活|零工|找工|找事|事做|招工|打工|工作|活干|活儿"), "find_jobs"),
)
_UNDO = re.compile(r"^(给我)?(改|换)(回去|回来)(了|嘛|吧|哈)?$|^撤销$|^恢复原来的$")
_SKIP = re.compile(r"^(跳过|跳|不说|不想说|过|pass|下一个问题)(了|嘛|吧|哈)?$", re.IGNORECASE)
# What is no answer to a name or a wage is one to the hours of work.
_NO_FIXED_HOURS = re.compile(
    r"^(时间|钟点|都|还|也|要)*(不定|不固定|没定|没有定|说不准|看情况|看天气?)(的|得|哈|嘛|哦|了)*[。.]?$"
)
_GIVE_BACK = re.compile(r"^退\s*(\d{2})$")
_NOTES = {"registration": "note_registration", "posting": "note_posting"}


def chosen(text: str, pending: dict[str, Any] | None, waiting: dict[str, Any] | None = None) -> Chosen | None:
    """The act a bare choice leads to, or None when the text is more than a choice and wants the engine.

    `pending` is the open question (`Turn.expect`): an answer binds to it and to nothing else (M04). "0" is a person
    everywhere, "*" the menu. A number that fits no option goes to the engine when a number was asked for, and else leads
    to being told which there are. `waiting` is the form's question behind a digression: a number no option has may be its
    answer ("58" after a look at the openings), a pass as well.
    """
    options = (pending or {}).get("options") or {}
    if (
        word := _menu_word(text.strip(), pending or {}, options) or _passed(text.strip(), pending or {}, waiting or {})
    ) is not None:
        return word
    if (named := _named(text.strip(), pending or {})) is not None:
        return named
    if (pending or {}).get("field") == "requirements" and is_requirement(text):
        return "note_posting", {}
    asked_days = any(
        one.get("form") == "registration" and one.get("field") == "date" for one in (pending or {}, waiting or {})
    )
    if asked_days and is_always_free(text, asked=True) and choice.parse(text) is None:
        return "note_registration", {"field": "always_free", "value": True}
    said = choice.parse(text)
    if said is None or is_unclear(text, pending or {}):
        return None
    if said == 0:
        return "talk_to_human", {}
    if said == "*":
        return "menu", {}
    option = options.get(str(said))
    if option is not None:
        return option["act"], dict(option.get("params") or {})
    if isinstance(said, int):
        for question in (pending or {}, waiting or {}):
            if (number := _number_asked_for(said, question)) is not None:
                return number
    if not isinstance(said, int):
        return None  # a yes or no to nothing with options: the engine knows which form it may answer
    if said > 9 and re.search(r"[接报选]", text):
        return "apply_job", {"code": str(said)}
    if any(key.isdigit() for key in options):
        return "choose", {"choice": said}
    return None


def _named(text: str, pending: dict[str, Any]) -> Chosen | None:
    """The option of an either/or that a short answer names in words: 做衣服的, 都不是. Several named are none.

    To a question of ours (`words` is then its name) only a whole answer counts: 没得活做 is not 有活做.
    """
    asked = pending.get("words")
    if isinstance(asked, str):
        options = pending.get("options") or {}
        key = short_answers.read(asked, text, options)
        return (options[key]["act"], dict(options[key].get("params") or {})) if key is not None else None
    if len(text) > LONGEST_NAMED or choice.parse(text) not in (None, "no"):
        return None
    options = pending.get("options") or {}
    named = [
        key for key, words in (pending.get("words") or {}).items() if key in options and any(w in text for w in words)
    ]
    if len(named) != 1:
        return None
    option = options[named[0]]
    return option["act"], dict(option.get("params") or {})


def is_unclear(text: str, pending: dict[str, Any]) -> bool:
    """Whether a bare 没有 answers the open question in two opposite ways."""
    return isinstance(asked := pending.get("words"), str) and short_answers.is_unclear(asked, text)


def _number_asked_for(said: int, pending: dict[str, Any]) -> Chosen | None:
    """A bare number where a number was asked for, and one that can be meant: 58 to "今年好多岁?"."""
    field = pending.get("field") if pending.get("kind") == "ask" else None
    if (field == "age" and 14 <= said <= 99) or (field == "headcount" and said >= 1):
        return _NOTES[pending.get("form", "")], {"field": field, "value": said}
    return None


def _menu_word(text: str, pending: dict[str, Any], options: dict[str, Any]) -> Chosen | None:
    """The few words our own texts tell people to send back: 改回去, 退12."""
    if _UNDO.match(text) and (option := options.get("undo")):
        return option["act"], dict(option.get("params") or {})
    if (code := _GIVE_BACK.match(text)) is not None:
        return "withdraw_application", {"code": code[1]}
    return None


def _passed(text: str, *questions: dict[str, Any]) -> Chosen | None:
    asked = next((one for one in questions if one.get("kind") == "ask" and one.get("form") in _NOTES), None)
    unfixed = asked is not None and asked.get("field") == "hours" and _NO_FIXED_HOURS.match(text)
    if not _SKIP.match(text) and not unfixed:
        return None
    return (_NOTES[asked["form"]], {"skip": asked["field"]}) if asked else None


def menu_act(text: str, pending: dict[str, Any] | None) -> Chosen | None:
    """The act the menu's own words lead to while the engine is away; None: show the menu.

    While a form asks, what was written is its answer; the caller finds the values with `entities.spans`. A name cannot be
    found that way, so a bare one is handed over as it stands.
    """
    if (bare := chosen(text, pending)) is not None:
        return bare
    short = text.strip()
    if len(short) <= LONGEST_MENU_TEXT:
        for words, act in _WORDS:
            if words.search(short):
                return act, {}
    return answer(short, pending or {})


def answer(text: str, pending: dict[str, Any]) -> Chosen | None:
    """What `text` is to the question a form has open; None when no form asks."""
    confirms = {"confirm_registration": "registration", "confirm_posting": "posting"}
    if pending.get("kind") in confirms:
        return _NOTES[confirms[pending["kind"]]], {}
    if pending.get("kind") != "ask":
        return None
    act = _NOTES[pending.get("form", "")]
    if pending.get("field") == "person_name":
        name = bare_name(text)
        if name is not None:
            return act, {"field": "person_name", "value": name}
    return act, {}
