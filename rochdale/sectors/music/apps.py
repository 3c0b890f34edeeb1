"""The plug of the music sector: nine plays and a track is yours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module

from . import rules, words

_TERMS = "rochdale.sectors.music.queries.terms"


class Music(module.Module):
    name = "rochdale.sectors.music"
    label = "music"
    title = _("Music")
    url_prefix = "music"

    def posting_kinds(self) -> Sequence[module.PostingKind]:
        return (
            module.PostingKind(
                "music.play",
                _("Plays"),
                _("A listener's wallet pays one step of the ladder: tax to the state, the rest to the artist and the co-op."),
                patronage=True,
                measure="money",
                tax="inclusive",
                flow=("listeners", "artists"),
            ),
            module.PostingKind(
                "music.import_funding",
                _("Demo money for imported plays"),
                _("In a demo, an account of the co-op pays into the wallet of an imported listener; the plays are paid with it."),
                flow=("demo", "listeners"),
            ),
        )

    def accounts(self) -> Sequence[module.AccountPlan]:
        return (
            module.AccountPlan(
                "liabilities.artist_payable",
                _("Owed to artists"),
                "liability",
                per="party",
                client_money=True,
                place=_("Artists"),
            ),
            module.AccountPlan("income.music_share", _("The co-op's share of plays"), "income"),
            module.AccountPlan("liabilities.vat", _("Value added tax owed to the state"), "liability", place=_("The state: tax")),
        )

    def bylaws(self) -> Sequence[module.Bylaw]:
        return (
            module.Bylaw(
                "music.ladder",
                "table",
                _("What each play of a track costs until it is owned"),
                _("For every currency (or one of its own) the price of the first, second, … play in thousandths of its unit."),
                {rules.EVERY_CURRENCY: list(rules.DEFAULT_LADDER)},
                words.ladder,
                check=words.ladder_complaint,
                used_by=_TERMS,
            ),
            module.Bylaw(
                "music.coop_share",
                "percent",
                _("The co-op's share of a play"),
                _("Of each price without tax this part is the co-op's income; the rest is owed to the artist."),
                Decimal(30),
                words.coop_share,
                minimum=0,
                maximum=100,
                used_by=_TERMS,
            ),
            module.Bylaw(
                "music.vat_percent",
                "percent",
                _("Value added tax inside the price of a play"),
                _("The price a listener sees includes this tax. It is set aside for the state before the price is shared."),
                Decimal(0),
                words.vat,
                minimum=0,
                maximum=50,
                used_by=_TERMS,
            ),
            module.Bylaw(
                "music.counted_after_seconds",
                "seconds",
                _("From which second a play counts"),
                _("Whoever stops earlier pays nothing."),
                45,
                words.counted_after,
                minimum=1,
                maximum=600,
                used_by=_TERMS,
            ),
            module.Bylaw(
                "music.reported_within_days",
                "days",
                _("How late a play may be reported"),
                _("A player without a connection reports its plays later; what is older than this is refused."),
                30,
                words.reported_within,
                minimum=1,
                maximum=366,
                used_by=_TERMS,
            ),
        )

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("Music"), "music:catalogue", "sector", icon="music", order=10),
            module.MenuItem(_("My collection"), "music:collection", "sector", icon="star", order=20, members_only=True),
            module.MenuItem(_("Artists"), "music:artists", "sector", icon="people", order=30),
            module.MenuItem(_("My music as an artist"), "music:studio", "sector", icon="desk", order=40, members_only=True),
        )

    def home_cards(self, party: UUID, now: datetime) -> Sequence[module.Card]:
        from . import cards

        return cards.home(party, now)

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import exports

        return exports.declared()

    def obligations(self, party: UUID, now: datetime) -> Sequence[module.Obligation]:
        from . import cards

        return cards.obligations(party, now)

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import invariants

        return (
            module.Invariant(
                "MU1", "Every counted play has its posting, of the same amount and listener.", invariants.plays_unlike_books
            ),
            module.Invariant("MU2", "No play is charged once its track is owned.", invariants.charged_after_owned),
            module.Invariant(
                "MU3", "A track is owned exactly by who took the last step of its ladder.", invariants.owned_unlike_steps
            ),
            module.Invariant(
                "MU4", "The steps a listener took on a track are numbered without gaps.", invariants.steps_with_gaps
            ),
        )

    def kits(self) -> Sequence[module.Kit]:
        return (
            module.Kit(
                code="music",
                title=_("Music: listeners and artists own the service"),
                purpose=_(
                    "To run a music service that belongs to its listeners, artists and workers: whoever listens pays the artists "
                    "they play, and after nine plays a track is theirs."
                ),
                classes=(
                    module.MemberClass("listener", _("Listener"), True, _("Listens, pays by the play, and votes.")),
                    module.MemberClass("artist", _("Artist"), True, _("Publishes music here, is paid for plays, and votes.")),
                    module.MemberClass("worker", _("Worker"), True, _("Works for the co-op, and votes.")),
                    module.MemberClass(
                        "supporter", _("Supporter"), False, _("Lends the co-op capital by buying shares; has no vote.")
                    ),
                ),
                bylaws={},
                currencies=("EUR", "GBP"),
                cover="music/cover.svg",
            ),
        )

    def commands(self) -> Any | None:
        from . import commands

        return commands.app
