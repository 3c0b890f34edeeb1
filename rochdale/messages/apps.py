"""The plug of the outbox. Its label is `outbox`, because Django's own toasts are called `messages`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


class Messages(module.Module):
    name = "rochdale.messages"
    label = "outbox"
    title = _("Messages")
    url_prefix = "messages"
    schemas = frozenset({"public", "co-op"})

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("Messages to me"), "messages:mine", "more", icon="mail", order=30, members_only=True),
            module.MenuItem(_("Letters to print"), "messages:letters", "more", icon="mail", order=70, for_offices=("secretary",)),
        )

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return (
            module.Job("messages.deliver", "* * * * *", per_coop=False, run=jobs.deliver_everywhere),
            module.Job("messages.forget_codes", "17 * * * *", per_coop=False, run=jobs.forget_codes),
        )

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import queries

        return (
            module.PersonalData(
                what=str(_("Messages sent to you: address, text, when, and whether they arrived; all encrypted")),
                why=str(_("To reach you, and to prove that a legal notice was sent in time")),
                basis="contract",
                retention_class="contact",
                kept_for=str(_("As long as the notice may matter")),
                export=queries.export,
                erase=None,
            ),
        )

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant("MS1", "No message waits in the outbox for more than a day without a next try.", queries.forgotten),
        )
