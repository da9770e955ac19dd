"""Read `demo.env`: plain KEY=value lines that sh could source."""

import shlex
from pathlib import Path


def read_env(path: Path) -> dict[str, str]:
    """Return the settings of the file; a missing file is an empty one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    found = {}
    for line in lines:
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            found[name.strip()] = " ".join(shlex.split(value))
    return found
