"""What each process may see of the environment: nobody gets more than it needs."""

from __future__ import annotations

import os

from backend.settings import ROOT

# What a program needs to run at all; nothing of ours.
_PLAIN = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "USER", "LOGNAME", "LD_LIBRARY_PATH")


def plain_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """An environment with no setting and no secret of ours, plus `extra`."""
    return {
        **{name: os.environ[name] for name in _PLAIN if name in os.environ},
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        **(extra or {}),
    }


def engine_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The sealed environment of Rasa: no secrets, no database, no telemetry (DESIGN §1)."""
    return plain_environment(
        {
            "PYTHONPATH": str(ROOT),
            "RASA_TELEMETRY_ENABLED": "false",
            "LOG_LEVEL": "WARNING",
            "LOG_LEVEL_LIBRARIES": "ERROR",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "-1",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "PYTHONWARNINGS": "ignore",
            "PYTHONDONTWRITEBYTECODE": "1" if not os.access(ROOT, os.W_OK) else "",
            # Two runs from the same inputs give the same model.
            "PYTHONHASHSEED": "0",
            **(extra or {}),
        }
    )
