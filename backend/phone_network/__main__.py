"""`python -m backend.phone_network --port N --data-dir D`: the phone network as a process of its own.

The account, the service number and the line's public address come from the environment (`TWILIO_ACCOUNT_SID`,
`TWILIO_AUTH_TOKEN`, `TWILIO_PHONE_NUMBER`, `PUBLIC_BASE_URL`), else from `demo.env` in the data directory.
"""

import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from backend.phone_network.demo_env import read_env
from backend.phone_network.server import build


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True, help="Loopback port to listen on; 0 picks one.")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--public-base-url", help="Where the line's webhooks are; else PUBLIC_BASE_URL.")
def main(port: int, data_dir: Path, public_base_url: str | None) -> None:
    """Run the simulated phone network until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s network %(levelname)s %(message)s")
    for chatty in ("httpx", "httpcore", "werkzeug"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    env = {**read_env(data_dir / "demo.env"), **os.environ}
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER")
    missing = [name for name in names if not env.get(name)]
    base = public_base_url or env.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or '8000'}"
    if missing:
        sys.exit(f"The phone network needs {', '.join(missing)}: set them, or start everything with `make run`.")
    account_sid, auth_token, number = (env[name] for name in names)
    try:
        network = build(data_dir, account_sid=account_sid, auth_token=auth_token, number=number,
                        public_base_url=base, port=port)  # fmt: skip
    except (OSError, SystemExit):
        sys.exit(f"The phone network cannot listen on port {port}: something else does. Choose another PORT.")

    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    logging.getLogger(__name__).info("network_ready url=%s", network.url)
    try:
        network.serve_forever()
    except KeyboardInterrupt:
        network.close()


if __name__ == "__main__":
    main()
