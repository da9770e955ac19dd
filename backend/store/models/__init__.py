"""The tables, one file per aggregate."""

from backend.store.models.audit import AuditEvent
from backend.store.models.base import Base
from backend.store.models.cases import Case
from backend.store.models.conversations import Call, CallTurn, Conversation, Message, TurnEffect
from backend.store.models.help import Talk, TalkPerson, Visit
from backend.store.models.ledger_imports import LedgerImport
from backend.store.models.matching import MatchingWeights
from backend.store.models.offers import Offer, Outcome
from backend.store.models.openings import Employer, Forwarding, Opening, Wave
from backend.store.models.outbox import Heartbeat, OutboxRow, Receipt
from backend.store.models.people import Consent, Handset, HandsetOwner, Hardship, Household, Person, Worker, WorkerTrade
from backend.store.models.places import LEVELS, Region, Revision, Station
from backend.store.models.planned_calls import CallAttempt, PlannedCall
from backend.store.models.staff import ROLES, LoginAttempt, Staff, StaffSession

__all__ = [
    "LEVELS",
    "ROLES",
    "AuditEvent",
    "Base",
    "Call",
    "CallAttempt",
    "CallTurn",
    "Case",
    "Consent",
    "Conversation",
    "Employer",
    "Forwarding",
    "Handset",
    "HandsetOwner",
    "Hardship",
    "Heartbeat",
    "Household",
    "LedgerImport",
    "LoginAttempt",
    "MatchingWeights",
    "Message",
    "Offer",
    "Opening",
    "OutboxRow",
    "Outcome",
    "Person",
    "PlannedCall",
    "Receipt",
    "Region",
    "Revision",
    "Staff",
    "StaffSession",
    "Station",
    "Talk",
    "TalkPerson",
    "TurnEffect",
    "Visit",
    "Wave",
    "Worker",
    "WorkerTrade",
]
