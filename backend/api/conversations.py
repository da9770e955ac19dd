"""`/messages`, `/conversations`, `/cases`, `/understand`: what was said, what it became, and what it would mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.api import shapes
from backend.api.paging import page
from backend.api.resources import CaseList, CaseOut, ConversationList, ConversationOut, MessageList, UnderstoodOut
from backend.api.schemas import CaseQuery, ConversationQuery, MessageQuery, UnderstandIn
from backend.errors import NotFound
from backend.services.deps import Deps
from backend.services.understand import understand
from backend.store.models import Case, Conversation, Handset, Message
from backend.store.queries.scope import within


def register(bp: APIBlueprint, deps: Deps, actor: str) -> None:
    @bp.get("/messages")
    @bp.input(MessageQuery, location="query")
    @bp.output(MessageList)
    def list_messages(query_data: dict[str, Any]) -> Any:
        """SMS and call turns of a number, oldest first."""
        query = select(Message)
        if phone := query_data.get("phone"):
            query = query.where(Message.handset_id.in_(_handset(phone)))
        with deps.db.read() as session:
            return page(
                session, query, Message.id, query_data, lambda rows: shapes.messages(rows, _numbers(session, rows))
            )

    @bp.get("/conversations")
    @bp.input(ConversationQuery, location="query")
    @bp.output(ConversationList)
    def list_conversations(query_data: dict[str, Any]) -> Any:
        """Conversations with their turns, the latest first."""
        query = select(Conversation).options(joinedload(Conversation.handset), selectinload(Conversation.messages))
        if phone := query_data.get("phone"):
            query = query.where(Conversation.handset_id.in_(_handset(phone)))
        if region := query_data.get("region"):
            query = query.where(within(Conversation.region_code, region))
        with deps.db.read() as session:
            return page(
                session,
                query,
                Conversation.id,
                query_data,
                lambda rows: shapes.conversations(rows, deps.regions),
                newest_first=True,
            )

    @bp.get("/conversations/<id:conversation_id>")
    @bp.output(ConversationOut)
    def get_conversation(conversation_id: int) -> Any:
        """One conversation: all turns of one number until 24 hours of silence, SMS and calls in order."""
        with deps.db.read() as session:
            row = session.get(Conversation, conversation_id)
            if row is None:
                raise NotFound("no such conversation")
            return shapes.conversations([row], deps.regions)[0]

    @bp.get("/cases")
    @bp.input(CaseQuery, location="query")
    @bp.output(CaseList)
    def list_cases(query_data: dict[str, Any]) -> Any:
        """Cases, the latest first."""
        query = select(Case)
        for name in ("status", "kind", "worker_id"):
            if (value := query_data.get(name)) is not None:
                query = query.where(getattr(Case, name) == value)
        if phone := query_data.get("phone"):
            query = query.where(Case.handset_id.in_(_handset(phone)))
        with deps.db.read() as session:
            return page(
                session,
                query,
                Case.id,
                query_data,
                lambda rows: shapes.cases(rows, deps.regions, _numbers(session, rows)),
                newest_first=True,
            )

    @bp.get("/cases/<id:case_id>")
    @bp.output(CaseOut)
    def get_case(case_id: int) -> Any:
        """One case."""
        with deps.db.read() as session:
            row = session.get(Case, case_id)
            if row is None:
                raise NotFound("no such case")
            return shapes.cases([row], deps.regions, _numbers(session, [row]))[0]

    @bp.post("/understand")
    @bp.input(UnderstandIn)
    @bp.output(UnderstoodOut)
    def post_understand(json_data: dict[str, Any]) -> Any:
        """What a text means, by the same way a live message takes; nothing is stored and no text is refused."""
        found = understand(deps, json_data["text"], json_data["channel"], json_data["now"])
        return {
            "intent": {"name": found.intent, "confidence": found.confidence},
            "entities": [{"entity": e.entity, "text": e.text, "value": e.value} for e in found.entities],
            "normalized_text": found.normalized_text,
        }


def _handset(phone: str) -> Any:
    return select(Handset.id).where(Handset.number == phone)


def _numbers(session: Session, rows: Iterable[Message | Case]) -> dict[int, str]:
    ids = {row.handset_id for row in rows if row.handset_id is not None}
    found = session.execute(select(Handset.id, Handset.number).where(Handset.id.in_(ids)))
    return dict(found.all())
