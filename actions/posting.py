"""Hiring by text or call."""

from actions.base import BackendForm


class ValidatePostingForm(BackendForm):
    """Trade, number of people, place, days, pay, meals and the like, then the confirmation."""

    form = "posting"
    start_act = "post_job"
    note_act = "note_posting"
