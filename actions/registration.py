"""Being entered in the worker library."""

from actions.base import BackendForm


class ValidateRegistrationForm(BackendForm):
    """Name, age, village, trades, days, pay, then the confirmation with the consent notice."""

    form = "registration"
    start_act = "register"
    note_act = "note_registration"
