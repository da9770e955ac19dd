"""Ticks: one process leads, each tick calls one service, and what is due is decided by rows, never by the clock here."""
