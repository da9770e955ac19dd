"""Rasa 3.6.21 itself with our rules, forms and domain, the real action server and the real internal route.

The model of these tests has no understanding of its own: an intent is handed over as `/intent`, so that they hold or fall
with the dialogue alone. The product's own pipeline takes such a text for out of scope, and the line never sends one.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy import select

from backend.api import internal
from backend.dialogue.base import EngineUnavailable
from backend.dialogue.model_file import sha256_of
from backend.dialogue.rasa import RasaEngine
from backend.dialogue.state import restore
from backend.run.environment import engine_environment, plain_environment
from backend.run.training import RASA_PYTHON
from backend.services import acts
from backend.services.deps import Deps
from backend.services.receive_message import InboundSms, receive_sms
from backend.settings import ROOT
from backend.store.models import Case, Conversation, Message, TurnEffect
from tests.support.ports import own_ports
from tests.support.served import served
from tests.support.waiting import wait_for

pytestmark = pytest.mark.rasa

# Generous: these machines are shared, and what is tested is what happens, not how fast.
DEADLINE_S = 30.0
TOKEN = "token-between-these-processes"


@dataclass
class Processes:
    """Rasa and the actions, running; `backend` is the application of the test at hand."""

    rasa_url: str
    backend: list[Any] = field(default_factory=list)


CONFIG = """recipe: default.v1
language: zh
assistant_id: rules-only
pipeline:
  - name: KeywordIntentClassifier
policies:
"""
NLU = """version: "3.1"
nlu:
  - intent: greet
    examples: |
      - 你好
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our policies, domain and rules, without the pipeline that understands words."""
    if not RASA_PYTHON.exists():
        pytest.skip("the dialogue engine's environment is not built (make test builds it)")
    folder = tmp_path_factory.mktemp("rules")
    policies = (ROOT / "config.yml").read_text(encoding="utf-8").partition("policies:\n")[2]
    (folder / "config.yml").write_text(CONFIG + policies, encoding="utf-8")
    (folder / "nlu.yml").write_text(NLU, encoding="utf-8")
    data = [str(folder / "nlu.yml"), "bot/data/rules", "bot/data/stories"]
    subprocess.run(
        [str(RASA_PYTHON), "-m", "rasa", "train", "--config", str(folder / "config.yml"), "--domain", "domain.yml", "--data",
         *[path for path in data if (ROOT / path).exists()], "--out", str(folder), "--fixed-model-name", "rules",
         "--skip-validation"],
        cwd=ROOT, env=engine_environment({"MPLCONFIGDIR": str(folder), "RASA_CACHE_DIRECTORY": str(folder / "cache")}),
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip
    return folder / "rules.tar.gz"


@pytest.fixture(scope="module")
def processes(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    logs = tmp_path_factory.mktemp("engine")
    base = own_ports()
    made = Processes(f"http://127.0.0.1:{base}")
    actions_url = f"http://127.0.0.1:{base + 1}"
    rasa = engine_environment(
        {
            "RASA_TOKEN": TOKEN,
            "MODEL_SHA256": sha256_of(model),
            "ACTION_ENDPOINT_URL": f"{actions_url}/webhook",
            "MPLCONFIGDIR": str(logs),
            "OMP_NUM_THREADS": "1",
        }
    )
    running = []
    with served(lambda environ, start: made.backend[-1](environ, start)) as url, (logs / "log").open("wb") as log:
        actions = plain_environment({"ACTIONS_TOKEN": TOKEN, "BACKEND_URL": url, "PORT": str(base + 1)})
        try:
            for command, environment in (
                ([str(RASA_PYTHON), "backend/run/rasa_server.py", "run", "--interface", "127.0.0.1", "--port", str(base),
                  "--enable-api", "--model", str(model), "--quiet", "--credentials", "bot/credentials.yml",
                  "--endpoints", "bot/endpoints.yml"], rasa),
                ([sys.executable, "-m", "actions"], actions),
            ):  # fmt: skip
                running.append(
                    subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
                )
            engine = RasaEngine(made.rasa_url, TOKEN)
            wait_for(engine.is_ready, 150, "Rasa has its model")
            engine.close()
            wait_for(lambda: _answers(f"{actions_url}/health"), what="the actions answer")
            yield made
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


class Talk:
    """A person texting; each turn runs under a token of its own, as in the service."""

    def __init__(self, deps: Deps, number: str = "+8610000888001") -> None:
        self.deps, self.number, self._count = deps, number, 0

    def _store(self, body: str) -> int:
        self._count += 1
        sms = InboundSms("simulator", "AC0", f"SM-{self.number}-{self._count}", self.number, body)
        return receive_sms(self.deps, sms)[0]

    def intend(self, intent: str, text: str = "好嘛") -> list[str]:
        """Say `text` and let the engine take it for `intent`; return the acts done, in order."""
        message_id = self._store(text)
        token = secrets.token_urlsafe(24)
        with self.deps.db.write() as session:
            message = session.get_one(Message, message_id)
            message.turn_token = token
            metadata = restore(session.get_one(Conversation, message.conversation_id).context)
        self.deps.engine.turn(f"/{intent}", token, metadata, DEADLINE_S)
        with self.deps.db.write() as session:
            session.get_one(Message, message_id).turn_token = None
            done = session.scalars(
                select(TurnEffect).where(TurnEffect.message_id == message_id).order_by(TurnEffect.at)
            )
            return [effect.act for effect in done]

    def context(self) -> dict[str, Any]:
        with self.deps.db.read() as session:
            return dict(session.scalars(select(Conversation).order_by(Conversation.id.desc())).first().context)  # type: ignore[union-attr]


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The engine sees no database: one kind is enough here."""
    path = tmp_path / "test.sqlite3"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def talk(processes: Processes, deps: Deps, make: Callable[[], Any]) -> Iterator[Talk]:
    acts.load_all()
    with make() as f:
        f.make_station("500114")
        f.make_region()
        f.make_opening()
    deps.regions.reload()
    deps.engine = RasaEngine(processes.rasa_url, TOKEN)
    app = Flask("backend")
    # Acts are told apart by when they were done: no two at the same instant, as in life.
    clock = deps.clock
    ticking = replace(
        deps, settings=replace(deps.settings, actions_token=TOKEN), clock=lambda: clock.advance(milliseconds=1)
    )
    app.register_blueprint(internal.create_blueprint(ticking))
    processes.backend.append(app)
    yield Talk(deps)
    processes.backend.pop()
    deps.engine.close()


