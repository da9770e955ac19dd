"""How the web process is served: threads in each of two workers, everything else from the command line."""

from typing import Any

from backend.run.orphans import die_with_parent

worker_class = "gthread"
workers = 2
# Nearly all of them wait: a spoken turn holds one while the engine thinks, and the engine's actions come back for another.
# With fewer than two for each of twenty calls the turns wait for their own callbacks until their time is over (V22).
threads = 24
timeout = 60
graceful_timeout = 10
keepalive = 5
# An access line holds the address asked for, and that may hold a phone number.
accesslog = None
errorlog = "-"
loglevel = "warning"
# Its socket lies in the home directory, where two copies of the service would fight over it.
control_socket_disable = True


def post_fork(server: Any, _worker: Any) -> None:
    die_with_parent(server.pid)
