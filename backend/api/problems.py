"""Every error of the JSON API as RFC 9457 problem details: what is wrong and what to do, never how we are built."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from apiflask import APIBlueprint
from apiflask.exceptions import HTTPError
from flask import Response, json, request
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from backend.api.guard import require_token
from backend.errors import Conflict, EngineUnavailable, Forbidden, Invalid, NotFound

log = structlog.get_logger()

DETAILS = {
    400: "The body is not valid JSON.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is larger than 512 KiB.",
    415: "Send JSON with Content-Type: application/json.",
    422: "Some fields are missing, unknown or not as they should be; see `errors`.",
    500: "Something went wrong on our side and has been written down. Try again later.",
    503: "The service cannot reach its database just now. Try again in a minute.",
}


def problem(status: int, detail: str = "", **more: Any) -> Response:
    """`{"type", "title", "status", "detail", …}` as `application/problem+json`; `more` e.g. `reason`, `errors`."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase),
        **more,
    }
    response = Response(json.dumps(body), status, content_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def answer_problems(bp: APIBlueprint, prefix: str, token: str) -> None:
    """Make `bp` answer its own exceptions, and addresses below `prefix` that lead nowhere, with problem details."""

    @bp.before_app_request
    def nowhere() -> Response | None:
        # Routing fails before any blueprint is chosen; without this the site's HTML pages would answer.
        failed = request.routing_exception
        if failed is None or isinstance(failed, RequestRedirect):
            return None
        if request.path != prefix and not request.path.startswith(prefix + "/"):
            return None
        try:
            require_token(token)
        except HTTPException as missing:
            return http(missing)
        return http(failed)

    def http(error: HTTPException) -> Response:
        status = error.code or 500
        if error.response is not None and status < 400:
            return error.response  # type: ignore[return-value]
        response = problem(status, (error.description or "") if status in (401, 403) else "")
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    # By code, since the site's handlers for single codes would come before ours for the class.
    for status in (400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 429, 431, 500, 501, 503):
        bp.register_error_handler(status, http)
    bp.register_error_handler(HTTPException, http)

    @bp.errorhandler(HTTPError)
    def unusable(error: HTTPError) -> Response:
        # Raised by the schemas: {"json": {"pay": {"min": ["Not a valid number."]}}}.
        detail = error.detail if isinstance(error.detail, dict) else {}
        return problem(error.status_code, errors=_flat(next(iter(detail.values()), {})))

    @bp.errorhandler(Invalid)
    def invalid(error: Invalid) -> Response:
        return problem(422, errors=error.fields)

    @bp.errorhandler(NotFound)
    def missing(error: NotFound) -> Response:
        return problem(404)

    @bp.errorhandler(Forbidden)
    def forbidden(error: Forbidden) -> Response:
        return problem(403, str(error))

    @bp.errorhandler(Conflict)
    def conflict(error: Conflict) -> Response:
        return problem(409, str(error), reason=error.reason, **{k: v for k, v in error.facts.items() if k != "status"})

    @bp.errorhandler(OperationalError)
    @bp.errorhandler(InterfaceError)
    def database_away(error: Exception) -> Response:
        log.error("database_away", path=request.path, error=type(error).__name__)
        return problem(503)

    @bp.errorhandler(EngineUnavailable)
    def engine_away(error: EngineUnavailable) -> Response:
        return problem(503, "The dialogue engine does not answer just now. Try again in a minute.")

    @bp.errorhandler(Exception)
    def ours(error: Exception) -> Response:
        log.exception("request_failed", path=request.path, error=type(error).__name__)
        return problem(500)


def _flat(errors: Any, at: str = "") -> dict[str, str]:
    """`{"pay": {"min": ["Not a number."]}}` → `{"pay.min": "Not a number."}`."""
    if not isinstance(errors, dict):
        texts = errors if isinstance(errors, list) else [errors]
        return {at or "body": " ".join(str(text) for text in texts)}
    found: dict[str, str] = {}
    for name, inner in errors.items():
        found |= _flat(inner, f"{at}.{name}" if at and name != "_schema" else at if name == "_schema" else str(name))
    return found
