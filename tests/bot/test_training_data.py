"""The training data hold together: Rasa's own validator has nothing against them (it is not run before each training)."""

import subprocess
from pathlib import Path

import pytest

from backend.run.environment import engine_environment
from backend.run.training import RASA_PYTHON
from backend.settings import ROOT


def test_rasas_own_validator_finds_no_error_in_data_domain_and_rules(tmp_path: Path) -> None:
    if not RASA_PYTHON.exists():
        pytest.skip("the dialogue engine's environment is not built (make test builds it)")
    found = subprocess.run(
        [str(RASA_PYTHON), "-m", "rasa", "data", "validate", "--config", "config.yml", "--domain", "domain.yml",
         "--data", "bot/data"],
        cwd=ROOT, env=engine_environment({"MPLCONFIGDIR": str(tmp_path), "RASA_CACHE_DIRECTORY": str(tmp_path)}),
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-2000:]
