"""The action server's HTTP side: `/webhook` for Rasa, `/health` for whoever watches; loopback only.

rasa-sdk brings the executor. Its own server is not used: it listens on every interface, allows every origin, and answers
an error with the whole tracker, words and all (reliability §4.1).
"""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
from typing import Any

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

import actions
from actions import backend_client
from actions.base import Act, BackendForm

log = logging.getLogger("actions")

# A tracker holds one turn; anything larger is not from our engine.
REQUEST_LIMIT = 2 * 1024 * 1024


def concrete_actions() -> dict[str, Action]:
    """Every action of this package by the name Rasa calls it."""
    for module in pkgutil.iter_modules(actions.__path__):
        if module.name != "__main__":
            importlib.import_module(f"actions.{module.name}")
    found: dict[str, Action] = {}
    classes: list[type[Action]] = list(Action.__subclasses__())
    while classes:
        one = classes.pop()
        classes += one.__subclasses__()
        if one.__module__.startswith("actions.") and one not in (Act, BackendForm):
            made = one()
            found[made.name()] = made
    return found


def make_executor() -> ActionExecutor:
    executor = ActionExecutor()
    for action in concrete_actions().values():
        executor.register_action(action)
    return executor


def create_app(executor: ActionExecutor | None = None) -> Sanic[Any, Any]:
    """Build the server; `POST /webhook` takes rasa-sdk's action call and gives `{"events": [...], "responses": [...]}`."""
    runner = executor or make_executor()
    app = Sanic("actions", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = REQUEST_LIMIT
    app.config.FALLBACK_ERROR_FORMAT = "json"

    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        name: Any = None
        try:
            call = json.loads(request.body)
            name = call.get("next_action")
            result = await runner.run(call)
        except ActionExecutionRejection as rejection:
            return json_response({"error": "rejected", "action_name": rejection.action_name}, status=400)
        except ActionNotFoundException:
            return json_response({"error": "no such action", "action_name": str(name)}, status=404)
        except Exception as problem:
            log.error("action_broken action=%s error=%s", name, type(problem).__name__)
            return json_response({"error": "the action failed", "action_name": str(name)}, status=500)
        return json_response(result.model_dump() if result else None)

    @app.before_server_stop
    async def close(app: Sanic[Any, Any]) -> None:
        if backend_client._client is not None:
            await backend_client._client.close()

    return app
