"""What is made of words at a question: danger first, then a person, what the recogniser is sure of, orders to the line."""

from __future__ import annotations

import re

from ivr.asking import Act, Go, prompt
from ivr.follow_up import FollowUp
from ivr.placed import FIRST_QUESTIONS
from ivr.registration import MOVES, REGISTRATION
from ivr.steps import WRONG_PERSON, Ask, Hangup, Say, Speech

BACK = "*"
FIRST_SILENCE_S, NEXT_SILENCE_S = 8, 10  # V09
WAIT_S = 20  # for whoever asks for time
# The recogniser's own certainty (0–1): below the first nothing counts as heard but danger and the wish for a person;
# below the second a yes is not enough to change anything.
NOT_HEARD_BELOW, KEY_BELOW = 0.3, 0.6
# Where "算了" is not an answer of the question itself (there it is a no), it leaves for the menu.
LEFT_BY_ENOUGH = frozenset({"job", "mine", "which", "other", "trouble", "advice", "rest", "employer", "heard", *(
    question.name for question in REGISTRATION if question.name != "reg_consent")})  # fmt: skip

# 没得了, 好嘛 to "还有别的事没得?": that was all.
_NOTHING_ELSE = re.compile(
    r"(?:嗯|哦|好|那|就|我)*(?:(?:没|莫|没有|没得|莫得)(?:别的|啥子|什么|其他|其它|哪样)?(?:事|事情)?|好|好的|要得|行|嗯+|哦|可以|得行"
    r"|就这样|就这些|不用|不要|没事|谢谢你?|挂|不|不是)(?:了|嘛|哈|啊|哦|噻|呢|的|咯|谢谢|挂了)*"
)
_MORE_TO_SAY = re.compile(r"(?:嗯|还)*(?:有|对|是)(?:事|别的事|一个事)?(?:的|嘛|哈|啊|哦|噻|呢)*")
_HUM = re.compile(r"[嗯恩哦噢呃唔啊]+")
_WRONG_NUMBER = re.compile(r"打错|找错|搞错|弄错|发错")
_MARKS = re.compile(r"[\W_]+")


class Words(FollowUp):
    """The part of a turn that hears; keys, silence and what follows are `call_flow._Turn`'s."""

    def miss(self, says: tuple[Say, ...], *, by_key: bool = False) -> None:
        raise NotImplementedError

    def go(self, move: Go) -> None:
        raise NotImplementedError

    def _press(self, key: str) -> None:
        raise NotImplementedError

    def _back(self) -> None:
        raise NotImplementedError

    def _converse(self, text: str) -> None:
        raise NotImplementedError

    def _speech(self, event: Speech) -> None:
        question, state = self.question, self.state
        if event.danger:
            # Whatever the recogniser thinks of itself and wherever the call is.
            self._converse(event.text)
            state.doing = "danger"
            return
        if event.command == "person" or (isinstance(event.choice, int) and event.choice == 0):
            self.person()
            return
        sure = 1.0 if event.confidence is None else event.confidence
        if sure < NOT_HEARD_BELOW:
            self.miss((prompt("unclear"),))
            return
        if event.command == WRONG_PERSON and state.at != "who":
            self._not_whom_we_want(event.text)
            return
        if event.command and self._command(event.command):
            return
        if state.closing and self._winds_up(_MARKS.sub("", event.text)):
            return
        if sure < KEY_BELOW and question.binding and event.choice in {"yes", "no", 1, 2}:
            self.miss((prompt("press_to_be_sure"),), by_key=True)
            return
        if self._hums_at_a_deal(event):
            self._ask_shorter()
            return
        if move := question.heard(state, self.world, event):
            self.move(move)
            return
        choice = {"yes": question.yes, "no": question.no}.get(str(event.choice), event.choice)
        if choice == BACK:
            self._back()
        elif (
            choice and len(str(choice)) == 1 and str(choice) in question.keys(state, self.world) and state.at != "form"
        ):
            self._press(str(choice))
        else:
            # Any other words are for the conversation service, at every question (V04).
            self._converse(event.text)

    def _hums_at_a_deal(self, event: Speech) -> bool:
        """A mere 嗯 while a place is read back may only mean that somebody listens: it takes no place (V11)."""
        at_a_deal = self.state.at == "confirm" and self.state.data["answer"]["kind"] == "confirm_take"
        return at_a_deal and bool(_HUM.fullmatch(_MARKS.sub("", event.text)))

    def _ask_shorter(self, timeout_s: int | None = None) -> None:
        question, state = self.question, self.state
        self.says.append(question.prompts(state, self.world)[1])
        seconds = timeout_s or NEXT_SILENCE_S
        self.last = [Ask(question.digits(state), seconds, question.expects(state, self.world), question.pause_s)]

    def _winds_up(self, said: str) -> bool:
        """The answer to "还有别的事没得?" is none to the menu behind it: goodbye, or what it is (V08: never a failure)."""
        if _NOTHING_ELSE.fullmatch(said):
            self.move(Act("goodbye"))
        elif _MORE_TO_SAY.fullmatch(said):
            self.says.append(prompt("asked_nothing"))
            self.ask()
        else:
            return False
        return True

    def _not_whom_we_want(self, text: str) -> None:
        """打错了: one reflex word takes no entry away. A call of ours ends; else it is asked, and done by a key or a sure yes."""
        state = self.state
        if state.at in FIRST_QUESTIONS and _WRONG_NUMBER.search(text):
            self.says.append(prompt("not_disturbed"))
            state.ended = state.content = True
            self.last = [Hangup()]
        elif state.at == "not_me":
            self.miss((prompt("press_to_be_sure"),), by_key=True)
        else:
            # Whoever has dialled us by mistake wants no call back.
            state.content = state.content or bool(_WRONG_NUMBER.search(text))
            self.move(Go("not_me"))

    def _command(self, command: str) -> bool:
        """Words to the line itself; whether they are for us and not for the conversation service."""
        if command == "again":
            self.again()
        elif command in {"slower", "faster"}:
            self.do(command)
        elif command in {"mandarin", "local"}:
            self.do("talk_in", {"wording": command})
        elif command == "wait":
            # Whoever asks her family first is waited for, and has failed at nothing.
            self.says.append(prompt("no_hurry"))
            self._ask_shorter(WAIT_S)
        elif command == "back":
            self._back()
        elif command == "home":
            self.home()
        elif command == "enough" and self.state.at in LEFT_BY_ENOUGH:
            registering = self.state.at.startswith("reg_")
            moving = registering and self.state.registration.get(MOVES)
            self.says.append(prompt("nothing_changes" if moving else "reg_declined" if registering else "all_right"))
            self.go(Go("main", forget=True))
        else:
            return False
        return True
