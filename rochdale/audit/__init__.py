"""Append-only: who did what, when, how and why; and which keys were used."""
