"""What is made of words at a question: danger first, then a person, what the recogniser is sure of, orders to the line."""

from __future__ import annotations

from ivr.asking import Go, prompt
from ivr.follow_up import FollowUp
from ivr.registration import REGISTRATION
from ivr.steps import Say, Speech

BACK = "*"
# The recogniser's own certainty (0–1): below the first nothing counts as heard but danger and the wish for a person;
# below the second a yes is not enough to change anything.
NOT_HEARD_BELOW, KEY_BELOW = 0.3, 0.6
# Where "算了" is not an answer of the question itself (there it is a no), it leaves for the menu.
LEFT_BY_ENOUGH = frozenset({"job", "mine", "which", "other", "trouble", "advice", "rest", "employer", "heard", *(
    question.name for question in REGISTRATION if question.name != "reg_consent")})  # fmt: skip


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
        if event.command and self._command(event.command):
            return
        if sure < KEY_BELOW and question.binding and event.choice in {"yes", "no", 1, 2}:
            self.miss((prompt("press_to_be_sure"),), by_key=True)
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

    def _command(self, command: str) -> bool:
        """Words to the line itself; whether they are for us and not for the conversation service."""
        if command == "again":
            self.again()
        elif command in {"slower", "faster"}:
            self.do(command)
        elif command in {"mandarin", "local"}:
            self.do("talk_in", {"wording": command})
        elif command == "back":
            self._back()
        elif command == "home":
            self.home()
        elif command == "enough" and self.state.at in LEFT_BY_ENOUGH:
            registering = self.state.at.startswith("reg_")
            self.says.append(prompt("reg_declined" if registering else "all_right"))
            self.go(Go("main", forget=True))
        else:
            return False
        return True
