"""`backend/run/bootstrap.sh` on machines where something is missing; each stands for one in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from backend.settings import ROOT

TOOLS = ("sh", "dirname", "cat", "cut", "ls", "mkdir", "rm", "sha256sum", "id", "env", "printf", "grep", "sed")


class Machine:
    """A copy of the script beside a lock file, with a PATH that holds only what is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)
        (folder / "backend" / "run").mkdir(parents=True)
        shutil.copy(ROOT / "backend" / "run" / "bootstrap.sh", folder / "backend" / "run")
        (folder / "uv.lock").write_text("lock\n")

    def program(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def python(self, name: str, version: str) -> None:
        """A Python that says which version it is; enough for the script's question."""
        major, minor = version.split(".")
        wanted = f"({major}, {minor})"
        self.program(
            name,
            f"""case "$2" in
                *sys.executable*) echo "$0" ;;
                *"v >= (3, 11)"*) [ {minor} -ge 11 ] ;;
                *"v == (3, 10)"*) [ "{wanted}" = "(3, 10)" ] ;;
            esac""",
        )

    def uv(self) -> None:
        """Writes down how it was called; makes the environment's interpreter by linking the one it was given."""
        self.program(
            "uv",
            f"""echo "$UV_PROJECT_ENVIRONMENT $*" >> {self.folder}/calls
            case "$1" in
                --version) echo uv 1 ;;
                python) exit 1 ;;
                sync)
                    while [ "$1" != --python ]; do shift; done
                    mkdir -p "$UV_PROJECT_ENVIRONMENT/bin" && ln -sf "$2" "$UV_PROJECT_ENVIRONMENT/bin/python" ;;
            esac""",
        )
        (self.bin / "ln").symlink_to(shutil.which("ln") or "/bin/ln")

    def run(self, *parts: str) -> subprocess.CompletedProcess[str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return subprocess.run(
            [str(self.bin / "sh"), str(self.folder / "backend" / "run" / "bootstrap.sh"), *parts], text=True,
            capture_output=True, check=False, env={"PATH": str(self.bin), "HOME": str(home), "UV_NO_PROGRESS": "1"},
        )  # fmt: skip

    def syncs(self) -> list[str]:
        calls = self.folder / "calls"
        return [line for line in calls.read_text().splitlines() if " sync " in line] if calls.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if any((Path(folder) / "python3.10").exists() for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")):
        pytest.skip("this system has its own python3.10 in a fixed place")
    return Machine(tmp_path)


def test_both_environments_are_built_with_their_own_python_and_a_second_run_does_nothing(machine: Machine) -> None:
    machine.python("python3.11", "3.11")
    machine.python("python3.10", "3.10")
    machine.uv()
    first = machine.run("app", "rasa")
    assert first.returncode == 0, first.stderr
    app, rasa = machine.syncs()
    assert app.startswith(".venv sync --frozen")
    assert "--group app" in app
    assert "python3.11" in app
    assert rasa.startswith(".venv-rasa sync --frozen")
    assert "--only-group rasa" in rasa
    assert "python3.10" in rasa
    assert machine.run("app", "rasa").stderr == ""
    assert len(machine.syncs()) == 2


def test_a_changed_lock_builds_again(machine: Machine) -> None:
    machine.python("python3.11", "3.11")
    machine.uv()
    machine.run("app")
    (machine.folder / "uv.lock").write_text("another\n")
    machine.run("app")
    assert len(machine.syncs()) == 2


def test_running_after_testing_keeps_the_test_packages(machine: Machine) -> None:
    machine.python("python3.11", "3.11")
    machine.uv()
    machine.run("app", "dev")
    machine.run("app")
    assert len(machine.syncs()) == 1


def test_a_missing_python_310_is_told_with_ways_to_get_it(machine: Machine) -> None:
    machine.python("python3.11", "3.11")
    machine.uv()
    told = machine.run("app", "rasa")
    assert told.returncode != 0
    assert "Python 3.10 is needed for .venv-rasa and is not on this machine" in told.stderr
    assert "uv python install 3.10" in told.stderr


def test_a_pyenv_version_that_its_shim_hides_is_found(machine: Machine) -> None:
    machine.uv()
    machine.program("python3.10", 'echo "pyenv: python3.10: command not found" >&2; exit 127')
    versions = machine.folder / "home" / ".pyenv" / "versions" / "3.10.13" / "bin"
    versions.mkdir(parents=True)
    machine.python("real", "3.10")
    shutil.copy(machine.bin / "real", versions / "python3.10")
    done = machine.run("rasa")
    assert done.returncode == 0, done.stderr
    assert "versions/3.10.13/bin/python3.10" in machine.syncs()[0]


def test_without_uv_it_is_installed_into_the_projects_own_folder(machine: Machine) -> None:
    machine.python("python3.11", "3.11")
    machine.uv()
    uv = machine.bin / "uv"
    uv.rename(machine.folder / "uv-to-install")
    machine.program(
        "python3",
        f"""case "$*" in
            "-m venv "*) mkdir -p "$3/bin"; printf '#!/bin/sh\\nln -sf {machine.folder}/uv-to-install "$(dirname "$0")/uv"\\n' > "$3/bin/python"
                chmod +x "$3/bin/python" ;;
            *) exit 1 ;;
        esac""",
    )
    (machine.bin / "chmod").symlink_to(shutil.which("chmod") or "/bin/chmod")
    done = machine.run("app")
    assert done.returncode == 0, done.stderr
    assert (machine.folder / "var" / "tools" / "bin" / "uv").exists()
    assert "installing it into var/tools" in done.stderr


def test_where_uv_cannot_be_installed_the_message_says_what_to_do(machine: Machine) -> None:
    machine.program("python3", "exit 1")
    told = machine.run("app")
    assert told.returncode != 0
    assert "uv could not be installed" in told.stderr
    assert "apt install python3-venv" in told.stderr


def test_without_any_python_it_says_so(machine: Machine) -> None:
    told = machine.run("app")
    assert told.returncode != 0
    assert "neither is python3" in told.stderr


def test_an_unknown_part_is_refused(machine: Machine) -> None:
    assert machine.run("everything").returncode != 0


def test_the_script_is_plain_sh() -> None:
    for shell in ("dash", "sh"):
        if shutil.which(shell):
            subprocess.run([shell, "-n", str(ROOT / "backend" / "run" / "bootstrap.sh")], check=True)
    assert os.access(ROOT / "backend" / "run" / "bootstrap.sh", os.R_OK)