SAME_NAME = [
    "greet", "goodbye", "thank", "help", "repeat", "slower", "cancel", "affirm", "deny", "talk_to_human",
    "stop_messages", "resume_messages", "more_jobs", "job_details", "apply_job", "withdraw_application",
    "my_applications", "view_profile", "update_profile", "delete_profile", "set_availability", "post_job",
    "ask_policy", "sign_up_training", "register_return", "register_unemployment", "report_problem",
    "ask_market_info", "inform", "out_of_scope",
]  # fmt: skip
OTHER_NAME = {"search_jobs": "find_jobs", "register_worker": "register", "nlu_fallback": "not_understood"}


@pytest.mark.parametrize("intent", [*SAME_NAME, *OTHER_NAME])
def test_every_intent_leads_to_its_act_once(talk: Talk, intent: str) -> None:
    assert talk.intend(intent) == [OTHER_NAME.get(intent, intent)]


def test_an_answer_to_the_open_question_goes_to_the_form(talk: Talk) -> None:
    assert talk.intend("register_worker") == ["register"]
    for intent in ("inform", "affirm", "deny", "register_worker", "update_profile"):
        assert talk.intend(intent) == ["note_registration"], intent


@pytest.mark.parametrize("intent", ["search_jobs", "ask_market_info", "greet", "ask_policy", "set_availability"])
def test_anything_else_is_answered_by_its_own_rule_and_the_form_is_recalled(talk: Talk, intent: str) -> None:
    talk.intend("register_worker")
    assert talk.intend(intent) == [OTHER_NAME.get(intent, intent), "resume_form"]
    assert talk.context()["registration"] is not None
    assert talk.intend("inform") == ["note_registration"]


def test_days_said_when_days_are_asked_are_an_answer(talk: Talk) -> None:
    talk.intend("register_worker")
    with talk.deps.db.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        draft = {**conversation.context["registration"], "asked": "date"}
        pending = {"kind": "ask", "form": "registration", "field": "date", "options": {}}
        conversation.context = {**conversation.context, "registration": draft, "pending": pending}
    assert talk.intend("set_availability") == ["note_registration"]


def test_cancel_ends_the_form_and_the_next_value_is_none_of_its_business(talk: Talk) -> None:
    talk.intend("register_worker")
    assert talk.intend("cancel") == ["cancel"]
    assert talk.context().get("registration") is None
    assert talk.intend("inform") == ["inform"]


def test_hiring_on_top_of_a_registration_opens_the_other_form(talk: Talk) -> None:
    talk.intend("register_worker")
    assert talk.intend("post_job") == ["post_job"]
    assert talk.intend("inform") == ["note_posting"]


def test_what_was_not_understood_is_asked_again_with_an_example_and_at_last_handed_to_a_person(talk: Talk) -> None:
    talk.intend("register_worker", "我来登个记")
    assert talk.intend("out_of_scope", "哇啦哇啦") == ["note_registration"]
    assert talk.context()["pending"]["attempt"] == 2
    assert talk.intend("nlu_fallback", "唏哩呼噜") == ["note_registration"]
    with talk.deps.db.read() as session:
        assert session.scalars(select(Case.kind)).all() == ["handoff"]


def test_a_rare_name_the_engine_makes_nothing_of_is_still_the_answer(talk: Talk) -> None:
    talk.intend("register_worker", "我来登个记")
    talk.intend("out_of_scope", "庹三妹")
    assert talk.context()["registration"]["facts"]["person_name"] == "庹三妹"


def test_with_the_backend_refusing_the_turn_the_engine_gives_nothing(talk: Talk) -> None:
    with pytest.raises(EngineUnavailable, match="no answer"):
        talk.deps.engine.turn("/greet", "a-turn-nobody-leased", restore({}), DEADLINE_S)
    form = {"form": "registration_form", "requested_slot": "registration_age", "slots": {}}
    with pytest.raises(EngineUnavailable, match="no answer"):
        talk.deps.engine.turn("/inform", "another-turn-nobody-leased", form, DEADLINE_S)
