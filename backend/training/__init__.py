"""The trainer: a process and a folder of its own; it makes models from what staff reviewed, scores them, never serves."""
