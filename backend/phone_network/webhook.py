"""A webhook of the network: what is asked of its customer, and what came back."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fetched:
    """What came back for one URL. `error_code` is Twilio's when there was no usable answer (11200, 11205 …)."""

    status: int | None
    body: str = ""
    content_type: str | None = None
    error_code: int | None = None


@dataclass(frozen=True)
class Request:
    url: str
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
