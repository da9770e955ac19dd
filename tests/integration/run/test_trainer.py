"""A training from the row to the verdict, with real processes; a small engine stands for Rasa (the real one: tests/e2e)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select

from backend.domain.model_scores import Heard, Scores
from backend.run import engines, programs, training
from backend.services import dialogue_models, retrain, training_examples
from backend.services.staff_login import Member
from backend.settings import ROOT
from backend.store.models import DialogueModel, ModelSwitch, TrainingExample
from backend.training import exam
from backend.training.job import Stopped
from backend.training.keeper import Keeper
from tests.support.waiting import wait_for

EXAM = [("有没得活路", "search_jobs"), ("我要退订", "stop_messages"), ("早上好", "greet"), ("多谢了", "thank")]
RIGHT = dict(EXAM)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the small engine in place of Rasa's interpreter, and an exam of four sentences."""
    engine = tmp_path / "engine" / "python"
    engine.parent.mkdir()
    source = (ROOT / "tests/support/pretend_engine.py").read_text(encoding="utf-8")
    engine.write_text(f"#!{sys.executable}\n" + source.split("\n", 1)[1], encoding="utf-8")
    engine.chmod(0o755)
    (engine.parent / "ANSWERS").write_text(json.dumps(RIGHT, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr(training, "RASA_PYTHON", engine)
    monkeypatch.setattr(programs, "RASA_PYTHON", engine)
    questions = tmp_path / "exam"
    questions.mkdir()
    lines = [
        json.dumps({"text": t, "channel": "sms", "intent": i, "entities": {}}, ensure_ascii=False) for t, i in EXAM
    ]
    (questions / "ours.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(exam, "SENTENCES", questions)
    monkeypatch.setenv("MODELS_DIR", str(tmp_path / "models"))
    return engine.parent


@pytest.fixture
def line(deps: Any, make: Any, workshop: Path, tmp_path: Path) -> Any:
    """The line, started with a model of the program's own that knows the exam by heart."""
    deps.settings = replace(deps.settings, data_dir=tmp_path / "data")
    own = tmp_path / "models" / f"{training.inputs_hash()}.tar.gz"
    own.parent.mkdir()
    own.write_text("{}", encoding="utf-8")
    dialogue_models.at_start(
        deps.db, deps.settings, dialogue_models.Chosen(own, dialogue_models.sha256_of(own)), deps.clock()
    )
    return deps


@pytest.fixture
def county(make: Any) -> Member:
    with make() as f:
        person = f.make_staff("county", "500114", login="xian", name="窗口")
        return Member(**{name: getattr(person, name, "") for name in Member.__dataclass_fields__})


@pytest.fixture
def taught(line: Any, county: Member) -> Callable[[str, str], int]:
    """`taught(intent, text)`: reviewed, and a training asked for; returns its number."""

    def add(intent: str, text: str) -> int:
        with line.db.write() as session:
            session.add(TrainingExample(channel="sms", intent=intent, text=text, staff_id=county.id, at=line.clock()))
        return retrain.ask(line, county)

    return add


def row(line: Any, model_id: int) -> DialogueModel:
    with line.db.read() as session:
        found = session.get_one(DialogueModel, model_id)
        _ = found.scores, found.compared, found.example_hashes
        return found


def test_what_was_reviewed_is_learnt_scored_and_ready(line, taught, county):
    model = taught("report_problem", "工头电话打不通")
    assert Keeper(line).train_if_asked()
    done = row(line, model)
    assert (done.status, done.problem, done.slot, done.share) == ("ready", None, None, 100)
    assert (done.examples, done.added, done.held_back) == (1, 1, 0)
    assert done.figures == {"intent": 1, "entity_f1": 0, "wrong_acts": 0, "n": 4, "held": 0, "held_right": 0, "learnt": 1,
                            "learnt_right": 1}  # fmt: skip
    assert (done.figures_before["intent"], done.figures_before["learnt_right"]) == (1, 0)
    file = dialogue_models.file_of(line.settings, done)
    assert dialogue_models.sha256_of(file) == done.sha256
    assert file.stat().st_mode & 0o222 == 0
    assert not list((line.settings.data_dir / "training").glob("work-*"))
    assert not Keeper(line).train_if_asked()


def test_a_model_that_scores_lower_is_refused_and_not_kept(line, taught, workshop):
    """T17: one sentence marked wrongly, and what was understood before is not any more."""
    model = taught("thank", "有没得活路。")
    assert Keeper(line).train_if_asked()
    done = row(line, model)
    assert (done.status, done.problem, done.dropped, done.file_kept) == ("refused", "scored_lower", ["intent"], False)
    [worse_one] = done.compared["worse"]
    assert (worse_one["intent"], worse_one["before"], worse_one["after"]) == ("search_jobs", 1, 0)
    assert worse_one["sentences"] == [{"text": "有没得活路", "before": "search_jobs", "after": "thank"}]
    assert done.compared["turned"]["intent"] == {"n": 4, "worse": 1, "better": 0}
    assert not list(dialogue_models.models_folder(line.settings).glob("*.tar.gz"))


def test_what_the_best_model_so_far_knew_must_not_be_lost_bit_by_bit(line, taught, workshop):
    """The model in use does not know it any more either; one before did."""
    kept = Scores()
    for place, one in enumerate(exam.cases([], [])):
        kept.add(place, one, Heard(one.intent, one.entities))
    with line.db.write() as session:
        own = session.scalars(select(DialogueModel)).one()
        session.add(DialogueModel(origin="trained", status="ready", tree=own.tree, requested_at=line.clock(), figures={"n": 4},
                                  scores=kept.to_json()))  # fmt: skip
    (workshop / "ANSWERS").write_text(
        json.dumps({**RIGHT, "有没得活路": "greet"}, ensure_ascii=False), encoding="utf-8"
    )
    model = taught("greet", "早哦")
    Keeper(line).train_if_asked()
    done = row(line, model)
    assert (done.status, done.problem, done.dropped) == ("refused", "below_best", ["intent"])
    assert done.compared["turned"]["intent"] == {"n": 4, "worse": 0, "better": 0}
    assert done.compared["since_best"] == {"intent": {"n": 4, "worse": 1, "better": 0}}


def test_without_any_model_to_compare_with_nothing_is_trained(line, taught, tmp_path):
    model = taught("greet", "早哦")
    own_of(line).path.unlink()
    Keeper(line).train_if_asked()
    assert (row(line, model).status, row(line, model).problem) == ("failed", "nothing_to_compare")


def test_the_same_sentences_trained_again_leave_the_file_of_the_first_training_whole(line, in_use, taught, county):
    """Back to an older set: of the same name, not of the same file, for no archive is like the other."""
    later = taught("thank", "多谢咯")
    Keeper(line).train_if_asked()
    put_in_use(line, county, later)
    with line.db.write() as session:
        session.delete(session.scalars(select(TrainingExample).where(TrainingExample.intent == "thank")).one())
    again = retrain.ask(line, county)
    Keeper(line).train_if_asked()
    done = row(line, again)
    assert (done.status, done.name, done.sha256 == in_use.sha256) == ("ready", in_use.name, False)
    for one in (in_use, row(line, later), done):
        assert dialogue_models.sha256_of(dialogue_models.file_of(line.settings, one)) == one.sha256


def test_a_training_the_engine_refuses_is_failed_with_a_reason(line, taught, workshop):
    (workshop / "FAIL").touch()
    model = taught("greet", "早哦")
    Keeper(line).train_if_asked()
    assert (row(line, model).status, row(line, model).problem, row(line, model).slot) == (
        "failed",
        "engine_refused",
        None,
    )
    assert "YamlException" in (line.settings.data_dir / "training" / "last.log").read_text()


def in_the_background(keeper: Keeper) -> threading.Thread:
    def work() -> None:
        try:
            keeper.train_if_asked()
        except Stopped:
            return

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def engines_at_work() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ends while it is looked at, as the database's do all the time
            if "train" in " ".join(process.cmdline()):
                found.append(process)
    return found


def test_cancelling_ends_the_training_and_every_process_of_it(line, taught, workshop, county):
    (workshop / "HANG").touch()
    model = taught("greet", "早哦")
    thread = in_the_background(Keeper(line))
    wait_for(lambda: row(line, model).step == "learning", what="it learns")
    assert engines_at_work()
    retrain.cancel(line, county, model)
    thread.join(60)
    assert row(line, model).status == "cancelled"
    assert engines_at_work() == []


def test_a_trainer_that_is_told_to_stop_leaves_it_to_the_next_which_starts_over(line, taught, workshop):
    (workshop / "HANG").touch()
    model = taught("greet", "早哦")
    told = threading.Event()
    thread = in_the_background(Keeper(line, stopping=told.is_set))
    wait_for(lambda: row(line, model).step == "learning", what="it learns")
    told.set()
    thread.join(60)
    assert (row(line, model).status, engines_at_work()) == ("queued", [])
    (workshop / "HANG").unlink()
    assert Keeper(line).train_if_asked()
    assert row(line, model).status == "ready"


def test_a_change_is_passed_on_to_the_watcher_and_its_end_written_down(line, taught, county):
    model = taught("greet", "早哦")
    keeper = Keeper(line)
    keeper.train_if_asked()
    dialogue_models.switch(line, county, model)
    data_dir = line.settings.data_dir
    wait_for(lambda: keeper.look() or (data_dir / engines.WANTED).exists(), what="the change is passed on")
    wanted = json.loads((data_dir / engines.WANTED).read_text())
    assert wanted["sha256"] == row(line, model).sha256 and Path(wanted["model"]).exists()
    (data_dir / engines.OUTCOME).write_text(json.dumps({"switch": wanted["switch"], "problem": None}))

    def done() -> bool:
        keeper.look()
        with line.db.read() as session:
            return session.get_one(ModelSwitch, wanted["switch"]).status == "done"

    wait_for(done, what="the change is written down")
    with line.db.read() as session:
        assert dialogue_models.queries.in_use(session).id == model


def own_of(line: Any) -> dialogue_models.Chosen:
    path = training.models_dir(line.settings.data_dir) / f"{training.inputs_hash()}.tar.gz"
    return dialogue_models.Chosen(path, dialogue_models.sha256_of(path))


@pytest.fixture
def in_use(line: Any, taught: Any, county: Member) -> DialogueModel:
    """A model trained here that is in use."""
    model = taught("greet", "早哦")
    Keeper(line).train_if_asked()
    put_in_use(line, county, model)
    return row(line, model)


def put_in_use(line: Any, county: Member, model: int) -> None:
    dialogue_models.switch(line, county, model)
    with line.db.read() as session:
        change, _ = dialogue_models.asked(session)
    dialogue_models.settle(line.db, change.id, line.clock())


def test_after_a_restart_the_chosen_model_is_used_on(line, in_use):
    chosen, said = dialogue_models.at_start(line.db, line.settings, own_of(line), line.clock())
    assert (chosen.path.name, chosen.sha256, said) == (f"{in_use.sha256[:16]}.tar.gz", in_use.sha256, None)


def test_an_altered_model_file_is_not_loaded_and_that_is_said(line, in_use):
    """T17"""
    file = dialogue_models.file_of(line.settings, in_use)
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b" ")
    chosen, said = dialogue_models.at_start(line.db, line.settings, own_of(line), line.clock())
    assert chosen.path == own_of(line).path and "altered" in said
    assert not row(line, in_use.id).file_kept


def test_what_the_watcher_put_in_the_place_of_an_altered_model_is_written_down_and_it_can_be_trained_again(
    line, in_use, county
):
    """I1, T17"""
    keeper = Keeper(line)
    keeper.look()
    assert dialogue_models_in_use(line) == in_use.id
    answering = line.settings.data_dir / engines.address.FILE
    answering.parent.mkdir(parents=True, exist_ok=True)
    answering.write_text(json.dumps({"url": "http://127.0.0.1:1", "model": own_of(line).path.name}))

    def written_down() -> bool:
        keeper.look()
        return dialogue_models_in_use(line) != in_use.id

    wait_for(written_down, what="it is written down")
    with line.db.read() as session:
        assert dialogue_models.queries.in_use(session).origin == "tree"
        assert dialogue_models.queries.last_switch(session).kind == "fell_back"
        assert dialogue_models.queries.before(session) is None
    assert not row(line, in_use.id).file_kept
    assert retrain.ask(line, county) > in_use.id


def dialogue_models_in_use(line: Any) -> int:
    with line.db.read() as session:
        return dialogue_models.queries.in_use(session).id


def test_a_newer_program_starts_with_its_own_model_and_the_older_one_cannot_be_put_in_use(
    line, in_use, county, tmp_path
):
    newer = tmp_path / "models" / "ffffffffffffffff.tar.gz"
    shutil.copy(own_of(line).path, newer)
    own = dialogue_models.Chosen(newer, dialogue_models.sha256_of(newer))
    chosen, said = dialogue_models.at_start(line.db, line.settings, own, line.clock())
    assert chosen.path == newer and "newer" in said
    with pytest.raises(Exception, match="another version"):
        dialogue_models.switch(line, county, in_use.id)
    # Started once more it has nothing more to say.
    assert dialogue_models.at_start(line.db, line.settings, own, line.clock())[1] is None


def test_only_the_last_models_the_one_in_use_and_the_one_asked_for_are_kept(line, in_use, county):
    folder = dialogue_models.models_folder(line.settings)
    with line.db.write() as session:
        for number in range(5):
            sha256 = f"{number:064x}"[::-1]
            (folder / f"{sha256[:16]}.tar.gz").write_text("x")
            session.add(DialogueModel(origin="trained", status="ready", name="a" * 16, tree=in_use.tree, file_kept=True,
                                      sha256=sha256, requested_at=line.clock()))  # fmt: skip
    first = in_use.id + 1
    dialogue_models.switch(line, county, first)
    dialogue_models.forget_old(line.db, line.settings)
    stay = {in_use.id, first, first + 2, first + 3, first + 4}
    with line.db.read() as session:
        kept = session.scalars(
            select(DialogueModel).where(DialogueModel.file_kept, DialogueModel.origin == "trained")
        ).all()
        assert {one.id for one in kept} == stay
        assert {dialogue_models.file_of(line.settings, one) for one in kept} == set(folder.glob("*.tar.gz"))


def test_the_file_of_reviewed_sentences_is_written_before_it_is_read(line, taught):
    taught("greet", "早哦")
    assert "早哦" in training_examples.path(line.settings).read_text(encoding="utf-8")


def test_the_trainer_and_all_it_starts_let_the_line_go_first() -> None:
    code = "import os; from backend.training.keeper import step_back; step_back(); print(os.nice(0)); print(open('/proc/self/autogroup').read())"
    seen = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, start_new_session=True
    ).stdout
    assert seen.startswith(str(exam.NICE))
    if Path("/proc/self/autogroup").exists():
        assert f"nice {exam.NICE}" in seen
