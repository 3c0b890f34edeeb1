"""The bylaws as a document to read. There is no page that changes one: that takes a resolution."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rochdale.shared import clock, links, tables, web
from rochdale.shared.web import CoopRequest

from . import queries, reading


@web.everyone
def document(request: CoopRequest) -> HttpResponse:
    """Show the bylaws that stand now, with the law's bounds in the margin."""
    now = clock.now()
    if queries.version_at(now) is None:
        return render(request, "bylaws/none.html", {"next": queries.latest()})
    latest = queries.latest()
    shown = queries.document(at=now)
    coming = latest if latest and latest.number != shown.edition.number else None
    return render(
        request,
        "bylaws/document.html",
        {
            "document": shown,
            "coming": coming,
            "year": queries.financial_year(at=now),
            "report": queries.report_due(at=now),
            "attention": queries.attention(at=now),
            "packs_url": links.root_url("packs:shelf"),
        },
    )


@web.everyone
def version(request: CoopRequest, number: int) -> HttpResponse:
    """Show one version as it stood from its first moment."""
    found = _edition(number)
    shown = queries.readable(queries.Rules(found, found.valid_from))
    return render(request, "bylaws/version.html", {"document": shown, "before": queries.edition(number - 1)})


@web.everyone
def history(request: CoopRequest) -> HttpResponse:
    """Show all versions, newest first, and what each changed."""
    editions = queries.editions()
    standing = queries.version_at(clock.now())
    changes = [
        (edition, queries.differences(before, edition) if before else None)
        for edition, before in zip(editions, [*editions[1:], None], strict=False)
    ]
    return render(request, "bylaws/history.html", {"changes": changes, "standing": standing})


@web.everyone
def difference(request: CoopRequest, first: int, second: int) -> HttpResponse:
    """Show what two versions say differently."""
    before, after = _edition(first), _edition(second)
    differences = queries.differences(before, after)
    table = tables.Table(
        name="difference",
        caption=_("What they say differently"),
        columns=[
            tables.Column("rule", _("Rule"), main=True),
            tables.Column("before", _("Version %(number)d") % {"number": first}),
            tables.Column("after", _("Version %(number)d") % {"number": second}),
        ],
        rows=[
            {"rule": str(each.title), "before": each.before or _("not there"), "after": each.after or _("not there")}
            for each in differences
        ],
    )
    return render(
        request,
        "bylaws/difference.html",
        {"before": before, "after": after, "differences": differences, "table": table, "same_law": before.packs == after.packs},
    )


@web.everyone
def rule(request: CoopRequest, key: str) -> HttpResponse:
    """Show one bylaw: what it means, the law on it, who reads it, and every value it ever had."""
    try:
        shown = queries.rule_shown(key, at=clock.now())
    except queries.UnknownRule:
        raise Http404 from None
    return render(request, "bylaws/rule.html", {"rule": shown, "past": queries.history_of(key)})


@web.everyone
def pack(request: CoopRequest, name: str) -> HttpResponse:
    """Show a pack of law as this co-op adopted it: each rule, its article, and whether the program reads it."""
    now = clock.now()
    found = queries.adopted_pack(name, at=now)
    if found is None:
        raise Http404
    standing = next(each for each in queries.pack_standings(queries.rules_at(now).head) if each.name == name)
    rows = queries.pack_rows(found, at=now)
    return render(
        request,
        "bylaws/pack.html",
        {"pack": found, "standing": standing, "accepted": queries.accepted(name), **reading.of_rows(request.GET, rows)},
    )


@web.everyone
def law_changes(request: CoopRequest, name: str) -> HttpResponse:
    """Show what the law we stand under says differently: on two days, under two versions, or in the text that ships now."""
    now = clock.now()
    adopted = queries.adopted_pack(name, at=now)
    if adopted is None:
        raise Http404
    days = reading.days(request.GET, adopted, today=queries.day_of(now))
    first = reading.text(request.GET.get("old", ""), name, otherwise=adopted)
    second = reading.text(request.GET.get("new", ""), name, otherwise=adopted)
    if first is None or second is None:
        raise Http404
    return render(
        request,
        "bylaws/law_changes.html",
        {
            "pack": second,
            "first": first,
            "old": request.GET.get("old", ""),
            "new": request.GET.get("new", ""),
            "editions": [each for each in queries.editions() if name in dict(each.packs)],
            **reading.of_changes(first, second, days),
        },
    )


def _edition(number: int) -> queries.Edition:
    found = queries.edition(number)
    if found is None:
        raise Http404
    return found
