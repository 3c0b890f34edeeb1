"""Handing messages over: the only place that talks to a mail server or an SMS carrier.

The SMS carrier is chosen by the setting `ROCHDALE_SMS_TRANSPORT`: the dotted name of a function
that takes a phone number and a text and returns the carrier's reference. Without one, and in
every demo co-op, messages are only simulated: they appear on the simulator's page.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from .queries import Letter

SIMULATED = "simulator"
SmsTransport = Callable[[str, str], str]


class NotHandedOver(Exception):
    """The carrier or mail server did not take the message; it is tried again later."""


def hand_over(message: Letter, *, simulated: bool) -> str:
    """Send one message and return the carrier's reference. Raises NotHandedOver when it was not taken."""
    if simulated:
        return SIMULATED
    try:
        return _by_email(message) if message.channel == "email" else _by_sms(message)
    except Exception as fault:
        # whatever a mail server or a carrier's program throws must not stop the other messages
        raise NotHandedOver(type(fault).__name__) from fault


def simulate_sms(number: str, text: str) -> str:
    """Send nothing; the simulator's page shows it."""
    return SIMULATED


def _by_email(message: Letter) -> str:
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers={"Message-ID": f"<{message.id}@rochdale>", "Auto-Submitted": "auto-generated"},
    )
    if mail.send() != 1:
        raise ConnectionError("the mail server took no message")
    return str(message.id)


def _by_sms(message: Letter) -> str:
    send: SmsTransport = import_string(settings.ROCHDALE_SMS_TRANSPORT)
    return send(message.address, message.body)
