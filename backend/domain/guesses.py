"""What a message may have meant when the reading is not sure: the two likeliest wishes, in plain words (V08).

Only wishes that may be offered as a guess stand in the table. Opting out, erasing and coming back into messages are never
put into anybody's mouth; a person is "0" everywhere; yes, no and small talk are no wishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

# Below this the reading is a guess: the line asks instead of acting on it. On labelled messages fewer than one reading in
# a hundred is that unsure, and most of those are wrong.
SURE_ENOUGH = 0.4
# What changes a record or what somebody is sent needs more: between 0.5 and 0.7 hardly more than half were right.
SURE_ENOUGH_TO_CHANGE = 0.65
CHANGING = frozenset(
    "apply_job withdraw_application register_worker update_profile delete_profile set_availability post_job register_return"
    " register_unemployment sign_up_training stop_messages resume_messages".split()
)
# Up to here a reading is contested by a second wish that is at least so likely. On 1,308 labelled messages eight were:
# half of the first readings were wrong, and the right one was always among the two.
CONTESTED_BELOW = 0.6
RIVAL = 0.3
# A wish less likely than this is not worth a question of its own.
WORTH_ASKING = 0.08
# "Not for us" is said in half-doubt, too, but then only a likely wish is asked about.
WORTH_ASKING_STRANGERS = 0.2


@dataclass(frozen=True)
class Wish:
    """`zh`, `en`: the wish in the question; `words`: how a bare answer names it; `act`, `params`: what carries it out."""

    zh: str
    en: str
    words: tuple[str, ...]
    act: str
    params: dict[str, Any] = field(default_factory=dict)


WISHES: dict[str, Wish] = {
    "search_jobs": Wish("找活", "to find work", ("找活", "找事", "找点事", "活路"), "find_jobs"),
    "register_worker": Wish("登记", "to register", ("登记", "登个记", "报个名字"), "register"),
    "post_job": Wish("请人做活", "to hire people", ("请人", "招人", "要人"), "post_job"),
    "report_problem": Wish("说难处", "to report a problem", ("难处", "工钱", "投诉", "反映", "告"), "report_problem"),
    "ask_policy": Wish("问政策", "to ask about a policy", ("政策", "补贴", "社保"), "ask_policy"),
    "my_applications": Wish("问报了的活", "to hear the jobs you took", ("报了", "报的", "我的活"), "my_applications"),
    "apply_job": Wish("报这个活", "to take the job", ("报这个", "报名", "要去"), "apply_job"),
    "job_details": Wish("问这个活", "to ask about the job", ("问这个", "问活"), "job_details"),
    "more_jobs": Wish("看别的活", "to hear of other jobs", ("别的", "其他"), "more_jobs"),
    # Put before a yes of its own: a guess alone frees no place.
    "withdraw_application": Wish("退报了的活", "to give a job back", ("退",), "withdraw_application", {"ask": True}),
    "set_availability": Wish("说哪天有空", "to say when you are free", ("有空", "日子", "哪天"), "set_availability"),
    "update_profile": Wish("改登记", "to change your entry", ("改",), "update_profile"),
    "view_profile": Wish("看登记", "to see your entry", ("看登记", "查登记"), "view_profile"),
    "sign_up_training": Wish("学手艺", "to learn a trade", ("学", "培训"), "sign_up_training"),
    "register_return": Wish("返乡登记", "to report being back home", ("返乡", "回来"), "register_return"),
    "register_unemployment": Wish("失业登记", "to register as out of work", ("失业",), "register_unemployment"),
    "ask_market_info": Wish("问市场在哪", "to ask where the market is", ("市场", "地址", "在哪"), "ask_market_info"),
}  # fmt: skip
# These speak of jobs that were shown.
OF_JOBS_SHOWN = frozenset({"apply_job", "job_details", "more_jobs"})
_COMMON = ("search_jobs", "register_worker")
NEITHER = ("都不是", "不是", "两个都不", "都不")

Ranking = Sequence[tuple[str, float]]


def is_unsure(intent: str, confidence: float | None, ranking: Ranking) -> bool:
    """Whether the reading `intent` is too weak to act on, or the engine itself passed over a likelier one.

    The engine calls a text "out of scope" when it would change something and is not sure enough; such a text deserves a
    question, not a refusal.
    """
    if intent == "out_of_scope":
        likeliest = max((share for name, share in ranking if name in WISHES), default=0.0)
        passed_over = likeliest > (confidence or 0.0)
        weak = confidence is not None and confidence < SURE_ENOUGH
        return passed_over or (weak and likeliest >= WORTH_ASKING_STRANGERS)
    floor = SURE_ENOUGH_TO_CHANGE if intent in CHANGING else SURE_ENOUGH
    return confidence is not None and confidence < floor


def is_contested(intent: str, confidence: float | None, ranking: Ranking, *, jobs_shown: bool) -> bool:
    """Whether a second wish comes so close that one question is better than a guess."""
    if confidence is None or confidence >= CONTESTED_BELOW or intent not in WISHES:
        return False
    return any(share >= RIVAL and name != intent for name, share in _wishes(ranking, jobs_shown))


def _wishes(ranking: Ranking, jobs_shown: bool) -> list[tuple[str, float]]:
    """The readings that are wishes and can be meant now, likeliest first."""
    return [
        (name, share)
        for name, share in sorted(ranking, key=lambda each: -each[1])
        if name in WISHES and (jobs_shown or name not in OF_JOBS_SHOWN)
    ]


def two_likeliest(ranking: Ranking, *, jobs_shown: bool) -> list[str]:
    """Return the two intents to ask about, likeliest first; [] when nothing is likely enough for a question of its own.

    A single likely one is put beside the commonest wish, so that the question is always an either/or.
    """
    likely = [name for name, share in _wishes(ranking, jobs_shown) if share >= WORTH_ASKING]
    if not likely:
        return []
    return [*dict.fromkeys([*likely[:2], *_COMMON])][:2]
