"""How many people are wanted changes only by a number of people, and by a great many only when asked back (E03)."""

from __future__ import annotations

import pytest

from backend.services.deps import Deps
from backend.store.models import Opening
from tests.integration.hire.conftest import Hire


@pytest.fixture
def posted(hire: Hire, deps: Deps) -> tuple[int, str]:
    """Five wanted, one has a place."""
    opening_id = hire.opening(headcount=5, filled=1, next_wave_at=None)
    return opening_id, hire.employer_number(opening_id)


def test_what_is_lacking_is_reckoned_from_those_who_come(hire: Hire, posted: tuple[int, str]) -> None:
    opening_id, employer = posted
    hire.text(employer, "还差三个人")
    assert hire.get(opening_id).headcount == 4


@pytest.mark.parametrize("words", ["再加20块", "还要两天", "再要两箱", "还差一百块没给他们"])
def test_a_number_of_something_else_changes_nobody(hire: Hire, posted: tuple[int, str], words: str) -> None:
    opening_id, employer = posted
    hire.text(employer, words)
    found = hire.get(opening_id)
    assert isinstance(found, Opening) and (found.headcount, found.status) == (5, "published")


def test_a_great_many_more_are_read_back_first(hire: Hire, posted: tuple[int, str]) -> None:
    opening_id, employer = posted
    assert "25个人" in hire.text(employer, "多要二十个人")
    assert hire.get(opening_id).headcount == 5
    hire.text(employer, "1")
    assert hire.get(opening_id).headcount == 25
