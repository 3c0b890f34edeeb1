"""Makers for tests: log-ins, and a browser that has signed in."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.test import Client

from rochdale.shared import clock, coops, ids
from rochdale.shared.actor import operator

from . import actions, queries
from .models import Person


def log_in_for(address: str, *, password: str = "") -> Person:
    """Make a log-in for an e-mail address or phone number, or find the one there is."""
    given = {"phone": address} if address.startswith("+") else {"email": address}
    number = actions.register_person(actor=operator("test"), now=clock.now(), key=str(ids.new_id()), password=password, **given)
    found = queries.person(UUID(number))
    assert found is not None
    return found


def signed_in(person: Person, *, strong: bool = False, client: Client | None = None) -> Client:
    """Return a browser in which a person has just signed in and proved it, with a second factor where `strong`."""
    browser = client or Client()
    methods: list[dict[str, Any]] = [{"method": "code", "at": time.time(), "reauthenticated": True}]
    if strong:
        methods.append({"method": "mfa", "type": "totp", "at": time.time()})
    with coops.public():
        browser.force_login(person)
        session = browser.session
        session["account_authentication_methods"] = methods
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
    return browser
