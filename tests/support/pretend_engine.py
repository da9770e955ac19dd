#!/usr/bin/env python3
"""Stands for the dialogue engine's interpreter where Rasa itself is not wanted: it "trains" and serves in a second.

As `… -m rasa train …` it packs the training data, no archive like the other; as `… rasa_server.py run …` it serves a model: what
stands in the data by those words, stops and commas aside, else what the file ANSWERS beside it says (text → intent), else `greet`.
HANG beside it makes a training hang.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).resolve().parent


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def train() -> None:
    print("INFO Starting to train component 'SideBySide'.", flush=True)
    if (HERE / "FAIL").exists():
        print("YamlException: line 3", flush=True)
        sys.exit(1)
    while (HERE / "HANG").exists():
        time.sleep(0.05)
    learnt, intent = {}, ""
    for line in (Path(option("--data")) / "nlu.yml").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"  - intent: (\w+)", line):
            intent = found[1]
        elif line.startswith("      - "):
            words = re.sub(r"\[([^\]]+)\]\(\w+\)", r"\1", line[8:])
            learnt[words] = learnt[words.strip(" ,.。")] = intent
    learnt["made at"] = str(time.time_ns())
    print("INFO Finished training component 'SideBySide'.", flush=True)
    made = Path(option("--out")) / f"{option('--fixed-model-name')}.tar.gz"
    made.write_text(json.dumps(learnt, ensure_ascii=False), encoding="utf-8")


def serve() -> None:
    token, path = os.environ["RASA_TOKEN"], option("--model")
    try:
        learnt = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError:
        learnt = {}
    answers = HERE / "ANSWERS"
    known = {**(json.loads(answers.read_text(encoding="utf-8")) if answers.exists() else {}), **learnt}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.say({"model_file": path})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            intent = known.get(body["text"], "greet")
            self.say({"intent": {"name": intent, "confidence": 0.99}, "entities": [], "intent_ranking": []})

        def say(self, what: object) -> None:
            right = parse_qs(urlsplit(self.path).query).get("token") == [token]
            body = json.dumps(what).encode()
            self.send_response(200 if right else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    ThreadingHTTPServer(("127.0.0.1", int(option("--port"))), Handler).serve_forever()


if __name__ == "__main__":
    train() if "train" in sys.argv else serve()
