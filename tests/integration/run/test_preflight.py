"""What is in the way of a start is named, with what to do about it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from backend.run import preflight
from backend.run.environment import engine_environment, plain_environment
from backend.run.programs import programs
from backend.settings import Settings, load
from tests.support.ports import own_ports


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"DATA_DIR": str(tmp_path), "PORT": str(own_ports())})


def test_a_port_in_use_is_named_with_who_uses_it_and_another_is_proposed(settings: Settings) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", settings.port + 1))
        other.listen()
        with pytest.raises(preflight.CannotStart) as told:
            preflight.check_ports(settings)
    words = str(told.value)
    assert f"port {settings.port + 1} (for rasa) is in use" in words
    assert f"process {os.getpid()}" in words
    assert "PORT=" in words
    assert "make run" in words


def test_free_ports_let_it_start(settings: Settings) -> None:
    preflight.check_ports(settings)


def test_a_second_copy_on_the_same_data_is_refused_and_told_how_to_run_beside(tmp_path: Path) -> None:
    again = f"process {os.getpid()}.*PORT=8010 DATA_DIR=var/second make run"
    with preflight.claim_data_dir(tmp_path), pytest.raises(preflight.CannotStart, match=again):
        preflight.claim_data_dir(tmp_path)
    preflight.claim_data_dir(tmp_path).close()


def test_the_dialogue_engine_gets_no_secret_and_no_database(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DESIGN §1: sealed."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@db/prod")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "also-secret")
    monkeypatch.setenv("SOMETHING_ELSE", "unknown")
    by_name = {p.name: p for p in programs(settings, Path("model.tar.gz"), "0" * 64, "run")}
    seen = by_name["rasa"].environment
    secrets = {
        settings.secret_key,
        settings.api_token,
        settings.actions_token,
        settings.twilio_auth_token,
        settings.database_url,
    }
    assert not secrets & set(seen.values())
    assert not {"DATABASE_URL", "TWILIO_AUTH_TOKEN", "SOMETHING_ELSE", "SECRET_KEY", "API_TOKEN"} & set(seen)
    assert seen["RASA_TELEMETRY_ENABLED"] == "false"
    assert seen["RASA_TOKEN"] == settings.rasa_token
    # The token is not on the command line, where every user of the machine could read it.
    assert settings.rasa_token not in " ".join(by_name["rasa"].argv)


def test_the_action_server_and_the_network_get_only_their_own(settings: Settings) -> None:
    by_name = {p.name: p for p in programs(settings, Path("model.tar.gz"), "0" * 64, "run")}
    assert settings.actions_token in by_name["actions"].environment.values()
    for name in ("actions", "network"):
        values = set(by_name[name].environment.values())
        assert not {settings.secret_key, settings.api_token, settings.rasa_token, settings.database_url} & values


def test_every_inner_process_listens_on_loopback_only(settings: Settings) -> None:
    by_name = {p.name: " ".join(p.argv) for p in programs(settings, Path("model.tar.gz"), "0" * 64, "run")}
    assert "--interface 127.0.0.1" in by_name["rasa"]
    assert f"--bind 127.0.0.1:{settings.port}" in by_name["web"]
    assert not any("0.0.0.0" in line for line in by_name.values())


def test_a_plain_environment_holds_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "x")
    assert "API_TOKEN" not in plain_environment()
    assert "API_TOKEN" not in engine_environment()
