"""The tables, one file per aggregate."""

from backend.store.models.audit import AuditCheck, AuditEvent, AuditSeal
from backend.store.models.base import Base
from backend.store.models.cases import Case
from backend.store.models.conversations import Call, CallTurn, Conversation, Message, TurnEffect
from backend.store.models.corrections import Correction, TrainingExample
from backend.store.models.dialogue_models import DialogueModel, ModelSwitch
from backend.store.models.figures import FigureCount
from backend.store.models.help import Talk, TalkPerson, Visit
from backend.store.models.inbox import InboxBacklog, InboxEntry, InboxFloor, InboxRead, InboxWord
from backend.store.models.ledger_imports import LedgerImport
from backend.store.models.ledger_work import (
    DistinctPair,
    Draft,
    DuplicateCount,
    DuplicatePair,
    LedgerAct,
    LedgerChange,
    LedgerCount,
    MergedEntry,
)
from backend.store.models.matching import MatchingWeights
from backend.store.models.offers import Offer, Outcome
from backend.store.models.openings import Employer, Forwarding, Opening, Wave
from backend.store.models.outbox import Heartbeat, OutboxRow, Receipt
from backend.store.models.people import Consent, Handset, HandsetOwner, Hardship, Household, Person, Worker, WorkerTrade
from backend.store.models.places import LEVELS, Region, Revision, Station
from backend.store.models.planned_calls import CallAttempt, PlannedCall
from backend.store.models.public_faces import Screen
from backend.store.models.staff import (
    ROLES,
    LoginAttempt,
    RecoveryCode,
    Staff,
    StaffChange,
    StaffCode,
    StaffSession,
)
from backend.store.models.stepping_in import ConversationClosing, ConversationNote, StaffCall, Team, TeamMember

__all__ = [
    "LEVELS",
    "ROLES",
    "AuditCheck",
    "AuditEvent",
    "AuditSeal",
    "Base",
    "Call",
    "CallAttempt",
    "CallTurn",
    "Case",
    "Consent",
    "Conversation",
    "ConversationClosing",
    "ConversationNote",
    "Correction",
    "DialogueModel",
    "DistinctPair",
    "Draft",
    "DuplicateCount",
    "DuplicatePair",
    "Employer",
    "FigureCount",
    "Forwarding",
    "Handset",
    "HandsetOwner",
    "Hardship",
    "Heartbeat",
    "Household",
    "InboxBacklog",
    "InboxEntry",
    "InboxFloor",
    "InboxRead",
    "InboxWord",
    "LedgerAct",
    "LedgerChange",
    "LedgerCount",
    "LedgerImport",
    "LoginAttempt",
    "MatchingWeights",
    "MergedEntry",
    "Message",
    "ModelSwitch",
    "Offer",
    "Opening",
    "OutboxRow",
    "Outcome",
    "Person",
    "PlannedCall",
    "Receipt",
    "RecoveryCode",
    "Region",
    "Revision",
    "Screen",
    "Staff",
    "StaffCall",
    "StaffChange",
    "StaffCode",
    "StaffSession",
    "Station",
    "Talk",
    "TalkPerson",
    "Team",
    "TeamMember",
    "TrainingExample",
    "TurnEffect",
    "Visit",
    "Wave",
    "Worker",
    "WorkerTrade",
]
