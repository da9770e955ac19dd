"""The SMS channel: webhooks in, rendering out."""
