"""Every setting of the service, typed, read once from the environment, `.env` and `DATA_DIR/demo.env`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from environs import Env

from backend.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
TIMEZONE = ZoneInfo("Asia/Shanghai")

# Calls the line places itself (V15). Outside the demo the hours can be made shorter, never longer.
CALL_HOURS = (time(8), time(20))

DEFAULT_SECRETS = {"", "changeme", "change-me", "secret", "test", "dev"}


@dataclass(frozen=True)
class Settings:
    """What the processes share. Ports of the inner processes follow `PORT` so that copies can run side by side."""

    profile: str  # "demo" (everything on one machine, secrets generated) or "production"
    database_url: str
    redis_url: str | None
    data_dir: Path
    port: int
    public_base_url: str
    secret_key: str
    api_token: str
    actions_token: str  # what the action server shows to /internal; it acts only for a turn under lease
    rasa_token: str  # what we show to Rasa's HTTP API on loopback
    carrier: str  # "simulator" or "twilio"
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_phone_number: str
    twilio_messaging_service_sid: str
    twilio_api_base_url: str | None  # another server that speaks Twilio's API, e.g. the simulated network
    network_url: str
    rasa_url: str
    actions_url: str
    call_hours: tuple[time, time] = CALL_HOURS  # Asia/Shanghai
    calls_per_number: int = 3  # ringings of one number in 24 hours, whatever for
    calls_per_day: int = 200  # ringings of the whole line in 24 hours; 0: the line rings nobody
    calls_at_once: int = 5
    backstop_after: int = 4  # weeks in vain after which staff think of a public-welfare post (H11)
    offers_per_day: int = 3  # offers put to one person between two midnights, by text or by call; 0: no waves

    staff_totp: str = "optional"  # "required": all accounts but those of a village need a second factor

    @property
    def is_demo(self) -> bool:
        return self.profile == "demo"


def inner_ports(port: int) -> dict[str, int]:
    """Return the loopback port of each inner process for a public `port`."""
    return {"rasa": port + 1, "actions": port + 2, "network": port + 3, "rasa-2": port + 4}


def load(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings; raise `SettingsError` naming everything that is missing.

    In the demo profile secrets that are not set are generated once into `DATA_DIR/demo.env` (mode 0600).
    """
    if environ is None:
        Env().read_env(str(ROOT / ".env"), recurse=False)
        environ = dict(os.environ)
    data_dir = Path(environ.get("DATA_DIR") or ROOT / "var").resolve()
    port = _port(environ.get("PORT", "8000"))
    carrier = environ.get("CARRIER", "simulator")
    if carrier not in {"simulator", "twilio"}:
        raise SettingsError(f"CARRIER is {carrier!r}; it can be `simulator` or `twilio`.")
    profile = environ.get("PROFILE") or ("demo" if carrier == "simulator" else "production")
    if profile == "demo":
        environ = {**demo_secrets(data_dir), **{k: v for k, v in environ.items() if v}}
    missing = [
        name
        for name in (
            "SECRET_KEY",
            "API_TOKEN",
            "ACTIONS_TOKEN",
            "RASA_TOKEN",
            "TWILIO_ACCOUNT_SID",
            "TWILIO_AUTH_TOKEN",
            "TWILIO_PHONE_NUMBER",
        )
        if environ.get(name, "").strip().lower() in DEFAULT_SECRETS
    ]
    if missing:
        raise SettingsError("Set these before starting (they are missing or still a default): " + ", ".join(missing))
    ports = inner_ports(port)
    return Settings(
        profile=profile,
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'linggong.sqlite3'}",
        redis_url=environ.get("REDIS_URL") or None,
        data_dir=data_dir,
        port=port,
        public_base_url=(environ.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        secret_key=environ["SECRET_KEY"],
        api_token=environ["API_TOKEN"],
        actions_token=environ["ACTIONS_TOKEN"],
        rasa_token=environ["RASA_TOKEN"],
        carrier=carrier,
        twilio_account_sid=environ["TWILIO_ACCOUNT_SID"],
        twilio_auth_token=environ["TWILIO_AUTH_TOKEN"],
        twilio_phone_number=environ["TWILIO_PHONE_NUMBER"],
        twilio_messaging_service_sid=environ.get("TWILIO_MESSAGING_SERVICE_SID", ""),
        twilio_api_base_url=environ.get("TWILIO_API_BASE_URL") or None,
        network_url=environ.get("NETWORK_URL") or f"http://127.0.0.1:{ports['network']}",
        rasa_url=environ.get("RASA_URL") or f"http://127.0.0.1:{ports['rasa']}",
        actions_url=environ.get("ACTIONS_URL") or f"http://127.0.0.1:{ports['actions']}",
        call_hours=_hours(environ.get("CALL_HOURS") or "08:00-20:00", profile),
        calls_per_number=_count("CALLS_PER_NUMBER", environ.get("CALLS_PER_NUMBER") or "3"),
        calls_per_day=_count("CALLS_PER_DAY", environ.get("CALLS_PER_DAY") or "200"),
        calls_at_once=_count("CALLS_AT_ONCE", environ.get("CALLS_AT_ONCE") or "5"),
        backstop_after=_count("BACKSTOP_AFTER", environ.get("BACKSTOP_AFTER") or "4"),
        offers_per_day=_count("OFFERS_PER_DAY", environ.get("OFFERS_PER_DAY") or "3"),
        staff_totp=_staff_totp(environ.get("STAFF_TOTP") or ("optional" if profile == "demo" else "required")),
    )


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not 1024 <= port <= 65_000:
        raise SettingsError(f"PORT is {text!r}; use a free port between 1024 and 65000, e.g. PORT=8000.")
    return port


