"""The browser's fixtures, for every test of this room."""

from tests.e2e.browser import browser, open_window

__all__ = ["browser", "open_window"]
