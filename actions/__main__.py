"""`python -m actions`: the action server on 127.0.0.1:PORT; needs ACTIONS_TOKEN and BACKEND_URL."""

import logging
import os
import sys

from actions.server import create_app


def main() -> None:
    missing = [name for name in ("ACTIONS_TOKEN", "BACKEND_URL", "PORT") if not os.environ.get(name)]
    if missing:
        sys.exit(f"Set {', '.join(missing)} before starting the action server.")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    # The HTTP client logs each address, and the turn's token is part of it.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    app = create_app()
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
