"""What the log-in library sends, put into the public outbox: codes, links, and notes about a log-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rochdale.cooperatives.adapter import PeopleAdapter
from rochdale.shared import clock, coops, ids
from rochdale.shared.actor import NOBODY

from . import actions


class AccountAdapter(PeopleAdapter):
    """Sends nothing by itself: every mail and SMS goes through the outbox."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail about the log-in; the texts are ours, under `templates/account/email/`."""
        given = {**context, "email": email, "host": self.request.get_host() if self.request else ""}
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", given).split())
        body = render_to_string(f"{template_prefix}_message.txt", given).strip() + "\n"
        self._queue("email", email, kind=template_prefix.rpartition("/")[2], subject=subject, body=body)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        """Queue the code that proves a phone number."""
        self._queue(
            "sms", phone, kind="login_code", body=_("%(code)s is your code for Rochdale. Tell it to nobody.") % {"code": code}
        )

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Tell whoever has this number that there is no log-in for it; the page says the same for all numbers."""
        self._queue(
            "sms",
            phone,
            kind="unknown_account",
            body=_("There is no Rochdale log-in for this number. Sign up first, or ignore this."),
        )

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell whoever has this number that there is a log-in for it already."""
        self._queue(
            "sms", phone, kind="account_exists", body=_("You already have a Rochdale log-in with this number. Sign in instead.")
        )

    def get_from_email(self) -> str:
        """Return the sender of the host's own mails."""
        return str(settings.DEFAULT_FROM_EMAIL)

    def _queue(self, channel: str, address: str, *, kind: str, body: str, subject: str = "") -> None:
        with coops.public():
            actions.queue_code(
                actor=NOBODY, now=clock.now(), key=str(ids.new_id()), kind=f"account.{kind}", channel=channel,
                address=address, subject=subject, body=body, language=get_language() or "en",
            )  # fmt: skip
