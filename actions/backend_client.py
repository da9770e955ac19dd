"""The only HTTP from the actions to the backend: a token that acts for the turn under lease, short timeouts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import httpx

CONNECT_S = 0.5  # loopback: either there or not
TOTAL_S = 3.0  # below the four seconds the gateway waits for the whole turn


class BackendUnavailable(Exception):
    """The backend gave no usable answer, or the turn is no longer ours to act for."""


@dataclass(frozen=True)
class Performed:
    """What an act gave back: the structured answers, and where the open form stands now (marks, no words)."""

    answers: list[dict[str, Any]]
    form: str | None = None
    requested_slot: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)


class BackendClient:
    """`POST /internal/turns/<turn_token>/acts/<act>`."""

    def __init__(self, url: str, token: str, *, total_s: float = TOTAL_S) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(total_s, connect=CONNECT_S),
            trust_env=False,
        )

    async def perform(
        self,
        *,
        turn_token: str,
        act: str,
        intent: str | None = None,
        confidence: float | None = None,
        entities: list[dict[str, Any]] | None = None,
        ranking: list[dict[str, Any]] | None = None,
    ) -> Performed:
        """Let the backend do `act` for this turn; raise `BackendUnavailable` for everything but a usable answer."""
        body = {"intent": intent, "confidence": confidence, "entities": entities or [], "ranking": ranking or []}
        try:
            response = await self._client.post(f"/internal/turns/{turn_token}/acts/{act}", json=body)
            answered = response.json() if response.status_code == 200 else None
            if not isinstance(answered, dict):
                raise BackendUnavailable(f"status {response.status_code}")
            return Performed(
                answers=[dict(answer) for answer in answered["answers"]],
                form=answered["form"],
                requested_slot=answered["requested_slot"],
                slots=dict(answered["slots"]),
            )
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise BackendUnavailable(type(error).__name__) from error

    async def close(self) -> None:
        await self._client.aclose()


_client: BackendClient | None = None


def client() -> BackendClient:
    """The process's one client, made at the first action (its pool belongs to the running event loop)."""
    global _client
    if _client is None:
        _client = BackendClient(os.environ["BACKEND_URL"], os.environ["ACTIONS_TOKEN"])
    return _client
