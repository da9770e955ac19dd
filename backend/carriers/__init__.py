"""Ways out to the telephone network: one port (`base.py`), one adapter a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.carriers.base import Carrier, CarrierBusy, CarrierError, PlacedCall, SentSms

if TYPE_CHECKING:
    from backend.settings import Settings

__all__ = ["Carrier", "CarrierBusy", "CarrierError", "PlacedCall", "SentSms", "make_carrier"]


def make_carrier(settings: Settings) -> Carrier:
    """Build the adapter that `CARRIER` names."""
    # Imported here: Twilio's SDK is large, and who only catches a CarrierError does not need it.
    from backend.carriers.simulator import SimulatorCarrier
    from backend.carriers.twilio import TwilioCarrier

    account, token = settings.twilio_account_sid, settings.twilio_auth_token
    fallback = f"{settings.public_base_url}/twilio/voice/fallback"
    if settings.carrier == "twilio":
        return TwilioCarrier(
            account,
            token,
            api_base_url=settings.twilio_api_base_url,
            messaging_service_sid=settings.twilio_messaging_service_sid or None,
            voice_fallback_url=fallback,
        )
    return SimulatorCarrier(account, token, network_url=settings.network_url, voice_fallback_url=fallback)
