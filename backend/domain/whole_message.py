"""What an intent adds to the values of a message and what it forbids (contract, conventions 4–14)."""

from __future__ import annotations

import re
from dataclasses import replace

from backend.domain import topics
from backend.domain.entity import Entity, Message
from backend.domain.lexicon import Hit


def added(message: Message, found: list[Entity]) -> list[Entity]:
    """Return what an intent says of the whole message: a complaint names its problems, a question its topic."""
    kinds = {entity.entity for entity in found}
    hits: list[Hit] = []
    if message.intent == "report_problem":
        hits = topics.clear_problems(message.text)
        if not hits and "problem" not in kinds:
            hits = topics.find_problems(message.text)
    elif message.intent == "ask_policy" and "policy_topic" not in kinds:
        hits = topics.find_topics(message.text)
    return [message.entity(hit.entity, hit.start, hit.end, hit.value) for hit in hits]


_ONLY_IN: dict[str, frozenset[str]] = {
    # A rule asked about is no benefit, no label and no work; a trade to learn is no job type (conventions 4, 12, 14).
    "ask_policy": frozenset({"benefit"}),
    "sign_up_training": frozenset({"job_type"}),
    "register_unemployment": frozenset({"policy_topic"}),
    "stop_messages": frozenset({"policy_topic"}),
    # 没签合同 is what is complained of, no rule asked about.
    "report_problem": frozenset({"policy_topic"}),
    # 我先去喂猪了哈: whoever takes leave tells of no work and no place. 不对 是一百八一天 does: it puts right.
    **dict.fromkeys(
        ("greet", "goodbye", "thank", "repeat", "slower", "cancel"),
        frozenset({"job_type", "location", "employer_name", "training_topic", "policy_topic", "pay", "benefit"}),
    ),
}


_MAY_COMPLAIN = frozenset({None, "inform", "ask_policy", "talk_to_human"})


def fit_intent(message: Message, found: list[Entity]) -> list[Entity]:
    dropped = _ONLY_IN.get(message.intent or "", frozenset())
    kept = [entity for entity in found if entity.entity not in dropped]
    if message.intent == "register_return":
        kept = _return_home(kept)
    if message.intent == "ask_policy":
        about = [e for e in kept if e.entity == "policy_topic"]
        kept = [
            e
            for e in kept
            if e.entity not in ("job_type", "hardship")
            or not _inside(e, about)
            # 零就业家庭如何认定 names whom the rule is for; 返乡创业贷款 and 退休年龄 name the rule.
            or (e.entity == "hardship" and e.value not in ("G05", "G06", "G10"))
            or e.text == "4050"
        ]
    if message.intent == "report_problem":
        told = [e for e in kept if e.entity == "problem"]
        kept = [
            e
            for e in kept
            if e.entity not in ("hardship", "gender", "benefit", "settlement")
            or not _inside(e, told)
            or (e.entity == "hardship" and topics.is_own(message.text, e.start))
        ]
        if any(e.value == "discrimination" for e in told):
            # 嫌我年纪大 says what the other holds against her, not who she is.
            kept = [e for e in kept if e.entity != "hardship" or topics.is_own(message.text, e.start)]
        kept = [e for e in kept if e.entity != "job_type" or not _in_the_way(message.text, e)]
    elif message.intent not in _MAY_COMPLAIN:
        kept = [e for e in kept if e.entity != "problem"]
    if message.intent in _AS_WORK:
        # 公益岗 asked for is work (convention 12).
        kept = [replace(e, entity="job_type", value="S21") if e.value == "public_welfare_post" else e for e in kept]
    if message.intent == "post_job":
        trades = [e for e in kept if e.entity == "job_type"]
        wished = [e for e in trades if _only_wished(message.text, e)]
        if len(wished) < len(trades):
            kept = [e for e in kept if e not in wished]
    firms = [e for e in kept if e.entity == "employer_name"]
    kept = [e for e in kept if e.entity != "job_type" or not _inside(e, firms)]
    learnt = [e for e in kept if e.entity == "training_topic"]
    kept = [e for e in kept if e.entity != "job_type" or not _inside(e, learnt)]
    # 五十八 is an age, so it is no label as well (convention 5); a phone number is nothing else.
    exact = [e for e in kept if e.entity in ("age", "phone_number")]
    kept = [e for e in kept if e.entity in ("age", "phone_number") or e.entity in _OPEN or not _inside(e, exact)]
    # 茶园村 is a village, though 茶园 alone is work.
    places = [e for e in kept if e.entity == "location"]
    return [e for e in kept if e.entity not in ("proximity", "job_type") or not _inside(e, places)]


_AS_WORK = frozenset({"search_jobs", "apply_job", "register_worker", "job_details"})
_STRUCK = re.compile(r"(?:从|被|遭|让|着|给)[^,，。\s]{0,2}$")
_STRIKES = re.compile(r"(?:上|高头|上头|顶|顶上|倒|砸|压|塌|垮|断|撞|轧|碾)")


def _in_the_way(text: str, entity: Entity) -> bool:
    """Say whether a thing hurt somebody: 从脚手架高头绊下来 is no scaffolder's work."""
    return bool(_STRUCK.search(text[: entity.start]) and _STRIKES.match(text, entity.end))


def _only_wished(text: str, entity: Entity) -> bool:
    """Say whether a skill is welcome beside the trade looked for: 会开车优先, 懂电工."""
    led = re.search(r"(?:懂|懂得|熟悉|了解|持|有)点?$", text[: entity.start])
    can = re.search(r"(?:会|能)点?$", text[: entity.start])
    return bool(led or (can and re.match(r"(?:的|者)*(?:优先|更好|最好)", text[entity.end :])))


_OPEN = frozenset({"person_name", "location", "employer_name", "training_topic"})


def _return_home(found: list[Entity]) -> list[Entity]:
    named = any(entity.entity == "location" for entity in found)
    return [
        entity
        for entity in found
        if not (entity.entity == "hardship" and entity.value == "G10")
        and not (named and entity.entity == "proximity" and entity.value == "away")
    ]


def _inside(entity: Entity, others: list[Entity]) -> bool:
    return any(entity is not o and entity.start < o.end and o.start < entity.end for o in others)
