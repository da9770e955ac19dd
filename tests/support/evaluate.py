"""`make eval`: the score on the labelled messages, against a running service or one started for it.

Usage: python -m tests.support.evaluate [--url URL --token TOKEN] [FILE.jsonl …]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from backend import settings as settings_module
from backend.settings import ROOT
from tests.support.throwaway import started

DATA = ROOT / "tests" / "data"
SAMPLES = ("sample-sms.jsonl", "sample-voice.jsonl", "held_back.jsonl")


@contextmanager
def service(url: str | None, token: str | None) -> Iterator[tuple[str, str]]:
    """(address, API token) of the service asked for, of the one `make run` has up, or of one started for this."""
    if url:
        yield url, token or ""
        return
    settings = settings_module.load()
    try:
        if httpx.get(f"http://127.0.0.1:{settings.port}/readyz", timeout=3, trust_env=False).status_code == 200:
            print(f"using the service at port {settings.port}.")
            yield f"http://127.0.0.1:{settings.port}", settings.api_token
            return
    except httpx.HTTPError:
        pass
    print("no service is running; starting one for this.", flush=True)
    with started() as stack:
        yield stack.url, stack.secrets["API_TOKEN"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, default=[DATA / name for name in SAMPLES])
    parser.add_argument("--url")
    parser.add_argument("--token")
    options = parser.parse_args()
    with service(options.url, options.token) as (url, token):
        for file in options.files:
            print(f"\n== {file.name}", flush=True)
            # The scorer is the contract's own program, run as it is.
            scored = subprocess.run(
                [sys.executable, str(DATA / "score.py"), str(file), "--url", url], env={"API_TOKEN": token}, check=False
            )
            if scored.returncode:
                return scored.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
