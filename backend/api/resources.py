"""What the JSON API gives, field by field: the shapes of the OpenAPI document (their makers are in shapes.py)."""

from __future__ import annotations

from marshmallow import Schema, fields


def _listed(item: type[Schema]) -> type[Schema]:
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item)),
            "next": fields.String(
                allow_none=True, metadata={"description": "cursor of the next page, null on the last"}
            ),
        },
        name=item.__name__ + "List",
    )


class MessageOut(Schema):
    id = fields.Integer()
    direction = fields.String(metadata={"enum": ["inbound", "outbound"]})
    channel = fields.String(metadata={"enum": ["sms", "voice"]})
    body = fields.String()
    status = fields.String()
    phone = fields.String(allow_none=True)
    conversation_id = fields.Integer()
    in_reply_to = fields.Integer(allow_none=True)
    created_at = fields.String(metadata={"format": "date-time"})


class PayOut(Schema):
    min = fields.Raw(allow_none=True, metadata={"type": "number", "description": "yuan"})
    max = fields.Raw(allow_none=True, metadata={"type": "number", "description": "yuan"})
    unit = fields.String(allow_none=True)
    settlement = fields.String(allow_none=True)
    negotiable = fields.Boolean(allow_none=True)


class DaysOut(Schema):
    from_ = fields.String(data_key="from", attribute="from", allow_none=True)
    to = fields.String(allow_none=True)


class AvailabilityOut(DaysOut):
    day_parts = fields.List(fields.String())
    term = fields.String(allow_none=True)
    unavailable = fields.List(fields.Nested(DaysOut))


class HardshipOut(Schema):
    code = fields.String()
    verified = fields.Boolean()


class WorkerOut(Schema):
    id = fields.Integer()
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    gender = fields.String(allow_none=True)
    birth_year = fields.Integer(allow_none=True)
    region = fields.String(allow_none=True)
    region_name = fields.String(allow_none=True)
    village = fields.String(allow_none=True)
    village_name = fields.String(allow_none=True)
    job_types = fields.List(fields.String())
    pay_expectation = fields.Nested(PayOut)
    availability = fields.Nested(AvailabilityOut)
    hardship = fields.List(fields.Nested(HardshipOut))
    household_id = fields.Integer(allow_none=True)
    consent = fields.Boolean()
    consent_version = fields.String(allow_none=True)
    consent_at = fields.String(allow_none=True)
    preferred_channel = fields.String()
    speech_rate = fields.Integer(allow_none=True)
    waiting_since = fields.String(allow_none=True, metadata={"format": "date-time"})
    confirmed_at = fields.String(
        metadata={"format": "date-time", "description": "when somebody last spoke for the entry"}
    )
    status = fields.String()


class EmployerOut(Schema):
    id = fields.Integer()
    name = fields.String()


class HoursOut(Schema):
    from_ = fields.String(data_key="from", attribute="from", allow_none=True)
    to = fields.String(allow_none=True)
    day_part = fields.String(allow_none=True)


class ReviewOut(Schema):
    flags = fields.List(fields.String())
    decision = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    reviewed_at = fields.String(allow_none=True)


class OpeningOut(Schema):
    id = fields.Integer()
    job_type = fields.String()
    job_name = fields.String()
    title = fields.String()
    employer = fields.Nested(EmployerOut)
    headcount = fields.Integer()
    filled = fields.Integer()
    region = fields.String()
    region_name = fields.String()
    place = fields.String()
    starts_on = fields.String(metadata={"format": "date"})
    ends_on = fields.String(metadata={"format": "date"})
    hours = fields.Nested(HoursOut)
    pay = fields.Nested(PayOut)
    requirements = fields.String()
    meals = fields.Boolean(allow_none=True)
    lodging = fields.Boolean(allow_none=True)
    transport = fields.Boolean(allow_none=True)
    insured = fields.Boolean(allow_none=True)
    status = fields.String()
    published_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    confirmed_at = fields.String(
        metadata={"format": "date-time", "description": "when somebody last spoke for the entry"}
    )
    review = fields.Nested(ReviewOut)


class OpeningMatchOut(OpeningOut):
    """An opening that suits the worker."""

    opening_id = fields.Integer()
    score = fields.Float()
    reasons = fields.List(fields.String())


class WorkerMatchOut(WorkerOut):
    """A worker who suits the opening."""

    worker_id = fields.Integer()
    score = fields.Float()
    reasons = fields.List(fields.String())


class OfferOut(Schema):
    id = fields.Integer()
    opening_id = fields.Integer()
    worker_id = fields.Integer()
    status = fields.String()
    channel = fields.String()
    code = fields.String()
    offered_at = fields.String()
    expires_at = fields.String(allow_none=True)
    answered_at = fields.String(allow_none=True)


class CaseOut(Schema):
    id = fields.Integer()
    kind = fields.String()
    worker_id = fields.Integer(allow_none=True)
    status = fields.String()
    priority = fields.Integer(metadata={"description": "1 now, 2 today, 3 ordinary"})
    summary = fields.String()
    opened_at = fields.String()
    due_at = fields.String()
    closed_at = fields.String(allow_none=True)
    source_message_id = fields.Integer(allow_none=True)
    conversation_id = fields.Integer(allow_none=True)
    phone = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    region_name = fields.String(allow_none=True)


class EntityOut(Schema):
    entity = fields.String()
    text = fields.String()
    value = fields.Raw()


class TurnOut(Schema):
    message_id = fields.Integer()
    text = fields.String()
    channel = fields.String()
    direction = fields.String()
    intent = fields.String(allow_none=True)
    confidence = fields.Float(allow_none=True)
    entities = fields.List(fields.Raw())
    corrected = fields.Raw(allow_none=True)
    handled_by = fields.String(allow_none=True)
    at = fields.String()


class ConversationOut(Schema):
    id = fields.Integer()
    phone = fields.String()
    region = fields.String(allow_none=True)
    region_name = fields.String(allow_none=True)
    started_at = fields.String()
    last_at = fields.String()
    taken_over = fields.Boolean()
    turns = fields.List(fields.Nested(TurnOut))


class IntentOut(Schema):
    name = fields.String()
    confidence = fields.Float()


class UnderstoodOut(Schema):
    intent = fields.Nested(IntentOut)
    entities = fields.List(fields.Nested(EntityOut))
    normalized_text = fields.String()


MessageList = _listed(MessageOut)
WorkerList = _listed(WorkerOut)
OpeningList = _listed(OpeningOut)
OpeningMatchList = _listed(OpeningMatchOut)
WorkerMatchList = _listed(WorkerMatchOut)
OfferList = _listed(OfferOut)
CaseList = _listed(CaseOut)
ConversationList = _listed(ConversationOut)
