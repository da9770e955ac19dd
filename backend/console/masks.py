"""The masks of whatever shows words of a conversation: page, turn, case, note, list, file (T12). One way of hiding for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backend.console.text import Mask
from backend.domain.marked import secrets_of
from backend.services import review_transcript
from backend.services.staff_login import Member
from backend.store.models import Case, Conversation, Message, Worker
from backend.store.queries import secrets

if TYPE_CHECKING:
    from backend.services.deps import Deps


def of_conversation(
    deps: Deps, session: Session, member: Member, conversation: Conversation, turns: Iterable[Message] | None = None
) -> Mask:
    """What this reader sees of a conversation: what they revealed in the last ten minutes, and the rest hidden.

    `turns`: all there are, from whoever has read them anyway.
    """
    shown = review_transcript.revealed(deps, session, member, conversation)
    return Mask(shown, secrets.of_conversation(session, conversation.id, turns), amounts=True)


def of_case(deps: Deps, session: Session, member: Member, case: Case, conversation: Conversation | None) -> Mask:
    """The same for a case; what was revealed in its conversation (None: it lies elsewhere by now) is seen here, too."""
    subjects = [case] if conversation is None else [case, conversation]
    shown = review_transcript.revealed(deps, session, member, *subjects)
    return Mask(shown, secrets.of_cases(session, [case])[case.id], amounts=True)


def of_worker(deps: Deps, session: Session, member: Member, worker: Worker) -> Mask:
    """The same for a worker's card: her name is hidden in what was noted about her, too."""
    names = secrets_of([], people=[worker.person.name])
    return Mask(review_transcript.revealed(deps, session, member, worker), names)


def of_listed_cases(session: Session, cases: Iterable[Case]) -> dict[int, Mask]:
    """A list reveals nothing."""
    return {id_: Mask(frozenset(), found, amounts=True) for id_, found in secrets.of_cases(session, cases).items()}
