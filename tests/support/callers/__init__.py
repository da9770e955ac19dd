"""Simulated callers: people of different habits who want something of the line and know only what they hear."""
