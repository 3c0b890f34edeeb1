"""The public list of a co-op's seals: for people, for programs, and as a small file to keep."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from rochdale.shared import clock, tables, web
from rochdale.shared.web import CoopRequest

from .. import rules, sources, witnessed
from ..queries import seals as queries

PAGE = 50
FILE_MOST = 20_000
"""Seals in one file: two years of hourly ones. The last head fixes those before."""


@web.everyone
def seals(request: CoopRequest) -> HttpResponse:
    """Show the seals, newest first, with who else has seen them."""
    page = tables.page_of(request.GET, total=queries.count(), size=PAGE)
    others: dict[int, list[str]] = {}
    for each in queries.attested():
        others.setdefault(each.number, []).append(_("time stamp") if each.stamp else each.who)
    rows = [
        {
            "number": tables.Link(str(line.number), reverse("audit:seal", args=[line.number])),
            "at": line.sealed_at,
            "records": line.records,
            "head": rules.grouped(line.head),
            "seen": ", ".join(others.get(line.number, [])) or "–",
        }
        for line in queries.latest(limit=page.size, offset=page.start)
    ]
    table = tables.Table(
        name="",
        caption=_("Seals"),
        columns=[
            tables.Column("number", _("No."), main=True),
            tables.Column("at", _("Sealed")),
            tables.Column("records", _("Records"), end=True),
            tables.Column("head", _("Head")),
            tables.Column("seen", _("Also known to")),
        ],
        rows=rows,
        page=page,
        empty=_("Nothing is sealed yet. A seal is made each hour in which something was recorded."),
    )
    return render(request, "audit/seals.html", {"table": table, "last": queries.newest()})


@web.everyone
def seal(request: CoopRequest, number: int) -> HttpResponse:
    """Show one seal: its whole head, what it covers of each source, and who else has seen it."""
    line = queries.seal(number) if number < 2**31 else None
    if line is None:
        raise Http404
    titles = {rows.code: str(rows.title) for rows in sources.declared()}
    covered = [(titles.get(each.source, each.source), each) for each in queries.sets(number)]
    context: dict[str, Any] = {
        "line": line,
        "head": rules.grouped(line.head),
        "covered": covered,
        "attested": [each for each in queries.attested() if each.number == number],
    }
    return render(request, "audit/seal.html", context)


@web.everyone
def seals_json(request: CoopRequest) -> HttpResponse:
    """Answer with the seals as JSON, oldest first; `after` is the last number already known."""
    after = request.GET.get("after", "")
    known = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    return JsonResponse(_listed(request, after=known))


@web.everyone
def witness_file(request: CoopRequest) -> HttpResponse:
    """Download the seals as a witness file, to keep where the host's operator cannot reach it."""
    answer = JsonResponse(_listed(request, after=max(0, queries.count() - FILE_MOST)), json_dumps_params={"indent": 1})
    name = f"seals-{request.coop.slug}-{clock.now():%Y-%m-%d}.json"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _listed(request: CoopRequest, *, after: int) -> dict[str, Any]:
    return witnessed.write(
        coop=request.coop.slug,
        host=request.build_absolute_uri(web.site_root(request)),
        made_at=clock.now().isoformat(),
        lines=queries.chain(after=after, limit=FILE_MOST),
    )
