"""What the line texts to keep both libraries current: still looking? still hiring? (P01), in both languages."""

from __future__ import annotations

from backend.domain.answers import Answer
from backend.sms import wording as w
from backend.sms.phrases_common import Phrases, coming, coming_en


def _still_looking(answer: Answer, detail: int) -> str:
    # A shared phone is asked about all of its people at once: a name is never told (V21). 3 is "never call again" in a call.
    if answer["people"] > 1:
        return f"这个电话登记了{answer['people']}个人找活。都还在找吗?都在找回1,都不找了回2,有的不找了回4,找人回0"
    return "还在找活吗?是回1,不是回2,找人回0"


def _still_hiring(answer: Answer, detail: int) -> str:
    opening = answer["opening"]
    line = w.line(opening, detail=min(detail, 2))
    return f"你招人的活:{line}。{coming(opening)}。还要人吗?还要回1,够了回2,找人回0"


def _hiring_noted(answer: Answer, detail: int) -> str:
    opening = answer["opening"]
    if not opening["left"]:  # somebody came in the meantime
        return f"好,记下了。{opening['title']}人齐了,有人退我们再找。有事回0"
    return f"好,接着给你找人:{opening['title']}还差{opening['left']}人。有事回0"


ZH: Phrases = {
    "still_looking": _still_looking,
    "still_noted": "好,记下了。有合适的活就告诉你。找人回0",
    "not_looking": "好,先不给你找活了。想找活了,回“找活”,或者打这个电话",
    "some_looking": "好,先都留着。哪个不找了,让他自己来说,或者回0给工作人员说",
    "active_again": "好,又给你找活了。",
    "gone_quiet": "好久没听到你回话,先不给你找活了。想找活,回“找活”,或者打这个电话",
    "still_hiring": _still_hiring,
    "hiring_noted": _hiring_noted,
}


def _still_looking_en(answer: Answer, detail: int) -> str:
    if answer["people"] > 1:
        return (
            f"{answer['people']} people are registered on this phone. Are all still looking for work? 1 all are, "
            "2 none is, 4 some are, 0 a person"
        )
    return "Are you still looking for work? 1 yes, 2 no, 0 a person"


EN: Phrases = {
    "still_looking": _still_looking_en,
    "still_noted": "Noted. You will hear of work that suits. 0 for a person",
    "not_looking": "All right, no more offers for now. When you want work again, send 找活 or call.",
    "some_looking": "All stay on the list. Whoever stops looking may say so, or send 0 and tell our staff.",
    "active_again": "You are on the list of those who look for work again.",
    "gone_quiet": "We have not heard from you for long, so no more offers for now. For work send 找活 or call.",
    "still_hiring": lambda a, d: (
        f"Your opening: {w.line(a['opening'], 'en', detail=2)}. {coming_en(a['opening'])}. Do you still need people? "
        "1 yes, 2 enough, 0 a person"
    ),
    "hiring_noted": lambda a, d: f"Noted, {w.work(a['opening'], 'en')}: {coming_en(a['opening'])}. 0 for a person",
}
