"""Put the network together and serve it on loopback."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from backend.phone_network import api, rest
from backend.phone_network.calls import Calls
from backend.phone_network.deliveries import Deliveries
from backend.phone_network.faults import Faults
from backend.phone_network.line import Line
from backend.phone_network.store import Store
from backend.phone_network.texts import Texts
from backend.phone_network.voice import Voice

log = logging.getLogger(__name__)
MAX_REQUEST_BYTES = 48 * 1024 * 1024


class QuietHandler(WSGIRequestHandler):
    """Writes no request lines: their paths carry phone numbers."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing to say."""


@dataclass
class Network:
    """A running network; `url` is its loopback address."""

    url: str
    app: Flask
    store: Store
    _server: BaseWSGIServer
    _line: Line
    _deliveries: Deliveries

    def serve_forever(self) -> None:
        self._server.serve_forever()

    def start(self) -> None:
        """Serve in a thread of this process (for tests)."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="network", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        self._server.server_close()
        self._deliveries.stop()
        self._line.close()
        self.store.close()


def build(
    data_dir: Path, *, account_sid: str, auth_token: str, number: str, public_base_url: str, port: int = 0
) -> Network:
    """Open the store, bind 127.0.0.1:`port` (0: any free port) and begin to deliver what is still owed."""
    store, faults = Store(data_dir / "network.sqlite3"), Faults()
    line = Line(account_sid, auth_token, number, public_base_url)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MAX_REQUEST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
    url = f"http://127.0.0.1:{server.server_port}"
    texts, calls = Texts(store, line, faults, url), Calls(store, line, url)
    deliveries = Deliveries(store, line, texts.answer_in_webhook)
    app.register_blueprint(rest.create_blueprint(store, line, texts, calls, faults))
    app.register_blueprint(api.create_blueprint(store, line, texts, calls, faults, deliveries, Voice(data_dir)))

    @app.errorhandler(HTTPException)
    def plain_error(error: HTTPException) -> tuple[Response, int]:
        return jsonify({"status": error.code, "title": error.name, "detail": error.description}), error.code or 500

    @app.errorhandler(rest.BadBody)
    def bad_body(_: rest.BadBody) -> Response:
        return Response("<html>all is well</html>", mimetype="text/html")

    calls.drop_all_of_last_time()
    deliveries.start()
    return Network(url, app, store, server, line, deliveries)
