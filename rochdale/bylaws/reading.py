"""What a reader of a pack asked for by the address: words to find, two days, two texts; nothing typed is trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from rochdale.shared import tables

from . import packs as files
from . import queries, wording

SHIPPED = "shipped"
"""Names the text that the software ships now, where else a version's number stands."""
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Days:
    """Two days to compare, and the text that could not be read as a day."""

    first: date
    second: date
    unread: str = ""


def day(given: str, otherwise: date) -> date | None:
    """Return a day as typed (2026-05-01), `otherwise` for nothing, None for what is no day."""
    if not given.strip():
        return otherwise
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        return None


def days(given: Mapping[str, str], pack: files.Pack, *, today: date) -> Days:
    """Return the two days asked for: by default from a year before today, or from before the last change, until today."""
    first, second = day(given.get("from", ""), _before_last_change(pack, today)), day(given.get("to", ""), today)
    unread = next((given[name][:40] for name, read in (("from", first), ("to", second)) if read is None), "")
    return Days(first or _before_last_change(pack, today), second or today, unread)


def _before_last_change(pack: files.Pack, today: date) -> date:
    passed = [each for each in queries.days_of_change(pack) if each <= today]
    return min(passed[0] - timedelta(days=1), today - timedelta(days=1)) if passed else today - A_YEAR


def of_rows(given: Mapping[str, str], rows: Sequence[queries.PackRow]) -> dict[str, Any]:
    """Return what the list of rules needs: the rows found, the words and the kind asked for, and how many there are."""
    words = given.get("q", "")[:80]
    show = given.get("show", "all") if given.get("show") in queries.SHOWN else "all"
    found = queries.sought(rows, words=words, show=show)
    return {"rows": found, "q": words, "show": show, "of": len(rows), "kinds": _kinds()}


def _kinds() -> list[tuple[str, str]]:
    names = {
        "all": _("all rules"),
        "used": _("read by the program"),
        "shown": _("shown only"),
        "unconfirmed": _("not confirmed"),
        "changing": _("with a change over time"),
    }
    return [(kind, names[kind]) for kind in queries.SHOWN]


def text(given: str, name: str, *, otherwise: files.Pack) -> files.Pack | None:
    """Return the text of a pack that was named: the shipped one, a version's, `otherwise` for nothing, else None."""
    if not given:
        return otherwise
    if given == SHIPPED:
        return queries.pack(name)
    return queries.text_of_version(name, int(given)) if given.isascii() and given.isdigit() and len(given) < 9 else None


def of_changes(first: files.Pack, second: files.Pack, asked: Days) -> dict[str, Any]:
    """Return what a page of differences needs."""
    found = queries.pack_differences(first, asked.first, second, asked.second)
    return {
        "days": asked,
        "differences": found,
        "table": _table(found, asked) if found else None,
        "changes_on": queries.days_of_change(second),
    }


def _table(found: Sequence[queries.LawDifference], asked: Days) -> tables.Table:
    return tables.Table(
        name="differences",
        caption=_("What is different"),
        columns=[
            tables.Column("rule", _("Rule"), main=True),
            tables.Column("change", _("Change")),
            tables.Column("before", _("On %(day)s") % {"day": asked.first.isoformat()}),
            tables.Column("after", _("On %(day)s") % {"day": asked.second.isoformat()}),
            tables.Column("article", _("Article")),
        ],
        rows=[
            {
                "rule": each.title,
                "change": wording.change(each.change),
                "before": each.before or _("not there"),
                "after": each.after or _("not there"),
                "article": " → ".join(dict.fromkeys(filter(None, (each.article_before, each.article_after)))),
            }
            for each in found
        ],
    )
