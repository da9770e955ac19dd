"""When a model is trained and when the trained one is found again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backend.run import training
from backend.settings import ROOT


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in (*training.INPUTS, "uv.lock"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        source = ROOT / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return tmp_path


@pytest.mark.parametrize(
    "changed", ["config.yml", "domain.yml", "bot/data/new.yml", "bot/components/new.py", "bot/dictionaries/new.tsv"]
)
def test_every_input_changes_the_models_name(sources: Path, changed: str) -> None:
    before = training.inputs_hash(sources)
    with (sources / changed).open("a") as file:
        file.write("\n# changed\n")
    assert training.inputs_hash(sources) != before


def test_another_version_of_the_engine_changes_it_and_another_tool_does_not(sources: Path) -> None:
    before = training.inputs_hash(sources)
    lock = sources / "uv.lock"
    lock.write_text(lock.read_text() + "\n# anything\n")
    assert training.inputs_hash(sources) == before
    lock.write_text(lock.read_text().replace('name = "rasa"\nversion = "3.6.21"', 'name = "rasa"\nversion = "3.6.99"'))
    assert training.inputs_hash(sources) != before


def test_where_the_sources_lie_and_what_python_compiled_do_not_matter(sources: Path, tmp_path: Path) -> None:
    before = training.inputs_hash(sources)
    (sources / "bot" / "components" / "__pycache__").mkdir(exist_ok=True)
    (sources / "bot" / "components" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert training.inputs_hash(sources) == before


def test_a_trained_model_is_found_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    model = tmp_path / f"{training.inputs_hash()}.tar.gz"
    model.write_bytes(b"a model")
    assert training.ensure_model(tmp_path, said.append) == model
    assert said == []


def test_a_training_that_fails_shows_the_engines_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tmp_path / "python"
    engine.write_text("#!/bin/sh\necho 'YamlException: domain.yml line 3'\nexit 1\n")
    engine.chmod(0o755)
    monkeypatch.setattr(training, "RASA_PYTHON", engine)
    with pytest.raises(training.TrainingFailed, match=r"domain\.yml line 3"):
        training.ensure_model(tmp_path, lambda _: None)
    assert not list(tmp_path.glob("*.tar.gz"))


def test_progress_is_told_in_steps_with_the_time_and_the_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tmp_path / "python"
    engine.write_text(
        "#!/bin/sh\n"
        "echo \"INFO Starting to train component 'LinearIntentClassifier'.\"\n"
        "echo \"INFO Finished training component 'LinearIntentClassifier'.\"\n"
        "echo \"INFO Starting to train component 'SpanExtractor'.\"\n"
        'while [ "$1" != --out ]; do shift; done; out=$2\n'
        'while [ "$1" != --fixed-model-name ]; do shift; done; echo model > "$out/$2.tar.gz"\n'
    )
    engine.chmod(0o755)
    monkeypatch.setattr(training, "RASA_PYTHON", engine)
    said: list[str] = []
    model = training.ensure_model(tmp_path / "models", said.append)
    assert model.exists()
    steps = [line for line in said if "%" in line]
    assert "  0 %  step 1 of" in steps[0]
    assert "LinearIntentClassifier" in steps[0]
    assert "step 2 of" in steps[1]
    assert "SpanExtractor" in steps[1]
    assert said[-1].startswith("trained in")
