"""Another model is put in use while the service runs: real processes, real HTTP; a small engine stands for Rasa."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.dialogue.address import FILE, EngineAddress, engine_address
from backend.dialogue.model_file import sha256_of
from backend.dialogue.rasa import RasaEngine
from backend.run import engines, model_files, training
from backend.run.programs import Program
from backend.run.rasa_server import MODEL_REFUSED
from backend.run.supervisor import Supervisor
from backend.settings import ROOT, Settings, inner_ports, load
from tests.support.ports import own_ports
from tests.support.waiting import wait_for

TOKEN = "a-token"


def pretend(settings: Settings, model: Path, sha256: str, port: int, *, name: str = "rasa") -> Program:
    """As `programs.engine`, with the small engine behind the same check of the model file."""
    check = (
        "import runpy, sys; sys.path.insert(0, 'backend/run'); import rasa_server;"
        "rasa_server.check_model(sys.argv[sys.argv.index('--model') + 1], sys.argv.pop());"
        "runpy.run_path('tests/support/pretend_engine.py', run_name='__main__')"
    )
    argv = [sys.executable, "-c", check, "run", "--port", str(port), "--model", str(model), sha256]
    return Program(
        name, argv, {"RASA_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}, port, foreign=True, final_status=MODEL_REFUSED
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = load({"DATA_DIR": str(tmp_path), "PORT": str(own_ports())})
    return replace(found, rasa_token=TOKEN)


@pytest.fixture
def models(tmp_path: Path) -> tuple[Path, Path]:
    """Two models: what the first takes for a greeting is thanks to the second."""
    made = []
    for name, intent in (("first", "greet"), ("second", "thank")):
        path = tmp_path / f"{name}.tar.gz"
        path.write_text(json.dumps({"你好": intent}), encoding="utf-8")
        made.append(path)
    return made[0], made[1]


@pytest.fixture
def line(settings: Settings, models: tuple[Path, Path]) -> Iterator[engines.Engines]:
    """The watcher with one engine that answers; stopped at the end."""
    first, second = models
    ports = inner_ports(settings.port)
    watcher = Supervisor([pretend(settings, first, sha256_of(first), ports["rasa"])], settings.data_dir)
    made = engines.Engines(settings, watcher, make=pretend, drain_s=1.0, own=(second, sha256_of(second)))
    thread = threading.Thread(target=watcher.run, args=(lambda: None, lambda: None, made.tick))
    thread.start()
    client = RasaEngine(engine_address(settings), TOKEN)
    wait_for(client.is_ready, what="the first engine answers")
    client.close()
    yield made
    watcher.request_stop()
    thread.join(60)


def ended(settings: Settings, switch_id: int) -> Callable[[], bool]:
    return lambda: engines.outcome(settings.data_dir, switch_id)[0]


def pid(settings: Settings, name: str) -> str | None:
    try:
        return (settings.data_dir / "run" / f"{name}.pid").read_text() or None
    except FileNotFoundError:
        return None


def refusals(settings: Settings, name: str) -> int:
    return (settings.data_dir / "logs" / f"{name}.log").read_text().count("model_refused")


def test_not_one_reading_fails_while_the_model_is_changed_and_changed_back(line, settings, models) -> None:
    """Four readers without a pause; each reading is one model's or the other's, none is late, none is lost."""
    heard: list[str] = []
    failed: list[Exception] = []
    over = threading.Event()

    def reader() -> None:
        engine = RasaEngine(engine_address(settings), TOKEN)
        while not over.is_set():
            try:
                heard.append(engine.parse("你好", 4.0).intent)
            except Exception as problem:
                failed.append(problem)
        engine.close()

    readers = [threading.Thread(target=reader) for _ in range(4)]
    for one in readers:
        one.start()
    try:
        for number, (model, meant, old) in enumerate(
            ((models[1], "thank", "rasa"), (models[0], "greet", "rasa-2"), (models[1], "thank", "rasa")), start=1
        ):
            engines.ask_for(settings.data_dir, number, model, sha256_of(model))
            wait_for(ended(settings, number), what="the change is done")
            assert engines.outcome(settings.data_dir, number) == (True, None)
            so_far = len(heard)
            wait_for(lambda so_far=so_far: len(heard) > so_far + 20, what="more was read")
            assert set(heard[so_far + 8 :]) == {meant}  # from the very next reading on
            wait_for(lambda old=old: pid(settings, old) is None, what="the engine before has gone")
    finally:
        over.set()
        for one in readers:
            one.join(60)
    assert failed == []
    assert len(heard) > 100


def test_an_altered_model_is_not_loaded_and_the_one_before_goes_on(line, settings, models) -> None:
    """T17"""
    known = sha256_of(models[1])
    models[1].write_text(json.dumps({"你好": "apply_job"}), encoding="utf-8")
    engines.ask_for(settings.data_dir, 7, models[1], known)
    wait_for(ended(settings, 7), what="the change has ended")
    assert engines.outcome(settings.data_dir, 7) == (True, "engine_ended")
    engine = RasaEngine(engine_address(settings), TOKEN)
    assert engine.parse("你好", 4.0).intent == "greet"
    engine.close()
    # What an engine said is written down by a reader of its own, maybe after its end was seen.
    wait_for(lambda: refusals(settings, "rasa-2") == 1, what="the log says why")
    wait_for(lambda: pid(settings, "rasa-2") is None, what="nothing of it is left")


def test_when_the_file_of_the_model_in_use_was_altered_the_programs_own_takes_its_place(
    line, settings, models, capsys
) -> None:
    """I1, T17: its engine dies, and is not started over and over with a file that it refuses."""
    models[0].write_text(json.dumps({"你好": "apply_job"}), encoding="utf-8")
    subprocess.run(["kill", "-9", str(pid(settings, "rasa"))], check=True)
    wait_for(lambda: engines.answering(settings.data_dir), what="another took over")
    assert engines.answering(settings.data_dir) == models[1].name
    engine = RasaEngine(engine_address(settings), TOKEN)
    assert engine.parse("你好", 4.0).intent == "thank"
    engine.close()
    assert pid(settings, "rasa") is None
    wait_for(lambda: refusals(settings, "rasa") > 0, what="the log says why")
    assert refusals(settings, "rasa") == 1
    said = capsys.readouterr().out
    assert "rasa refuses its model file" in said and "the program's own takes its place" in said
    # It can be changed again afterwards.
    models[0].write_text(json.dumps({"你好": "greet"}), encoding="utf-8")
    engines.ask_for(settings.data_dir, 3, models[0], sha256_of(models[0]))
    wait_for(ended(settings, 3), what="the change has ended")
    assert engines.outcome(settings.data_dir, 3) == (True, None)


def test_a_wish_that_cannot_be_read_stops_nothing(line, settings, models) -> None:
    for wish in ("{", "[]", "{}", '{"switch": 1}', '{"switch": "x", "model": 7, "sha256": null}'):
        (settings.data_dir / engines.WANTED).write_text(wish)
        line.tick()
    engines.ask_for(settings.data_dir, 9, models[1], sha256_of(models[1]))
    wait_for(ended(settings, 9), what="the next one is done all the same")
    assert engines.outcome(settings.data_dir, 9) == (True, None)


def test_the_second_engine_is_started_again_when_it_dies_after_it_took_over(line, settings, models) -> None:
    engines.ask_for(settings.data_dir, 1, models[1], sha256_of(models[1]))
    wait_for(ended(settings, 1), what="the change is done")
    before = pid(settings, "rasa-2")
    subprocess.run(["kill", "-9", str(before)], check=True)
    wait_for(lambda: pid(settings, "rasa-2") not in (None, before), what="it was started again")
    engine = RasaEngine(engine_address(settings), TOKEN)
    wait_for(engine.is_ready, what="it answers")
    engine.close()


def test_rasa_itself_is_not_started_with_a_file_that_is_not_on_the_list(tmp_path: Path) -> None:
    """T17: the check stands in front of Rasa's own code, whoever starts it."""
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"something else")
    ended_ = subprocess.run(
        [sys.executable, "backend/run/rasa_server.py", "run", "--model", str(model)],
        cwd=ROOT, env={"RASA_TOKEN": "t", "MODEL_SHA256": "0" * 64}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended_.returncode == 78
    assert "model_refused" in ended_.stdout


def test_an_altered_model_of_the_program_is_put_aside_and_trained_anew(tmp_path: Path, monkeypatch: Any) -> None:
    """T17"""
    model = tmp_path / f"{training.inputs_hash()}.tar.gz"
    model.write_bytes(b"as trained")
    model_files.allow(model)
    model.chmod(0o644)
    model.write_bytes(b"as somebody would like it")
    monkeypatch.setattr(training, "_train", lambda name, path, say: path.write_bytes(b"trained anew"))
    said: list[str] = []
    assert training.ensure_model(tmp_path, said.append).read_bytes() == b"trained anew"
    assert model_files.is_allowed(model)
    assert "put aside" in said[0]


def test_a_model_that_nobody_trained_here_is_not_on_the_list(tmp_path: Path) -> None:
    known, strange = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz"
    known.write_bytes(b"a")
    assert model_files.is_allowed(known)  # from before there was a list: taken as it is, once
    strange.write_bytes(b"b")
    assert not model_files.is_allowed(strange)
    (tmp_path / model_files.LIST).write_text("not JSON")
    assert not model_files.is_allowed(known)


def test_an_address_elsewhere_than_on_this_machine_is_not_followed(tmp_path: Path) -> None:
    file = tmp_path / "engine.json"
    address = EngineAddress("http://127.0.0.1:1", file)
    assert address() == "http://127.0.0.1:1"
    for content in ('{"url": "http://10.0.0.1:5005"}', '{"url": 7}', "{", "[]"):
        file.write_text(content)
        assert address() == "http://127.0.0.1:1"
    file.write_text('{"url": "http://127.0.0.1:2"}')
    assert address() == "http://127.0.0.1:2"
    file.unlink()
    assert address() == "http://127.0.0.1:1"


def test_an_engine_that_somebody_else_looks_after_is_left_where_it_is(settings: Settings) -> None:
    (settings.data_dir / FILE).parent.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / FILE).write_text('{"url": "http://127.0.0.1:2"}')
    assert engine_address(settings)() == "http://127.0.0.1:2"
    assert engine_address(replace(settings, rasa_url="http://10.1.1.1:5005"))() == "http://10.1.1.1:5005"


def test_what_the_engine_before_could_not_do_says_nothing_about_the_next(line, settings, models) -> None:
    ports = inner_ports(settings.port)
    now = [f"http://127.0.0.1:{ports['network']}"]  # nobody listens
    engine = RasaEngine(lambda: now[0], TOKEN)
    for _ in range(4):
        with pytest.raises(Exception, match=r"reached|repeatedly"):
            engine.parse("你好", 1.0)
    now[0] = f"http://127.0.0.1:{ports['rasa']}"
    assert engine.parse("你好", 4.0).intent == "greet"
    engine.close()
    assert httpx.get(f"{now[0]}/status", params={"token": TOKEN}, trust_env=False).status_code == 200
