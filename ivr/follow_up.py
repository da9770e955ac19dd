"""What follows from the answers of the services: told in passing, another question, a person, or the menu again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.domain.answers import Answer
from ivr import by_people, speech
from ivr.asking import Go, prompt
from ivr.kinds import (
    ANSWERS_NOTHING,
    CLOSES_A_FORM,
    CONFIRMS,
    DIGRESSIONS,
    DONE,
    FOUND,
    IN_PASSING,
    NOT_HEARD,
    OF_THE_SERVICES,
    READ_BACK_WHOLE,
    TEXTED,
)
from ivr.moves import Moves
from ivr.questions import next_mine
from ivr.steps import Answers, Hangup, Say, State, Transfer, World

MOST_FAILURES = 3  # V17
REOPEN = "reopen_form"


class FollowUp(Moves):
    """The half of a turn that reads answers; the other half (`call_flow._Turn`) moves and waits."""

    def answers(self, event: Answers) -> None:
        state, doing = self.state, self.state.doing
        state.doing = None
        kinds = [answer["kind"] for answer in event.answers]
        if not kinds:
            # The conversation belongs to a member of staff now: the line only connects (DESIGN §3.12).
            self.says.append(prompt("taken_over"))
            self.person() if doing != "talk_to_human" else self._voicemail()
            return
        if event.intent == "repeat":
            self.again()
            return
        if "goodbye" in kinds:
            if TEXTED & set(state.finished) and self.world.takes_texts:
                self.says.append(prompt("text_follows"))
            self.says.append(prompt("goodbye"))
            state.ended = state.content = True
            self.last = [Hangup()]
            return
        if doing == "move_village":
            self.be_at("main", {})
            state.back, state.registration = [], {}
        state.finished = [*state.finished, *(kind for kind in kinds if kind in DONE)]
        if (DONE | FOUND) & set(kinds):
            state.failures = 0
        if CLOSES_A_FORM & set(kinds):
            state.back = [entry for entry in state.back if entry[0] != "form"]
        if event.intent == "more_jobs" and state.at in {"job", "more"}:
            doing = "more_jobs"  # by word as by key: these come after those already read
        for place, answer in enumerate(event.answers):
            if handler := _LEADS.get(answer["kind"]):
                handler(self, answer, doing)
                return
            if answer["kind"] == "menu" and answer.get("reason") == "not_understood" and state.at == "either":
                self._menu_instead()
                return
            if answer["kind"] in NOT_HEARD or (answer["kind"] == "menu" and answer.get("reason") == "not_understood"):
                self.miss((prompt("not_heard"),))
                return
            if answer["kind"] == "menu":
                self._by_keys(answer, doing)
                return
            if answer["kind"] in ANSWERS_NOTHING:
                self.miss(tuple(_spoken(answer, self.world)))
                return
            if answer["kind"] == "case_opened" and answer.get("emergency"):
                self._emergency(answer)
                return
            self._tell(answer, doing)
            if answer["kind"] == "case_opened" and doing == "case_by_key":
                # By key nothing was said yet: a message belongs to the case, 0 reaches a person.
                self.state.case_id = answer.get("case_id")
                self.says.append(prompt("tell_more"))
                self.move(Go("voicemail", {}))
                return
            if place + 1 == len(event.answers):
                self._go_on(kinds)

    def _tell(self, answer: Answer, doing: str | None) -> None:
        if answer["kind"] == "registered" and doing == "register_by_keypad":
            self.says.append(prompt("reg_done"))
        elif answer["kind"] == "case_opened" and doing == "leave_message":
            self.says.append(prompt("voicemail_done"))
        else:
            self.says += _spoken(answer, self.world)
        if answer["kind"] == "no_jobs" and not answer.get("registered") and self._leads_home():
            self.says.append(prompt("register_key"))
        self.state.content = self.state.content or answer["kind"] in {"no_jobs", "no_more_jobs"}
        openings = answer.get("jobs") or answer.get("alternatives") or []
        if openings:
            self._jobs({"openings": openings, "remaining": 0, "relaxed": [], "again": False}, None)

    def _leads_home(self) -> bool:
        """Whether the menu is what follows something told, so that its keys may be named already."""
        return self.state.at not in {"form", "heard"} and not self._reads_back() and not self.form_behind()

    def _go_on(self, kinds: list[str]) -> None:
        """After something was told: back to the open question, or on to the menu."""
        if self.last:
            return
        state = self.state
        if state.at == "heard" or self._reads_back():
            # The read-back is over: back to the question it came in between.
            if state.back and state.back[-1][0] != "main":
                at, data = state.back[-1]
                state.back = state.back[:-1]
                self.be_at(at, data)
                self.ask()
                return
            self._anything_else()
            return
        told_in_passing = all(kind in IN_PASSING for kind in kinds)
        if told_in_passing and state.at == "job":
            state.data = {**state.data, "brief": True}
        if told_in_passing and state.at not in {"other"}:
            self.ask()
            return
        if state.at == "confirm" and state.back and state.back[-1][0] == "mine" and not told_in_passing:
            at, data = state.back[-1]
            rest = [offer for offer in data["offers"] if offer["offer_id"] != _withdrawn(state)]
            if kinds == ["kept"]:
                state.at, state.data, state.back = at, data, state.back[:-1]
                self.move(next_mine(state))
                return
            if rest and data["i"] < len(rest):
                state.back = state.back[:-1]
                self.be_at("mine", {**data, "offers": rest})
                self.ask()
                return
        if (state.at == "form" and not CLOSES_A_FORM & set(kinds)) or self.form_behind():
            self.back_to_the_form(told="resume_hint" in kinds)
            return
        self._anything_else()

    def _anything_else(self) -> None:
        self.says.append(prompt("anything_else"))
        self.home()
        self.state.closing = True  # the next answer is to this, not to the menu

    def form_behind(self) -> list[list[Any]]:
        """The form's question that something else was asked in the middle of, as `State.back` keeps it; or nothing."""
        if self.state.at not in DIGRESSIONS:
            return []
        return [entry for entry in self.state.back if entry[0] == "form"][:1]

    def back_to_the_form(self, *, told: bool = False) -> None:
        """After a digression the form's own question again, asked by the services: they bind the keys to it."""
        if not told:
            self.says.append(prompt("not_finished"))
        self.state.back = []
        self.do(REOPEN)

    def _by_keys(self, answer: Answer, doing: str | None) -> None:
        """The menu instead of an understanding: the keys go on working (D1)."""
        if doing == "danger":
            self.person()
            return
        if answer.get("reason") == "unavailable":
            self.says.append(prompt("keys_instead"))
        if self.state.at in OF_THE_SERVICES or answer.get("reason") is None:
            self.state.failures += 1
            if self.too_often():
                self.person()
                return
            self.home()
        else:
            self.miss(())

    def too_often(self) -> bool:
        """Three failures, for callers of 65 the first one: a person (V17)."""
        return self.world.over_65 or self.state.failures >= MOST_FAILURES

    def _menu_instead(self) -> None:
        """Neither of the two was meant: the whole menu, and at the third failure a person (V08, V17)."""
        self.state.failures += 1
        if self.too_often():
            self.person()
            return
        self.says.append(prompt("not_heard"))
        self.home()

    def _either(self, answer: Answer, doing: str | None) -> None:
        if answer["about"] == "wish":
            self.state.failures += 1
        failures = self.state.failures
        if answer["about"] == "wish" and self.too_often():
            self.person()
            return
        self.move(Go("either", {"answer": answer}, forget=self.state.at == "either"))
        self.state.failures = failures

    def _emergency(self, answer: Answer) -> None:
        """Injury and violence: the number to call is said first; then a person comes at once (V17, DESIGN §3.8)."""
        said = _spoken(answer, self.world)
        self.state.case_id = answer.get("case_id")
        self.state.back, self.state.failures = [], 0
        if self.world.staff_open:
            # The rest can wait until somebody has answered, or is in the text afterwards.
            self.says += [said[0], prompt("emergency_now")]
            self.be_at("main", {})
            self.last = [Transfer()]
        elif answer.get("case_kind") == "distress":
            # No tone at her: a message is offered, and silence is an answer.
            self.says += [*by_people.distress_at_night(answer, self.world.today), prompt("distress_message")]
            self.be_at("voicemail", {})
            self.state.misses = 1
            self.wait()
        else:
            self.says += said
            self._voicemail()

    def _voicemail(self) -> None:
        self.move(Go("voicemail", {}, forget=True))

    def _jobs(self, answer: Answer, doing: str | None) -> None:
        openings = answer["openings"]
        count = len(openings) + int(answer.get("remaining") or 0)
        if doing == "more_jobs":
            self.says.append(prompt("jobs_again", count=count))
        elif count == 1 and not answer.get("relaxed"):
            self.says.append(prompt("job_found"))
        else:
            self.says.append(prompt("jobs_relaxed" if answer.get("relaxed") else "jobs_found", count=count))
        if doing == "converse" and (said := speech.filters_said(answer.get("filters") or {}, self.world.today)):
            # The day and the wage as heard, in passing: whoever was misheard says so at once (V12).
            self.says.insert(len(self.says) - 1, prompt("wanted", what=said))
        self.state.back = self.form_behind()
        self.move(Go("job", {"openings": openings, "i": 0, "remaining": int(answer.get("remaining") or 0)}))

    def _details(self, answer: Answer, doing: str | None) -> None:
        opening = answer["opening"]
        self.says += _spoken(answer, self.world)
        ids = [o["id"] for o in self.state.data.get("openings", [])] if self.state.at == "job" else []
        if opening["id"] in ids:
            data = {**self.state.data, "i": ids.index(opening["id"]), "brief": True}
        else:
            data = {"openings": [opening], "i": 0, "remaining": 0, "brief": True}
        self.move(Go("job", data))

    def _mine(self, answer: Answer, doing: str | None) -> None:
        offers = answer["offers"]
        if not offers:
            self.says += _spoken(answer, self.world)
            self._go_on(["my_list"])
            return
        self.says.append(prompt("mine_count", count=len(offers)))
        self.state.back = self.form_behind()
        self.move(Go("mine", {"offers": offers, "i": 0}))

    def _confirm(self, answer: Answer, doing: str | None) -> None:
        data: dict[str, Any] = {"answer": answer}
        if answer["kind"] == "confirm_take":
            data["yes"] = {"act": "apply_job", "params": {"opening_id": answer["opening"]["id"], "confirmed": True}}
        elif answer["kind"] == "confirm_withdraw" and self.state.at == "mine":
            offer_id = self.state.data["offers"][self.state.data["i"]]["offer_id"]
            data["yes"] = {"act": "withdraw_application", "params": {"offer_id": offer_id, "confirmed": True}}
        elif answer["kind"] == "confirm_registration":
            changed = set(answer.get("changed") or [])
            self.state.said_before = [fact for fact in self.state.said_before if fact not in changed]
        if answer["kind"] in READ_BACK_WHOLE and self._refused(answer) > 1:
            # Said to be wrong twice and still the same: the line does not get it, a person will (V17).
            self.person()
            return
        # What was misheard before is not gone back to.
        self.move(Go("confirm", data, forget=self.state.at == "heard" or self._reads_back()))

    def _refused(self, answer: Answer) -> int:
        """How often this very read-back was answered with a no."""
        earlier = [data["answer"] for at, data in self.state.back if at == "confirm"]
        return sum((one["kind"], one.get("facts")) == (answer["kind"], answer["facts"]) for one in earlier)

    def _reads_back(self) -> bool:
        return self.state.at == "confirm" and self.state.data["answer"]["kind"] == "confirm_heard"

    def _form(self, answer: Answer, doing: str | None) -> None:
        heard = set(answer.get("noted") or {})
        self.state.said_before = [fact for fact in self.state.said_before if fact not in heard]
        failures = self.state.failures
        if not heard and self._asks_the_same(answer):
            # What was said or pressed was no answer to it.
            failures = self.state.failures = failures + 1
            if self.too_often():
                self.person()
                return
        begins = self.state.at not in OF_THE_SERVICES  # what she wanted was understood
        self.move(Go("form", {"answer": answer}, forget=self.state.at in {"form", "either"}))
        self.state.failures = 0 if heard or begins else failures

    def _asks_the_same(self, answer: Answer) -> bool:
        open_one = self.state.data.get("answer") or {} if self.state.at == "form" else {}
        return (open_one.get("form"), open_one.get("field")) == (answer["form"], answer["field"])

    def _say_again(self, answer: Answer, doing: str | None) -> None:
        self.move(Go("heard", {}, forget=True))

    def _which(self, answer: Answer, doing: str | None) -> None:
        openings = answer["openings"][:3]
        self.move(Go("which", {"openings": openings, "purpose": answer["purpose"], "more": answer["more"]}))

    def _who(self, answer: Answer, doing: str | None) -> None:
        self.move(Go("who", {"count": min(int(answer.get("count") or 2), 4)}))

    def _human(self, answer: Answer, doing: str | None) -> None:
        self.state.case_id = answer.get("case_id")
        self.state.back, self.state.failures = [], 0
        self.says += _spoken({**answer, "open_now": self.world.staff_open}, self.world)
        if self.world.staff_open:
            self.be_at("main", {})
            self.last = [Transfer()]
        else:
            self._voicemail()

    def _promised(self, answer: Answer, doing: str | None) -> None:
        """Nobody came to the phone: who rings back when, and a message may be left (V16)."""
        self.state.case_id = answer.get("case_id")
        self.says += _spoken(answer, self.world)
        self.move(Go("voicemail", {}))

    def _talked(self, answer: Answer, doing: str | None) -> None:
        self.says += _spoken(answer, self.world)
        self._anything_else()

    def _pace(self, answer: Answer, doing: str | None) -> None:
        self.says += _spoken(answer, self.world)
        self.ask_whole()

    def _ask_paid(self, answer: Answer, doing: str | None) -> None:
        self.state.finished = [*self.state.finished, "outcome_noted"]
        self.move(Go("paid", {}, forget=True))

    def _calls_off(self, answer: Answer, doing: str | None) -> None:
        self.says += _spoken(answer, self.world)
        self.state.ended = self.state.content = True
        self.last = [Hangup()]

    def _taken_over(self, answer: Answer, doing: str | None) -> None:
        self.says.append(prompt("taken_over"))
        self.person()


_Lead = Callable[[FollowUp, Answer, str | None], None]
_LEADS: dict[str, _Lead] = {
    "job_offers": FollowUp._jobs, "job_details": FollowUp._details, "my_list": FollowUp._mine, "ask": FollowUp._form,
    "which_job": FollowUp._which, "either_or": FollowUp._either, "which_person": FollowUp._who, "human": FollowUp._human, "slower": FollowUp._pace, "wording": FollowUp._pace,
    "callback_promised": FollowUp._promised, "human_talked": FollowUp._talked, "taken_over": FollowUp._taken_over, "ask_paid": FollowUp._ask_paid, "calls_off": FollowUp._calls_off, "say_again": FollowUp._say_again, **dict.fromkeys(CONFIRMS, FollowUp._confirm),
}  # fmt: skip


def _spoken(answer: Answer, world: World) -> list[Say]:
    return speech.told(answer, today=world.today, takes_texts=world.takes_texts)


def _withdrawn(state: State) -> int | None:
    yes = state.data.get("yes") or {}
    return (yes.get("params") or {}).get("offer_id")
