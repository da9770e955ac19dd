"""The turn and outbox loops."""
