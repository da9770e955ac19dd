"""Every sentence of the console has its English, and the compiled catalogue is the written one."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

CONSOLE = Path(__file__).resolve().parents[3] / "backend" / "console"
CATALOGUE = CONSOLE / "translations" / "en" / "LC_MESSAGES"
KEYWORDS = {"_": None, "gettext": None, "N_": None}


def written():
    with (CATALOGUE / "messages.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


def test_every_sentence_of_pages_and_labels_has_its_english():
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    said = {message for _, _, message, _, _ in extract_from_dir(CONSOLE, methods, keywords=KEYWORDS)}
    assert len(said) > 300
    assert sorted(said - set(written())) == []
    assert [sentence for sentence in said if not written()[sentence]] == []


def test_english_names_the_same_values():
    def names(text):
        return sorted(re.findall(r"%\((\w+)\)s", text))

    assert [id for id, english in written().items() if names(id) != names(english)] == []


def test_the_compiled_catalogue_is_the_written_one():
    with (CATALOGUE / "messages.mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == written()
