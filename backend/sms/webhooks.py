"""Inbound SMS and receipts from the carrier: check the signature, store once, commit, acknowledge (DESIGN §2)."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, request

from backend.domain.phone import to_e164
from backend.services.deps import Deps
from backend.services.outbox import receive_receipt
from backend.services.receive_message import InboundSms, receive_sms
from backend.webhook_guard import signed

log = structlog.get_logger()

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def create_blueprint(deps: Deps) -> Blueprint:
    """`POST /twilio/sms` (also as fallback) and `/twilio/sms/status`, in Twilio's form fields.

    Sample: MessageSid=SM…&AccountSid=AC…&From=%2B8610000000001&To=%2B8610000012333&Body=…&NumMedia=0
    403 without a right signature (nothing is stored), 400 without a MessageSid or sender, else an empty TwiML document:
    the answer goes out through the outbox, never in the acknowledgement.
    """
    blueprint = Blueprint("sms", __name__, url_prefix="/twilio/sms")
    blueprint.before_request(signed(deps))

    @blueprint.post("")
    @blueprint.post("/fallback")
    def inbound() -> Response:
        form = request.form
        sid, sender = form.get("MessageSid") or form.get("SmsSid", ""), to_e164(form.get("From", ""))
        if not sid or sender is None:
            return Response("MessageSid and From are needed", 400, content_type="text/plain; charset=utf-8")
        message_id, new = receive_sms(
            deps,
            InboundSms(
                carrier=deps.carrier.name,
                account=form.get("AccountSid", deps.settings.twilio_account_sid)[:64],
                sid=sid[:64],
                from_number=sender,
                body=form.get("Body", ""),
                media_count=_count(form.get("NumMedia", "0")),
            ),
        )
        log.info("sms_received", message_id=message_id, new=new)
        return Response(EMPTY_TWIML, content_type="text/xml; charset=utf-8")

    @blueprint.post("/status")
    def receipt() -> Response:
        sid, status = (
            request.form.get("MessageSid") or request.form.get("SmsSid", ""),
            request.form.get("MessageStatus", ""),
        )
        if sid and status:
            receive_receipt(deps, sid[:64], status[:32], request.form.get("ErrorCode") or None)
        return Response(status=204)

    return blueprint


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
