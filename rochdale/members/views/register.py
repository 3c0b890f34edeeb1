"""The register of members: as of a day, as known on another, shown as far as the law lets the viewer see."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from rochdale.shared import clock, keys, tables, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, queries
from ..reasons import PURPOSES

LOOKED = "members.looked"
"""Session key: the entry of the log under which this session's person from outside looks."""


@web.signed_in
def register(request: CoopRequest) -> HttpResponse:
    """Show the register; somebody from outside says first what for, where the law opens it to them at all."""
    now, actor = clock.now(), request.actor
    view, law = queries.register_view(actor, now)
    if not view.names:
        return render(request, "members/register_closed.html", {"law": law}, status=403)
    if view.logged and request.session.get(LOOKED) != _visit(request):
        return _ask_purpose(request, law)
    return _show(request)


def _ask_purpose(request: CoopRequest, law: str) -> HttpResponse:
    form = forms.Purpose(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.inspect_register(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                purpose=form.cleaned_data["purpose"],
                purpose_class=form.cleaned_data["purpose_class"],
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            request.session[LOOKED] = _visit(request)
            return web.see_other(web.full_path(request))
    context = {"form": form, "law": law, "refused": refused}
    return render(request, "members/register_purpose.html", context, status=422 if refused else 200)


def _visit(request: CoopRequest) -> str:
    """Name a visit: this co-op, this day. Tomorrow it is asked and logged anew."""
    return f"{request.coop.slug}:{clock.now():%Y-%m-%d}"


def _show(request: CoopRequest) -> HttpResponse:
    now = clock.now()
    as_of, known_at = _moment(request, "as_of"), _moment(request, "known_on")
    view, _law = queries.register_view(request.actor, now)
    allowed = tuple(sort for sort in queries.SORTS if sort != "shares" or view.holdings)
    order = tables.order_of(request.GET, allowed=allowed, default="number")
    download = request.path_info.endswith(".csv")
    number = tables.page_of(request.GET, total=10**9, size=queries.PAGE_SIZE)
    page = queries.register(
        viewer=request.actor,
        now=now,
        as_of=as_of,
        known_at=known_at,
        sort=order.key,
        descending=order.descending,
        search=request.GET.get("q", "")[:100],
        start=0 if download else number.start,
        size=0 if download else number.size,
    )
    table = _table(request, page, order, now)
    if download:
        return web.csv_download(table, filename=f"register-{request.coop.slug}-{(as_of or now):%Y-%m-%d}.csv")
    keeps = queries.viewer_kind(request.actor, now) == "officer"
    context = {
        "table": table,
        "page": page,
        "as_of": request.GET.get("as_of", ""),
        "known_on": request.GET.get("known_on", ""),
        "q": request.GET.get("q", "")[:100],
        "keeper": keeps,
        "inspections": _looks(keeps) if keeps or queries.viewer_kind(request.actor, now) == "member" else [],
    }
    return render(request, "members/register.html", context)


def _looks(keeps: bool) -> list[tuple[Any, str, str, str]]:
    """Return the latest looks: when, the kind of viewer, the kind of purpose; to officers what was written as well."""
    kinds = {"outsider": _("somebody from outside"), "member": _("a member"), "officer": _("an officer")}
    return [
        (each, kinds[each.viewer], str(PURPOSES[each.purpose_class]), _words(each) if keeps else "")
        for each in queries.register_inspections(10)
    ]


def _words(each: Any) -> str:
    try:
        return keys.decrypt_text(bytes(each.purpose_sealed), about="members.inspection")
    except (keys.KeyMissing, keys.NotOpened):
        return _("closed")


def _table(request: CoopRequest, page: queries.RegisterPage, order: tables.Order, now: datetime) -> tables.Table:
    titles = {each.code: _(each.title) for each in queries.classes()}
    columns = [
        tables.Column("number", _("Number"), end=True, sort=True),
        tables.Column("name", _("Name"), main=True, sort=True),
        tables.Column("classes", _("Classes")),
        tables.Column("joined", _("Member since"), sort=True),
    ]
    if any(line.left_at for line in page.lines):
        columns.append(tables.Column("left", _("Left")))
    if any(line.old_number for line in page.lines):
        columns.append(tables.Column("old_number", _("Old number")))
    if page.view.holdings:
        columns.append(tables.Column("shares", _("Shares"), end=True, sort=True))
        columns.append(tables.Column("paid", _("Paid for them"), end=True))
    rows = [_row(line, titles) for line in page.lines]
    shown = tables.page_of(request.GET, total=page.total, size=queries.PAGE_SIZE)
    return tables.Table(
        name="",
        caption=_("Register of members"),
        columns=columns,
        rows=rows,
        order=order,
        page=shown,
        csv_url=f"register.csv?{request.GET.urlencode()}",
        empty=_("Nobody of this name is in the register on that day.")
        if request.GET.get("q", "").strip()
        else _("No members then. The register fills as the co-op admits members."),
    )


def _row(line: queries.RegisterLine, titles: dict[str, str]) -> dict[str, Any]:
    held = line.holdings or ()
    return {
        "number": line.number,
        "name": line.name or _("erased"),
        "classes": ", ".join(titles.get(code, code) for code in line.classes),
        "joined": line.joined_at.date(),
        "left": line.left_at.date() if line.left_at else "",
        "old_number": line.old_number,
        "shares": line.shares,
        "paid": tables.Money(sum(each.paid for each in held), held[0].currency) if held else None,
    }


def _moment(request: CoopRequest, name: str) -> datetime | None:
    """Read a day from the address as its last moment in the co-op's time zone."""
    day = parse_date(request.GET.get(name, "")) if len(request.GET.get(name, "")) == 10 else None
    if day is None:
        return None
    return datetime.combine(day, time.max, tzinfo=ZoneInfo(request.coop.time_zone))
