"""The rasa-sdk action server: slots and spans in, structured answers out; no database and no rules."""
