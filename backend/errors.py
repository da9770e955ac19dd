"""The errors we raise on purpose, under one root; the edges turn them into answers (STYLE §5)."""


class LinggongError(Exception):
    """Root of every error that a caller is expected to handle."""


class SettingsError(LinggongError):
    """A setting is missing, default or unusable; the message says what to do. Stops the start."""


class NotFound(LinggongError):
    """There is no such thing, or the asker may not know that there is."""


class Conflict(LinggongError):
    """The truth has moved on: the place is gone, the status no longer allows this.

    `reason` is a stable word the API and the channels can branch on, e.g. `full`, `overlap`, `not_open`.
    """

    def __init__(self, message: str, *, reason: str, **facts: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.facts = facts


class Invalid(LinggongError):
    """A value that cannot be stored; `fields` maps a field name to one plain sentence."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class TooLong(Invalid):
    """More was written than is kept: `count` signs where `most` may be."""

    def __init__(self, field: str, most: int, count: int) -> None:
        super().__init__(f"{field} is too long", {field: "too_long"})
        self.most, self.count = most, count


class Forbidden(LinggongError):
    """Known and logged in, yet not allowed to do this."""


class EngineUnavailable(LinggongError):
    """The dialogue engine did not give a usable answer within its deadline; the menu takes over."""


class CarrierError(LinggongError):
    """The carrier did not take a message or call.

    `permanent`: trying again cannot help. `outcome_unknown`: it may have been taken; reconcile before resending (F6).
    """

    def __init__(
        self, message: str, *, permanent: bool = False, code: str | None = None, outcome_unknown: bool = False
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code
        self.outcome_unknown = outcome_unknown
