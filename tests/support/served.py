"""Serve an app on loopback from a thread of the test's own process, for browsers and for processes beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLOW_LINE_S = 0.15


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """Serve `app` on a free port while the block runs; gives its address, without a slash at the end."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _whole(app: WSGIApplication) -> WSGIApplication:
    """Read an answer to its end and close it before it is sent.

    Werkzeug leaves it open where the other side is gone in the middle, as a browser is that turns to the next page; a file
    left open fails whichever test runs when it is collected.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            whole = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        return _over_a_slow_line(whole) if whole.lstrip()[:9].lower() == b"<!doctype" else [whole]

    return answer


def _over_a_slow_line(page: bytes) -> Iterator[bytes]:
    """A page begins, and comes after a while: what reads it before it is there fails every time, and not once in fifty."""
    yield page[:1]
    time.sleep(SLOW_LINE_S)
    yield page[1:]
