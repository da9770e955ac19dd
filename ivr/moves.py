"""What the parts of a turn ask of each other: it is done in `call_flow`."""

from __future__ import annotations

from typing import Any

from ivr.asking import Move, Question
from ivr.steps import Say, State, Step, World


class Moves:
    """A turn in the making; `last` is the step that is not `Say`."""

    state: State
    world: World
    says: list[Say]
    last: list[Step]

    @property
    def question(self) -> Question:
        raise NotImplementedError

    def move(self, move: Move) -> None:
        raise NotImplementedError

    def do(self, act: str, params: dict[str, Any] | None = None) -> None:
        raise NotImplementedError

    def ask(self) -> None:
        raise NotImplementedError

    def ask_whole(self) -> None:
        """Ask with everything, whichever rung the question stands on."""
        raise NotImplementedError

    def again(self) -> None:
        raise NotImplementedError

    def wait(self) -> None:
        """Wait for the answer to the question as it stands; everything is said."""
        raise NotImplementedError

    def miss(self, says: tuple[Say, ...]) -> None:
        raise NotImplementedError

    def be_at(self, at: str, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def home(self) -> None:
        raise NotImplementedError

    def person(self) -> None:
        raise NotImplementedError
