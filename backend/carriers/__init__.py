"""Ways out to the telephone network: one port (`base.py`), one adapter a file."""

from backend.carriers.base import Carrier, CarrierBusy, CarrierError, PlacedCall, SentSms

__all__ = ["Carrier", "CarrierBusy", "CarrierError", "PlacedCall", "SentSms"]
