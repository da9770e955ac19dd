"""The reader's words: Chinese sentences are the keys, `translations/` holds their English."""

from __future__ import annotations

from typing import Any

import flask_babel  # type: ignore[import-untyped]


def gettext(sentence: str, **values: Any) -> str:
    """`sentence` in the reader's language, with `%(name)s` filled from `values`."""
    return str(flask_babel.gettext(sentence, **values))


def english() -> bool:
    """Whether the reader of this page reads English."""
    return str(flask_babel.get_locale() or "zh").startswith("en")
