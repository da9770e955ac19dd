"""The files of models: each is known by the hash of what is in it, and what is not on the list is not loaded (T17)."""

from __future__ import annotations

import json
import os
from pathlib import Path

from backend.dialogue.model_file import sha256_of

__all__ = ["allow", "is_allowed", "sha256_of"]

LIST = "allowed.json"


def allow(model: Path) -> str:
    """Put a model that was made just now on the list beside it, and protect it from a slip; return its hash."""
    listed = _listed(model.parent) or {}
    listed[model.name] = sha256_of(model)
    listed = {name: value for name, value in listed.items() if (model.parent / name).exists()}
    draft = model.parent / f"{LIST}.{os.getpid()}"
    draft.write_text(json.dumps(listed, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(model.parent / LIST)
    model.chmod(0o444)
    return listed[model.name]


def is_allowed(model: Path) -> bool:
    """Whether the file is what it was when it was made. A folder from before there was a list is taken as it is, once."""
    listed = _listed(model.parent)
    if listed is None:
        for each in sorted(model.parent.glob("*.tar.gz")):
            allow(each)
        return True
    return listed.get(model.name) == sha256_of(model)


def _listed(folder: Path) -> dict[str, str] | None:
    try:
        found = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
