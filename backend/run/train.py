"""`make train`: train the model if its inputs changed, and say where it is."""

import sys

from backend.errors import LinggongError
from backend.run import training
from backend.run.console import say
from backend.settings import load


def main() -> int:
    try:
        model = training.ensure_model(training.models_dir(load().data_dir), say)
    except LinggongError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; nothing was changed.")
        return 130
    say(f"the model is ready: {model}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
