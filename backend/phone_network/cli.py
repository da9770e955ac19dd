"""`lingong text` and `lingong call`: a handset on the command line, for the simulated phone network."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import click
import httpx

from backend.phone_network.demo_env import read_env
from backend.phone_network.rest import E164

DEFAULT_HANDSET = "+8610000000001"
# After the first answer the line may have a second one to say (a summary after an act).
MORE_S = 1.5
ROOT = Path(__file__).resolve().parents[2]


def env_of(data_dir: Path | None) -> dict[str, str]:
    """Return the settings a running demo left behind, under what the environment says."""
    folder = data_dir or Path(os.environ.get("DATA_DIR") or ROOT / "var")
    return {**read_env(folder / "demo.env"), **{name: value for name, value in os.environ.items() if value}}


class Phone:
    """A handset: talks to the network, and to the line's page for the English gloss."""

    def __init__(self, number: str, network_url: str, line_url: str | None) -> None:
        self.number, self._line_url = number, line_url
        self._http = httpx.Client(base_url=network_url.rstrip("/"), trust_env=False, timeout=40)

    def ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Raises ClickException with a plain sentence when the network is away or refuses."""
        try:
            answer = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise click.ClickException(
                f"The phone network does not answer at {self._http.base_url}. Start it with `make run`, "
                "or name it with --network."
            ) from error
        if answer.status_code >= 400:
            detail = answer.json().get("detail") if "json" in answer.headers.get("content-type", "") else None
            raise click.ClickException(detail or f"The phone network refused ({answer.status_code}).")
        return dict(answer.json())

    def gloss(self, kind: str, key: str) -> str | None:
        if not self._line_url:
            return None
        try:
            answer = httpx.get(f"{self._line_url}/phone/api/gloss", params={"kind": kind, "id": key}, trust_env=False)
            return answer.json().get("gloss") if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError):
            return None


def _number(_: click.Context, __: click.Parameter, value: str) -> str:
    compact = value.replace(" ", "")
    number = compact if compact.startswith("+") else "+86" + compact
    if not E164.fullmatch(number):
        raise click.BadParameter("use a number such as +8613800000000.")
    return number


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--network", help="Address of the phone network; else NETWORK_URL from the demo's settings.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the running demo keeps its data.")
@click.pass_context
def main(context: click.Context, network: str | None, data_dir: Path | None) -> None:
    """Text or call 零工热线 as anyone: an invented handset on the simulated phone network."""
    env = env_of(data_dir)
    port = int(env.get("PORT", "8000"))
    context.obj = {
        "network": network or env.get("NETWORK_URL") or f"http://127.0.0.1:{port + 3}",
        "line": (env.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
    }


def handset_options(command: Any) -> Any:
    command = click.option("--gloss", is_flag=True, help="Add an English line under every line of the service.")(
        command
    )
    return click.option(
        "--from", "number", default=DEFAULT_HANDSET, show_default=True, callback=_number, help="The handset's number."
    )(command)


@main.command()
@click.argument("words")
@click.option("--wait", "wait_s", default=30.0, show_default=True, help="Seconds to wait for the answer.")
@handset_options
@click.pass_obj
def text(settings: dict[str, str], words: str, wait_s: float, number: str, gloss: bool) -> None:
    """Send WORDS as a text and print the answer."""
    phone = Phone(number, settings["network"], settings["line"] if gloss else None)
    sent = phone.ask("POST", f"/handsets/{number}/texts", json={"body": words})
    seen, end, answered = sent["seq"], time.monotonic() + wait_s, False
    while (left := end - time.monotonic()) > 0:
        page = phone.ask("GET", f"/handsets/{number}/texts", params={"after": seen, "wait": min(left, 20)})
        for item in page["items"]:
            seen = item["seq"]
            if item["direction"] == "to_handset":
                click.echo(item["body"])
                _say_gloss(phone, "sms", item["sid"])
                answered, end = True, min(end, time.monotonic() + MORE_S)
    if not answered:
        raise click.ClickException("No answer yet. The message is kept; look again with `lingong inbox`.")


@main.command()
@handset_options
@click.pass_obj
def inbox(settings: dict[str, str], number: str, gloss: bool) -> None:
    """Print all texts of the handset, both ways."""
    phone = Phone(number, settings["network"], settings["line"] if gloss else None)
    seen = 0
    while items := phone.ask("GET", f"/handsets/{number}/texts", params={"after": seen})["items"]:
        for item in items:
            seen = item["seq"]
            arrow = "<" if item["direction"] == "to_handset" else ">"
            click.echo(f"{arrow} {item['body']}")
            if arrow == "<":
                _say_gloss(phone, "sms", item["sid"])


@main.command()
@click.argument("habit", type=click.Choice(["ring", "answer", "busy", "no-answer", "machine", "off"]), required=False)
@click.option(
    "--from", "number", default=DEFAULT_HANDSET, show_default=True, callback=_number, help="The handset's number."
)
@click.pass_obj
def answers(settings: dict[str, str], habit: str | None, number: str) -> None:
    """Say or set what the handset does when the line rings it: ring (answer with `lingong call --answer`), busy …"""
    phone = Phone(number, settings["network"], None)
    how = {"json": {"answers": habit}} if habit else {}
    click.echo(phone.ask("PUT" if habit else "GET", f"/handsets/{number}", **how)["answers"])


@main.command()
@click.option("--answer", is_flag=True, help="Take the call that is ringing at this handset instead of calling.")
@handset_options
@click.pass_obj
def call(settings: dict[str, str], answer: bool, number: str, gloss: bool) -> None:
    """Call the line. Digits are keys, other words are spoken, an empty line is silence, Ctrl-C hangs up."""
    phone = Phone(number, settings["network"], settings["line"] if gloss else None)
    if answer:
        ringing = [one for one in phone.ask("GET", f"/handsets/{number}/calls")["items"] if one["status"] == "ringing"]
        if not ringing:
            raise click.ClickException("No call is ringing at this handset.")
        sid = ringing[0]["sid"]
        phone.ask("POST", f"/calls/{sid}/answer")
        state = phone.ask("GET", f"/calls/{sid}/events")
    else:
        state = phone.ask("POST", f"/handsets/{number}/calls", json={"patient": True})
        sid = state["sid"]
    seen = _show(phone, state)
    try:
        while not state["ended"]:
            if state["waiting_for"] in {"dial", "speaking", None}:
                state = phone.ask("GET", f"/calls/{sid}/events", params={"after": seen, "wait": 20})
            else:
                state = _act(phone, sid, click.prompt(">", prompt_suffix=" ", default="", show_default=False))
            fresh = phone.ask("GET", f"/calls/{sid}/events", params={"after": seen})
            seen = _show(phone, fresh, seen)
            state = {**fresh, "ended": fresh["ended"] or state["ended"]}
    except (KeyboardInterrupt, click.Abort):
        phone.ask("POST", f"/calls/{sid}/hangup")
        click.echo("\n(hung up)")
        return
    click.echo("(call ended)")


def _act(phone: Phone, sid: str, typed: str) -> dict[str, Any]:
    typed = typed.strip()
    if not typed:
        return phone.ask("POST", f"/calls/{sid}/silence")
    if set(typed) <= set("0123456789*#"):
        return phone.ask("POST", f"/calls/{sid}/digits", json={"digits": typed})
    return phone.ask("POST", f"/calls/{sid}/speech", json={"text": typed})


def _show(phone: Phone, state: dict[str, Any], seen: int = 0) -> int:
    """Print the events as captions; return the last sequence number, `seen` if there is nothing new."""
    for event in state["events"]:
        match event["kind"]:
            case "say":
                click.echo(f"☎ {event['text']}")
                _say_gloss(phone, "call", f"{state['sid']} {event['text']}")
            case "play":
                click.echo(f"♪ {event['url']}")
            case "record":
                click.echo("● recording: speak, then # (or an empty line) to end")
            case "dial":
                click.echo(f"… ringing {', '.join(event['numbers'])}")
            case "dial_result":
                click.echo(f"… {event['status']}")
            case "bridged":
                click.echo(f"{event['from']}: {event['text']}")
            case "unheard":
                click.echo("(not heard)")
            case "error" | "warning":
                click.echo(f"[{event['code']}] {event['message']}", err=True)
    return int(state["events"][-1]["seq"]) if state["events"] else seen


def _say_gloss(phone: Phone, kind: str, key: str) -> None:
    english = phone.gloss(kind, key)
    if english:
        click.secho("  " + english.replace("\n", "\n  "), dim=True)


if __name__ == "__main__":
    sys.exit(main())
