"""The one guard of every carrier webhook: only what the carrier signed gets in (I2, I4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, unquote_to_bytes

import structlog
from flask import Response, request

from backend.services.deps import Deps

log = structlog.get_logger()


def _readings() -> Iterator[dict[str, list[str]]]:
    """The form as we read it and, when bytes in it are no UTF-8, the other ways a carrier may have read and signed them."""
    raw = request.get_data(cache=True)
    yield request.form.to_dict(flat=False)
    if request.mimetype == "application/x-www-form-urlencoded":
        try:
            unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
        except UnicodeDecodeError:
            for errors in ("replace", "ignore", "surrogateescape"):
                yield parse_qs(raw.decode("ascii", "replace"), keep_blank_values=True, errors=errors)
            yield parse_qs(raw.decode("ascii", "replace"), keep_blank_values=True, encoding="latin-1")


def signed(deps: Deps) -> Callable[[], Response | None]:
    """A before_request function: 403 unless `X-Twilio-Signature` fits the configured public URL and every raw field.

    The URL comes from the settings, never from the Host header; a missing header is just wrong.
    """

    def guard() -> Response | None:
        # As it came over the wire: decoding and encoding again could change a byte that was signed.
        raw = request.environ.get("RAW_URI") or request.full_path.rstrip("?")
        path = raw if raw.startswith("/") else request.full_path.rstrip("?")
        url = deps.settings.public_base_url + path
        signature = request.headers.get("X-Twilio-Signature")
        if any(deps.carrier.verify(url, fields, signature) for fields in _readings()):
            return None
        log.warning("webhook_refused", path=request.path)
        return Response("signature is missing or wrong", 403, content_type="text/plain; charset=utf-8")

    return guard
