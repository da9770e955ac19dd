"""A text that says nothing by itself is understood together with the one already waiting behind it (M07).

Nothing waits for a second text: with none there, the first is answered as it stands.
"""

from __future__ import annotations

from sqlalchemy import select

from backend.domain import choice, danger, opt_out
from backend.domain.answers import Answer, make
from backend.services.turn import Turn
from backend.services.understand import prepare
from backend.store.models import Message

LONGEST = 200  # characters: what is longer was meant as a text of its own


def with_next(turn: Turn) -> list[Answer]:
    """Put the words in front of the next text of the same number, or [] when none waits that they could belong to."""
    message = turn.message
    if message.channel != "sms" or turn.about is not None or len(message.words) > LONGEST:
        return []
    following = turn.session.scalar(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.direction == "inbound",
            Message.channel == "sms",
            Message.status == "received",
            Message.id > message.id,
        )
        .order_by(Message.id)
        .limit(1)
        .with_for_update()
    )
    if following is None or _stands_alone(turn, following):
        return []
    following.words_before = message.words
    return [make("read_on")]


def goes_on(answers: list[Answer]) -> bool:
    return any(answer["kind"] == "read_on" for answer in answers)


def _stands_alone(turn: Turn, message: Message) -> bool:
    """Short answers, opting out, cries for help and pictures mean what they mean without other words in front."""
    text = prepare(turn.deps, message.body, message.channel).text
    return bool(
        message.media_count
        or not text.strip()
        or choice.parse(text) is not None
        or opt_out.decide(text) is not None
        or danger.find(text) is not None
    )
