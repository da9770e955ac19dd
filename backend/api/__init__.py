"""The JSON API `/api/v1` for integrators, tests and tools: token guard, problem details, OpenAPI (contract/service.md)."""

from __future__ import annotations

from typing import Any

import structlog
from apiflask import APIBlueprint, APIFlask
from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import IntegerConverter

from backend.api import conversations, offers, openings, problems, workers
from backend.api.guard import require_token
from backend.api.paging import LARGEST_ID
from backend.services.deps import Deps

log = structlog.get_logger()
PREFIX = "/api/v1"
ACTOR = "api"  # in the audit: whoever holds the service token
__all__ = ["create_blueprint", "make_app"]


class _Id(IntegerConverter):
    """An id the database can hold; a larger number is an address that leads nowhere."""

    def __init__(self, map: Any) -> None:
        super().__init__(map, min=1, max=LARGEST_ID)


class _App(APIFlask):
    def register_blueprint(self, blueprint: Any, **options: Any) -> None:
        # APIFlask asks every blueprint that has a guard whether it is to be described; Flask's own do not know the question.
        if not hasattr(blueprint, "enable_openapi"):
            blueprint.enable_openapi = False
        super().register_blueprint(blueprint, **options)


def make_app(name: str) -> APIFlask:
    """A Flask application that also writes the OpenAPI document of the API; all other pages stay as Flask has them."""
    app = _App(
        name,
        title="零工热线 Linggong Line",
        version="1.0.0",
        spec_path=f"{PREFIX}/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.description = "Workers, openings, offers, conversations and cases of a gig market 零工市场."
    app.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}
    # One way of telling errors, ours; else the document would promise the library's own shapes.
    app.config["VALIDATION_ERROR_STATUS_CODE"] = 422
    app.config["AUTO_VALIDATION_ERROR_RESPONSE"] = False
    app.config["AUTO_AUTH_ERROR_RESPONSE"] = False
    app.config["AUTO_404_RESPONSE"] = False
    app.config["AUTO_SERVERS"] = False
    app.config["AUTO_OPERATION_ID"] = True
    # A list's items are written out where they stand: named a second time, the library would warn and count them up.
    app.schema_name_resolver = lambda schema: ""
    app.url_map.converters["id"] = _Id

    @app.spec_processor
    def finish(spec: dict) -> dict:  # type: ignore[type-arg]
        return _finish(spec)

    return app


def create_blueprint(deps: Deps) -> APIBlueprint:
    """Every route below `/api/v1`; the guard stands in front of all of them."""
    bp = APIBlueprint("api", __name__, url_prefix=PREFIX)
    token = deps.settings.api_token

    @bp.before_request
    def guard() -> None:
        require_token(token)
        if request.method in ("POST", "PATCH", "PUT") and not request.is_json:
            raise UnsupportedMediaType()

    @bp.after_request
    def note(response: Response) -> Response:
        # Reading personal data is written down too (DESIGN §3.9): which resource, never which person.
        log.info("api", method=request.method, rule=str(request.url_rule), status=response.status_code)
        response.headers["Cache-Control"] = "no-store"
        return response

    problems.answer_problems(bp, PREFIX, token)
    for module in (workers, openings, offers, conversations):
        module.register(bp, deps, ACTOR)
    return bp


def _finish(spec: dict) -> dict:  # type: ignore[type-arg]
    """Say in the document what holds for all: the token, and problem details for every error."""
    spec["security"] = [{"token": []}]
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "reason": {
                "type": "string",
                "description": "with 409: full, overlap, not_open, not_in_review, places_taken …",
            },
            "errors": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "with 422: field → why",
            },
        },
    }
    failed = {
        "description": "an error",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in spec.get("paths", {}).values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"]["default"] = failed
    return spec
