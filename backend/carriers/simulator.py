"""The simulated phone network (`backend/phone_network`) as carrier: Twilio's wire format over real HTTP, loopback."""

import json
from datetime import datetime
from urllib.parse import quote

from backend.carriers.base import CarrierError, SentSms
from backend.carriers.twilio import TwilioCarrier, _carrier_error


class SimulatorCarrier(TwilioCarrier):
    """Twilio's adapter against another address, but for one thing: this network can be asked by our own reference."""

    name = "simulator"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        network_url: str,
        voice_fallback_url: str | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        super().__init__(
            account_sid,
            auth_token,
            api_base_url=network_url,
            voice_fallback_url=voice_fallback_url,
            timeout_s=timeout_s,
        )

    def find_sent(self, to: str, body: str, since: datetime, reference: str) -> SentSms | None:
        """Exact, unlike Twilio: two equal texts to one number cannot be taken for each other."""
        try:
            answer = self._client.request(
                "GET", f"{self._base_url}/2010-04-01/Accounts/{self._account_sid}/References/{quote(reference)}.json"
            )
        except Exception as error:
            raise _carrier_error(error, reading=True) from error
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise CarrierError(f"The carrier did not say what it has ({answer.status_code}).")
        message = json.loads(answer.text)
        return SentSms(message["sid"], message["status"], int(message["num_segments"]))