def _staff_totp(text: str) -> str:
    if text not in {"required", "optional"}:
        raise SettingsError(f"STAFF_TOTP is {text!r}; it can be `required` or `optional`.")
    return text


def _hours(text: str, profile: str) -> tuple[time, time]:
    """`08:00-20:00`; 24:00 ends the whole day."""
    first, _, last = text.partition("-")
    try:
        hours = time.fromisoformat(first.strip()), time.fromisoformat(last.strip().replace("24:00", "00:00"))
    except ValueError:
        raise SettingsError(f"CALL_HOURS is {text!r}; write it as 08:00-20:00.") from None
    ends = hours[1] == time(0)
    if not ends and hours[0] >= hours[1]:
        raise SettingsError(f"CALL_HOURS is {text!r}; the first time has to be the earlier one.")
    if profile != "demo" and (hours[0] < CALL_HOURS[0] or ends or hours[1] > CALL_HOURS[1]):
        raise SettingsError(f"CALL_HOURS is {text!r}; people are rung between 08:00 and 20:00 only.")
    return hours


def _count(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} is {text!r}; use a whole number, 0 for none.")
    return int(text)


def demo_secrets(data_dir: Path) -> dict[str, str]:
    """Return the demo profile's secrets, made once and kept in `DATA_DIR/demo.env` (sh can source it)."""
    path = data_dir / "demo.env"
    made = {}
    if path.exists():
        made = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    wanted: dict[str, Callable[[], str]] = {
        "API_TOKEN": lambda: secrets.token_urlsafe(32),
        "ACTIONS_TOKEN": lambda: secrets.token_urlsafe(32),
        "RASA_TOKEN": lambda: secrets.token_hex(32),
        "SECRET_KEY": lambda: secrets.token_urlsafe(32),
        "TWILIO_AUTH_TOKEN": lambda: secrets.token_hex(16),
        "TWILIO_ACCOUNT_SID": lambda: "AC" + secrets.token_hex(16),
        # Invented: no carrier issues +86 100 numbers.
        "TWILIO_PHONE_NUMBER": lambda: "+8610000012333",
        "DEMO_STAFF_VILLAGE_LOGIN": lambda: "cun",
        "DEMO_STAFF_VILLAGE_PASSWORD": lambda: secrets.token_urlsafe(9),
        "DEMO_STAFF_TOWN_LOGIN": lambda: "zhen",
        "DEMO_STAFF_TOWN_PASSWORD": lambda: secrets.token_urlsafe(9),
        "DEMO_STAFF_COUNTY_LOGIN": lambda: "xian",
        "DEMO_STAFF_COUNTY_PASSWORD": lambda: secrets.token_urlsafe(9),
    }
    new = {name: make() for name, make in wanted.items() if name not in made}
    if new:
        made.update(new)
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.writelines(f"{name}={value}\n" for name, value in made.items())
        draft.replace(path)
    return made
