"""How long what a member of staff did can be taken back by a press: an edit, a correction, a merge, a judgement, a closing (C5)."""

from __future__ import annotations

from datetime import timedelta

# A working day: who errs in the afternoon sees it the next morning. After that others have built on it.
TAKE_BACK_WITHIN = timedelta(days=1)
