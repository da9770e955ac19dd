"""What a caller makes of a turn: is this what I wanted, is that right, which key is mine, what do I say."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from tests.support.callers import sayings
from tests.support.callers.listening import LOST, PROMISED, Heard, Job, Option, places, sounds_in, wages
from tests.support.callers.people import (
    ANYTHING,
    FIND,
    LEAVE,
    MARKET,
    PERSON,
    REGISTER,
    TOWN,
    VILLAGE,
    WAGES,
    WITHDRAW,
    Caller,
)
from tests.support.callers.telephone import Turn

# By what she knows that she has what she called for.
DONE = {
    FIND: r"报上了|报好了|定下了",
    REGISTER: r"登记好了|登记成功|登记完成",
    VILLAGE: r"改好了|改过来了|换好了",
    WITHDRAW: r"退了[::]|退好了|退掉了|位子让给",
    WAGES: r"记下了|回您话|话留到了|打回来",
    PERSON: r"话留到了|打回来|打给您|回电话",
    MARKET: r"开门",
}
# Which keys of a menu lead where she wants to go, the nearest first.
PURPOSES = {
    FIND: (r"找活|找工作|听活", r"接着来"),
    LEAVE: (r"找活|找工作|听活", r"接着来"),
    REGISTER: (r"^登记|说名字|同意登记", r"接着来"),
    VILLAGE: (r"^改|改村|改登记|搬家", r"别的事|其他的?事", r"接着来"),
    WITHDRAW: (r"不去了|来不了|去不成|退活", r"我报的|报的活|接的活", r"接着来"),
    WAGES: (r"工钱|欠薪|难处|困难", r"别的事|其他的?事", r"接着来"),
    PERSON: (r"找.?人|真人|人工|工作人员",),
    MARKET: (r"市场", r"别的事|其他的?事", r"接着来"),
}
YES_KEYS = (r"对$|^是$|^同意", r"^登记|^说名字|要听$|^接着")
NO_KEYS = (r"不对|^不是|不同意|不听|^不登|都不是", r"^不去|还要?去|下一个")
MOST_JOBS, PATIENCE, MOST_WISHES = 12, 4, 5


@dataclass(frozen=True)
class Reply:
    """What she wants to convey: a key she was told for it, the words for it, or both; `until` as in `Option`."""

    what: str
    words: str = ""
    key: str | None = None
    until: int | None = None


HANG_UP = Reply("hang up")


class Mind:
    """One caller's understanding of one affair, over all her calls about it."""

    def __init__(self, caller: Caller, rng: random.Random, *, dialect: bool) -> None:
        self.caller, self._rng = caller, rng
        self.child = False
        self.misses = 0  # turns in a row in which she was not understood
        self.satisfied = self.gave_up = False
        self.refused: list[str] = []  # what was read back wrong
        self._yes = sayings.YES_DIALECT if dialect else sayings.YES
        self.wishes = 0
        self._asked = ""
        self._wrong = "age"
        self._verdict: str | None = None
        self._jobs: list[str] = []
        self._job_suits = False
        self._words = ""
        self._person: Option | None = None

    def reply(self, turn: Turn, heard: Heard) -> Reply:
        self.misses = self.misses + 1 if heard.lost else 0
        self._person = heard.option(r"找.?人|真人") or self._person
        reply = self._reply(turn, heard)
        self._words = reply.words or self._words
        return reply

    def has_it(self, turn: Turn, heard: Heard) -> int | None:
        """How much of the text one has to hear to know that she has what she called for; None: she has not."""
        told = re.search(DONE.get(self.caller.goal, "$^"), heard.text) if turn.waits != "recording" else None
        return told.end() if told else None

    def _reply(self, turn: Turn, heard: Heard) -> Reply:
        if turn.waits == "recording":
            words = sayings.name(self.caller, child=False)[1:] if heard.asks("name") else self._wish()
            self._asked = "name" if heard.asks("name") else ""
            return Reply("record", words.removeprefix("叫"))
        if self.has_it(turn, heard) is not None:
            self.satisfied = True
            return HANG_UP
        if self.gave_up and PROMISED.search(heard.text):
            return HANG_UP
        if self.misses >= PATIENCE and not self.gave_up:
            return self._wants_a_person()
        if heard.asks("who"):
            return self._choose(heard, "本人", r"本人|您的")
        if heard.asks("hiring"):
            return Reply("no", "不是,我不请人", "*")
        return (
            self._about_a_job(heard) or self._place(heard) or self._read_back(heard) or self._fact(heard)
            or self._by_menu(heard)
        )  # fmt: skip

    # -- jobs ------------------------------------------------------------------------------------------------------

    def _about_a_job(self, heard: Heard) -> Reply | None:
        goal = self.caller.goal
        if goal not in (FIND, LEAVE):
            return None
        if heard.offers_a_job:
            job = heard.job
            if job.pays:  # else it is asked again, without the job
                self._job_suits = self._suits(job)
                if job.words not in self._jobs:
                    self._jobs.append(job.words)
            if goal == FIND and self._job_suits:
                return self._choose(heard, self._rng.choice(sayings.GO), r"^要去|^去$|说要去|^我去|^接", what="go")
            if goal == LEAVE and len(self._jobs) > 3:
                return self._leave()
            return self._choose(heard, self._rng.choice(sayings.NEXT), r"下一个", r"^不去", what="next")
        if re.search(r"要听", heard.text) and heard.option(r"要听$|不听"):
            if goal == FIND and len(self._jobs) < MOST_JOBS:
                return self._choose(heard, "要听", r"^还要听|^要听|说要听")
            return self._choose(heard, "不听了", r"不听", what="no")
        if goal == LEAVE and (self._jobs or re.search(r"没得?有?合适", heard.text)) and not heard.lost:
            return self._leave()
        return None

    def _suits(self, job: Job) -> bool:
        wish = self.caller.wish
        if job.day_pay is None or job.day_pay[0] < wish.floor:
            return False
        return bool(re.search(wish.known_by, job.words))

    def _leave(self) -> Reply:
        self.satisfied = True
        return Reply("bye", "算了,没得合适的,挂了") if self._rng.random() < 0.5 else HANG_UP

    # -- yes or no -------------------------------------------------------------------------------------------------

    def _read_back(self, heard: Heard) -> Reply | None:
        """She says no to what is not hers, and remembers what was wrong with it."""
        is_confirm = heard.yes_or_no or heard.option(r"(?:一声|^|就)对$|^还要?去$")
        if not is_confirm or (heard.option(r"^登记$") and heard.option(r"找活")):
            return None
        if self._tells_facts(heard) or self._verdict is None:
            self._verdict = self._contradiction(heard) or ""
        # Else the same is asked again in fewer words, and she thinks of it as before.
        if wrong := self._verdict:
            self._wrong = wrong
            self.refused.append(wrong)
            return self._choose(heard, self._rng.choice(sayings.NO), *NO_KEYS, what="no")
        if self.caller.goal == WITHDRAW:
            return self._choose(heard, "对,不去了", r"^不去|一声对|^对|就对", what="yes")
        return self._choose(heard, self._rng.choice(self._yes), *YES_KEYS, what="yes")

    @staticmethod
    def _tells_facts(heard: Heard) -> bool:
        return bool(
            heard.ages or places(heard.text) or heard.job.pays or heard.option(r"同意|登$|登记$")
            or re.search(r"我记的是|听到的是|您说的是|真的不去|[十一二三四五六七八九]号", heard.text)
        )  # fmt: skip

    def _contradiction(self, heard: Heard) -> str | None:
        """Which of the facts told is not hers; None when all are."""
        me, goal = self.caller, self.caller.goal
        if heard.option(r"同意") or heard.option(r"^不登"):
            return None if goal == REGISTER else "consent"
        if re.search(r"真的不去", heard.text) or heard.option(r"^还要?去"):
            return None if goal == WITHDRAW else "withdrawal"
        if any(age != me.age for age in heard.ages):
            return "age"
        named = places(heard.text)
        if (
            goal in (REGISTER, VILLAGE)
            and named
            and not any(sounds_in(me.village, place) or me.village in place for place in named)
        ):
            return "village"
        if goal == FIND and heard.job.day_pay is not None:
            return None if heard.job.day_pay[0] >= me.wish.floor or self._only_my_wage(heard) else "pay"
        if goal == REGISTER and any(low != me.wish.floor for low, _, unit in wages(heard.text) if unit == "一天"):
            return "pay"
        if goal == REGISTER and re.search(r"号(?:到.{1,5}号)?有空|没空", heard.text):
            return "days"
        if goal == REGISTER and (listed := re.search(r"我记的是[::]?(.+?)。", heard.text)):
            return self._wrong_in_list([item for item in re.split(r"[,,]", listed[1]) if item])
        return None

    def _only_my_wage(self, heard: Heard) -> bool:
        """The wage read back is the least she said."""
        pay = heard.job.day_pay
        return pay is not None and pay[0] == self.caller.wish.floor

    def _wrong_in_list(self, items: list[str]) -> str | None:
        """The first of the facts read out that she did not tell; a kind of farm work is hers if her own is among them."""
        me, trades = self.caller, []
        for place, item in enumerate(items):
            if re.search(r"岁|村|社区|镇|乡|有空|没空|块|男的|女的", item):
                continue
            if re.fullmatch(r"做.+天", item):
                return "pay"  # 一天一百 was heard as so many days
            if place == 0 and not re.search(me.wish.known_by, item):
                if not sounds_in(me.name, item):
                    return "name"
                continue
            trades.append(item)
        by_key = len(trades) > 1  # she pressed the key for the fields, and these are what is done there
        return "trade" if trades and not by_key and not re.search(me.wish.known_by, ",".join(trades)) else None

    # -- facts -----------------------------------------------------------------------------------------------------

    def _place(self, heard: Heard) -> Reply | None:
        town_asked = heard.asks("town") or any(re.search(r"[镇乡]$|街道$", o.words) for o in heard.places)
        if not (heard.places or heard.asks("town") or heard.asks("village")):
            return None
        if heard.asks("village") and any(
            re.search(r"[镇乡]$|街道$", place) and place != TOWN for place in places(heard.text)
        ):
            return Reply("back", f"不对,我是{TOWN}的", "*")
        said = TOWN if town_asked else self.caller.village
        self._asked = said
        here = next((o for o in heard.places if o.words in said or said in o.words), None)
        here = here or heard.option(r"^别处|其他地方") if heard.places else None
        return Reply("fact", said, here.key if here else None, here.until if here else None)

    def _fact(self, heard: Heard) -> Reply | None:
        if heard.asks("wrong"):
            return replace(self._told(self._wrong), key=None)
        for what in ("name", "age", "trade", "days", "pay"):
            if heard.asks(what) and not (what == "name" and heard.option(r"说名字")):
                return self._told(what, heard)
        if heard.option(r"说名字"):
            return self._choose(heard, "说名字", r"说名字", what="yes")
        if heard.asks("again"):
            return Reply("fact", self._words or self._wish())
        if self._asked and (
            heard.option(r"不想说|不说") or ("比如" in heard.text and not heard.option(r"找活|登记|难处"))
        ):
            # The same question in other words: she says the same.
            return self._told(self._asked, heard) if self._asked in ("age", "trade", "name", "days", "pay") else Reply(
                "fact", self._asked
            )  # fmt: skip
        return None

    def _told(self, what: str, heard: Heard | None = None) -> Reply:
        me = self.caller
        self._asked = what
        if what == "age":
            return Reply("fact", sayings.age(me), str(me.age))
        if what == "trade":
            field = heard.option(r"^田|^种地|^地头|^农") if heard else None
            return Reply("fact", me.wish.words, field.key if field else None, field.until if field else None)
        words = {
            "name": sayings.name(me, child=self.child), "village": me.village, "days": "天天都有空",
            "pay": "一天" + sayings.money(me.wish.floor),
        }  # fmt: skip
        return Reply("fact", words.get(what, self._wish()))

    # -- what she called for -----------------------------------------------------------------------------------------

    def _by_menu(self, heard: Heard) -> Reply:
        goal = self.caller.goal
        if heard.option(r"都不是") and not heard.option(*PURPOSES[goal]):
            return self._choose(heard, "都不是", r"都不是", what="no")
        if goal == FIND and self._jobs and not heard.offers_a_job and len(self._jobs) >= MOST_JOBS:
            return HANG_UP
        if self.wishes >= MOST_WISHES and not self.gave_up:
            return self._wants_a_person()
        if self.wishes >= 2 * MOST_WISHES:
            return HANG_UP
        option = heard.option(*PURPOSES[goal]) or (self._person if goal == PERSON else None)
        if option and goal == FIND and self.caller.wish is not ANYTHING and not self.caller.registered:
            option = None  # the key alone would bring any work; she says which
        return Reply("wish", self._wish(), option.key if option else None, option.until if option else None)

    def _wish(self) -> str:
        words = sayings.wish(self.caller, self.wishes, child=self.child, rng=self._rng)
        self.wishes += 1
        return words

    def _wants_a_person(self) -> Reply:
        """She has had enough of the machine."""
        self.gave_up = self.caller.goal != PERSON
        self.misses = 0
        return Reply("person", "喊个人来", self._person.key if self._person else None)

    @staticmethod
    def _choose(heard: Heard, words: str, *purposes: str, what: str = "yes") -> Reply:
        option = heard.option(*purposes)
        return Reply(what, words, option.key if option else None, option.until if option else None)


__all__ = ["HANG_UP", "LOST", "Mind", "Reply"]
