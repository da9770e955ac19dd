"""The fixtures of this room: the browser's, and the copies of the service for the fault tests."""

from tests.e2e.browser import browser, open_window
from tests.e2e.support_copies import copy, first, pytest_collection_modifyitems, second

__all__ = ["browser", "copy", "first", "open_window", "pytest_collection_modifyitems", "second"]
