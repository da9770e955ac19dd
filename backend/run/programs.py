"""The processes of `make run`: what each is started with and how one sees that it is up."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from backend.run.environment import engine_environment, plain_environment
from backend.run.rasa_server import MODEL_REFUSED
from backend.run.training import RASA_PYTHON
from backend.settings import Settings, inner_ports


@dataclass(frozen=True)
class Program:
    """One process. `foreign`: its log lines are not ours and are scrubbed before they are kept. `final_status`: an exit status
    after which starting it again helps nobody."""

    name: str
    argv: list[str]
    environment: dict[str, str] = field(repr=False)
    port: int | None = None
    foreign: bool = False
    final_status: int | None = None


def engine(settings: Settings, model: Path, sha256: str, port: int, *, name: str = "rasa", token: str = "") -> Program:
    """The dialogue engine with `model`, if that file still has the hash `sha256`, on a loopback port."""
    return Program(
        name,
        [
            str(RASA_PYTHON), "backend/run/rasa_server.py", "run", "--interface", "127.0.0.1",
            "--port", str(port), "--enable-api", "--model", str(model), "--quiet",
            "--credentials", "bot/credentials.yml", "--endpoints", "bot/endpoints.yml",
        ],
        engine_environment(
            {
                "RASA_TOKEN": token or settings.rasa_token,
                "MODEL_SHA256": sha256,
                "ACTION_ENDPOINT_URL": f"{settings.actions_url}/webhook",
                "MPLCONFIGDIR": str(settings.data_dir / "run"),
                # One interpreter serves one turn at a time; more threads only fight over the two cores.
                "OMP_NUM_THREADS": "1",
                "TF_NUM_INTRAOP_THREADS": "1",
                "TF_NUM_INTEROP_THREADS": "1",
            }
        ),
        port,
        foreign=True,
        final_status=MODEL_REFUSED,
    )  # fmt: skip


def programs(settings: Settings, model: Path, sha256: str, run_id: str) -> list[Program]:
    """Return the processes for `settings`, in the order they are started; Rasa first since it takes longest."""
    ports = inner_ports(settings.port)
    python = sys.executable
    service = {**os.environ, **_service_settings(settings), "RUN_ID": run_id, "PYTHONUNBUFFERED": "1"}
    web_address = f"http://127.0.0.1:{settings.port}"
    bind = os.environ.get("BIND") or "127.0.0.1"
    found = [
        engine(settings, model, sha256, ports["rasa"]),
        Program(
            "actions",
            [python, "-m", "actions"],
            plain_environment(
                {
                    "ACTIONS_TOKEN": settings.actions_token,
                    "BACKEND_URL": web_address,
                    "PORT": str(ports["actions"]),
                    "RASA_TELEMETRY_ENABLED": "false",
                }
            ),
            ports["actions"],
            foreign=True,
        ),
        Program(
            "web",
            [
                python, "-m", "gunicorn", "--config", "python:backend.run.gunicorn_conf",
                "--bind", f"{bind}:{settings.port}", "backend.app:create_app(serving=True)",
            ],
            service,
            settings.port,
        ),
        Program("worker", [python, "-m", "backend.worker"], service),
        Program("scheduler", [python, "-m", "backend.scheduler"], service),
        Program("trainer", [python, "-m", "backend.training"], service),
    ]  # fmt: skip
    if settings.carrier == "simulator":
        found.insert(
            2,
            Program(
                "network",
                [python, "-m", "backend.phone_network", "--port", str(ports["network"]),
                 "--data-dir", str(settings.data_dir)],
                # The telephone company knows the account, and neither our database nor our inner tokens.
                plain_environment(_network_settings(settings)),
                ports["network"],
            ),
        )  # fmt: skip
    return found


def _service_settings(settings: Settings) -> dict[str, str]:
    return {
        "PROFILE": settings.profile,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "API_TOKEN": settings.api_token,
        "ACTIONS_TOKEN": settings.actions_token,
        "RASA_TOKEN": settings.rasa_token,
        "NETWORK_URL": settings.network_url,
        "RASA_URL": settings.rasa_url,
        "ACTIONS_URL": settings.actions_url,
        **_network_settings(settings),
    }


def _network_settings(settings: Settings) -> dict[str, str]:
    return {
        "DATA_DIR": str(settings.data_dir),
        "PORT": str(settings.port),
        "PUBLIC_BASE_URL": settings.public_base_url,
        "CARRIER": settings.carrier,
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "TWILIO_PHONE_NUMBER": settings.twilio_phone_number,
    }
