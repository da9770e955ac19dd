"""create_app(): the web process: settings → adapters → blueprints and guards. The only importer of `ivr`."""

from __future__ import annotations

import threading

from flask import Flask, Response

from backend import health
from backend.api import create_blueprint as api_blueprint
from backend.api import internal, make_app
from backend.console import create_blueprint as console_blueprint
from backend.console import screen
from backend.errors_http import register_error_handlers
from backend.logs import configure
from backend.phone_network import page
from backend.services import deps as wiring
from backend.services.acts import load_all
from backend.services.deps import Deps
from backend.services.gloss import gloss_of
from backend.services.understand import warm
from backend.settings import Settings, load
from backend.sms import webhooks as sms
from ivr import webhooks as voice
from ivr.recorded import to_record, words_in

REQUEST_LIMIT = 512 * 1024  # bytes; more gets 413 (contract)


def create_app(settings: Settings | None = None, *, deps: Deps | None = None, serving: bool = False) -> Flask:
    """Build the web application; `deps` lets a test hand in its own clock, carrier or engine.

    `serving`: the process will answer people; what the first of them would wait for is loaded beside.
    """
    settings = settings or (deps.settings if deps else load())
    configure("web")
    deps = deps or wiring.build(settings)
    load_all()
    if serving:
        threading.Thread(target=warm, args=(deps,), name="warm", daemon=True).start()
    app = make_app("backend")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=REQUEST_LIMIT,
        MAX_FORM_MEMORY_SIZE=REQUEST_LIMIT,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_base_url.startswith("https://"),
    )
    for module in (sms, voice, internal, screen, health):
        app.register_blueprint(module.create_blueprint(deps))
    app.register_blueprint(console_blueprint(deps, to_record))
    if settings.is_demo:
        app.register_blueprint(
            page.create_blueprint(
                settings.network_url,
                people=lambda: demo_people(deps),
                # A call's key is "<CallSid> <said words>".
                gloss=lambda kind, key: gloss_of(deps, kind, *key.split(" ", 1)),
                words=words_in,
            )
        )
    for blueprint in app.blueprints.values():
        # Only the JSON API is described in openapi.json; APIFlask asks every blueprint.
        if not hasattr(blueprint, "enable_openapi"):
            blueprint.enable_openapi = False  # type: ignore[attr-defined]
    app.register_blueprint(api_blueprint(deps))
    register_error_handlers(app)
    app.after_request(_protect)
    return app


def demo_people(deps: Deps) -> list[dict[str, object]]:
    from backend.seed.people import demo_people as people

    return people(deps)


def _protect(response: Response) -> Response:
    """Headers every page needs; pages that set their own policy keep it."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("X-Frame-Options", "DENY")
    if response.mimetype == "text/html":
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'",
        )
    response.headers.setdefault("Cache-Control", "no-store")
    return response
