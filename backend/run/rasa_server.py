"""Start the dialogue engine; run by the engine's own interpreter (Python 3.10), so it imports none of our code.

Rasa takes its access token only on the command line, where every user of the machine could read it; here it comes
from the environment. Usage: RASA_TOKEN=… MODEL_SHA256=… .venv-rasa/bin/python backend/run/rasa_server.py run --model …

A model file that is not what the list of models says is not loaded (T17): loading one can run what is in it.
"""

import hashlib
import os
import sys

# The exit status of one that refuses its model: starting it again helps nobody.
MODEL_REFUSED = 78


def main() -> None:
    token = os.environ.pop("RASA_TOKEN")
    check_model(sys.argv[sys.argv.index("--model") + 1], os.environ.pop("MODEL_SHA256"))
    # This file's own folder would otherwise come first on the path and shadow packages.
    sys.path[0] = os.getcwd()
    # With "=": a token may begin with a dash.
    sys.argv = ["rasa", *sys.argv[1:], f"--auth-token={token}"]
    from rasa.__main__ import main as rasa

    rasa()


def check_model(path: str, wanted: str) -> None:
    digest = hashlib.sha256()
    with open(path, "rb") as model:
        for block in iter(lambda: model.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != wanted:
        print("level=error event=model_refused its file is not the one that was trained")
        raise SystemExit(MODEL_REFUSED)


if __name__ == "__main__":
    main()
