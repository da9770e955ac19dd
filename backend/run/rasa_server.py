"""Start the dialogue engine; run by the engine's own interpreter (Python 3.10), so it imports none of our code.

Rasa takes its access token only on the command line, where every user of the machine could read it; here it comes
from the environment. Usage: RASA_TOKEN=… .venv-rasa/bin/python backend/run/rasa_server.py run …
"""

import os
import sys


def main() -> None:
    token = os.environ.pop("RASA_TOKEN")
    # This file's own folder would otherwise come first on the path and shadow packages.
    sys.path[0] = os.getcwd()
    # With "=": a token may begin with a dash.
    sys.argv = ["rasa", *sys.argv[1:], f"--auth-token={token}"]
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
