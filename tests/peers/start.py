"""Start the Twilio doubles that others wrote (`npm ci` in this folder), each on a free loopback port.

`emulate` answers REST calls and sends signed webhooks; Prism checks every request against Twilio's own OpenAPI. What
is not installed is skipped, with the reason.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.ports import own_ports

PEERS = Path(__file__).resolve().parent
ROOT = PEERS.parents[1]
SPEC = ROOT.parent / "shared" / "peers" / "twilio_api_v2010.json"
EMULATE_ACCOUNT, EMULATE_TOKEN, EMULATE_NUMBER = "AC" + "0" * 32, "twilio_test_auth_token", "+8610000012333"
START_S = 90


def program(name: str) -> list[str]:
    """Return the command of an installed peer, or skip with the reason."""
    node = shutil.which("node")
    script = PEERS / "node_modules" / ".bin" / name
    if node is None:
        pytest.skip(f"{name} needs Node.js, which is not installed")
    if not script.exists():
        pytest.skip(f"{name} is not installed; run `npm ci` in tests/peers")
    return [node, "--require", str(PEERS / "loopback.cjs"), str(script)]


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[None]:
    """Run a peer until the block ends; fails with its own words if it does not come up."""
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=log.parent)
        try:
            end = time.monotonic() + START_S
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > end:
                        pytest.fail(f"{command[3]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def emulate(folder: Path, line_url: str) -> Iterator[str]:
    """Yield the base URL of an `emulate` whose one number sends its webhooks to `line_url`."""
    seed = folder / "emulate.json"
    seed.write_text(json.dumps({"twilio": {
        "account": {"sid": EMULATE_ACCOUNT, "auth_token": EMULATE_TOKEN, "friendly_name": "tests"},
        "phone_numbers": [{"phone_number": EMULATE_NUMBER, "sms_url": f"{line_url}/twilio/sms",
                           "voice_url": f"{line_url}/twilio/voice"}],
    }}))  # fmt: skip
    port = own_ports()
    command = [*program("emulate"), "start", "--service", "twilio", "--port", str(port), "--seed", str(seed)]
    with running(command, port, folder / "emulate.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def prism(folder: Path) -> Iterator[str]:
    """Yield the base URL of a Prism that answers a request outside Twilio's OpenAPI with 422."""
    if not SPEC.exists():
        pytest.skip(f"Twilio's OpenAPI is not at {SPEC.relative_to(ROOT.parent)}; it is not ours to ship")
    port = own_ports()
    command = [*program("prism"), "mock", "-p", str(port), "-h", "127.0.0.1", str(SPEC)]
    with running(command, port, folder / "prism.log"):
        yield f"http://127.0.0.1:{port}"
