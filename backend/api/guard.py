"""The service token of the JSON API: who shows it may do what the API can do; nobody else sees anything."""

from __future__ import annotations

import hmac

from flask import request
from werkzeug.exceptions import Unauthorized


def require_token(token: str) -> None:
    """Raise 401 unless the request carries `Authorization: Bearer <token>`; compared in constant time."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    # Bytes, since compare_digest refuses text outside ASCII, and a header may hold anything.
    right = hmac.compare_digest(shown.strip().encode("utf-8", "surrogateescape"), token.encode())
    if scheme.lower() != "bearer" or not right:
        raise Unauthorized("Send the header: Authorization: Bearer <API_TOKEN>.")
