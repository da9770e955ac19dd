"""What Rasa is told about a dialogue at the start of each turn."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from backend.dialogue.state import FIELDS, open_field, open_form, open_question, restore

ROOT = Path(__file__).parents[3]


def asking(form: str, field: str, **facts: object) -> dict[str, object]:
    return {
        form: {"facts": facts, "skipped": [], "asked": field, "stage": "asking"},
        "pending": {"kind": "ask", "form": form, "field": field, "options": {}},
    }


def test_nothing_open_restores_no_form() -> None:
    assert restore({}) == {"form": None, "requested_slot": None, "slots": {}}
    assert restore(None)["form"] is None


def test_an_open_registration_restores_its_form_question_and_marks_but_no_words() -> None:
    context = asking("registration", "age", person_name="王秀英", job_type=["A01"])
    assert restore(context) == {
        "form": "registration_form",
        "requested_slot": "registration_age",
        "slots": {"registration_person_name": "given", "registration_job_type": "given"},
    }
    assert "王秀英" not in str(restore(context))


def test_a_question_passed_over_is_marked_so() -> None:
    context = asking("registration", "location", person_name="王秀英")
    context["registration"]["skipped"] = ["age"]  # type: ignore[index]
    assert restore(context)["slots"]["registration_age"] == "skipped"


def test_the_form_stays_where_it_was_after_a_digression_took_the_pending_question() -> None:
    context = asking("registration", "age", person_name="王秀英")
    context["pending"] = {"kind": "jobs", "options": {}}
    assert restore(context)["requested_slot"] == "registration_age"


@pytest.mark.parametrize("field", ["correction", None])
def test_what_is_wrong_then_belongs_to_the_confirmation(field: str | None) -> None:
    context = asking("registration", "age", person_name="王秀英")
    context["registration"] |= {"stage": "confirming", "asked": field}  # type: ignore[operator]
    context["pending"] = {"kind": "ask", "form": "registration", "field": field} if field else None
    assert open_field(context) == "confirm"


@pytest.mark.parametrize(("asked", "as_"), [("hours", "date"), ("insurance", "benefit"), ("requirements", "confirm")])
def test_a_question_the_engine_has_no_slot_for_is_read_as_one_whose_answers_are_alike(asked: str, as_: str) -> None:
    context = asking("posting", asked, job_type=["A01"], date="2026-06-12", benefit=["meals"])
    assert restore(context)["requested_slot"] == f"posting_{as_}"
    assert f"posting_{as_}" not in restore(context)["slots"]
    assert open_question(context) == asked  # the backend's own name for it


def test_with_two_forms_begun_the_one_whose_question_is_open_counts() -> None:
    context = {
        **asking("registration", "age"),
        "posting": {"facts": {}, "skipped": [], "asked": "date", "stage": "asking"},
    }
    assert open_form(context) == "registration"
    context["pending"] = {"kind": "jobs"}
    assert open_form(context) == "posting"


def test_every_field_is_a_slot_of_its_form_in_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for form, fields in FIELDS.items():
        slots = [f"{form}_{field}" for field in fields]
        assert domain["forms"][f"{form}_form"]["required_slots"] == slots
        assert set(slots) <= domain["slots"].keys()
