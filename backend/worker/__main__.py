"""`python -m backend.worker`: answers stored messages and sends the outbox until told to stop."""

from backend.worker.loops import main

main()
