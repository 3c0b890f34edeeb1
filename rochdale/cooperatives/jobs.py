"""Tidying up after log-ins."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from rochdale.shared import coops


def clear_sessions() -> None:
    """Delete the sessions that have run out, so that no trace of old visits is kept."""
    with coops.public():
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
