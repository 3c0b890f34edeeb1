"""The plug of the open books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


def _visibility_means(value: Any) -> Any:
    return _("Everybody may look at the books.") if value == "everybody" else _("Only members may look at the books.")


def _smallest_means(value: Any) -> str:
    sentence = _("Groups of fewer than {n} people are shown together with others, so that nobody can be singled out.")
    return str(sentence).format(n=value)


class OpenBooks(module.Module):
    """Where the money went, for everybody who may see it."""

    name = "rochdale.openbooks"
    label = "openbooks"
    title = _("Open books")
    url_prefix = ""
    schemas: ClassVar[frozenset[str]] = frozenset()

    def bylaws(self) -> Sequence[module.Bylaw]:
        return (
            module.Bylaw(
                "openbooks.visibility",
                "choice",
                _("Who may look at the books"),
                _("Totals only: what belongs to one person is shown to that person alone, either way."),
                "everybody",
                _visibility_means,
                choices=("everybody", "members"),
                used_by="rochdale.openbooks.queries.sight.may_see",
            ),
            module.Bylaw(
                "openbooks.smallest_group",
                "count",
                _("How many people make a group that may be shown"),
                _("Smaller groups are put together with others in all published figures."),
                5,
                _smallest_means,
                minimum=5,
                maximum=100,
                used_by="rochdale.openbooks.queries.sight.smallest_group",
            ),
        )

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("My home"), "openbooks:member_home", "home", icon="home", order=5, members_only=True),
            module.MenuItem(_("The co-op"), "openbooks:home", "home", icon="people", order=10),
            module.MenuItem(_("Open books"), "openbooks:books", "money", icon="books", order=60),
        )
