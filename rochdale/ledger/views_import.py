"""The treasurer's page “Bring your books”: choose a file, see what it holds, then book it. Nothing is kept in between.

The file travels in the form from step to step; the second step is bound to what the first one showed.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from rochdale.shared import coops, tables, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from . import forms, importing, reader, uploads

SHOWN = 20


@web.officers("treasurer")
def bring_books(request: CoopRequest) -> HttpResponse:
    """Show the form; on a POST look the file through and report, or book what was shown."""
    if request.method != "POST":
        return _form(request, forms.BringBooks())
    form = forms.BringBooks(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=422)
    initial: dict[str, Any] = request.POST.dict()
    try:
        upload = uploads.uploaded(form.cleaned_data)
        initial = _carried(request, upload)
        if request.POST.get("want") == "change":
            return _form(request, forms.BringBooks(initial=initial))
        with uploads.kept(upload) as path:
            return _step(request, form, upload, path)
    except Refusal as refused:
        return _form(request, forms.BringBooks(initial=initial), refused=web.refusal_message(refused), status=422)


def _step(request: CoopRequest, form: forms.BringBooks, upload: uploads.Upload, path: Path) -> HttpResponse:
    source = uploads.refused_if_large(reader.inspect(path, name=upload.name))
    options, want = form.options(source), request.POST.get("want", "")
    rejects = path.with_name("rejects")
    wish = replace(form.wish(), rejects=rejects, skip_rejects=want == "book_good")
    seen = importing.preview(request.coop.schema_name, source, options, wish)
    if want == "rejects" and rejects.exists():
        return _download(rejects, upload.name, options)
    if want in ("book", "book_good"):
        web.key_of(request)
        if request.POST.get("shown") != shown_as(seen):
            raise uploads.NotWhatWasShown()
        with coops.inside(request.coop.schema_name):  # all of it or nothing: what is refused on a page leaves nothing behind
            done = importing.book(seen, actor=request.actor)
        told = _("{posted} transactions booked, {there} were there already. Read back: every account is as in the file.")
        web.toast(request, told.format(posted=f"{done.posted:,}", there=f"{done.there:,}"))
        return web.see_other(reverse("ledger:accounts"))
    return _report(request, seen, upload)


def shown_as(seen: importing.Preview) -> str:
    """Return what stands for a report: the file, how it was read, what it comes to, and what the books have of it."""
    said = (
        seen.source.digest, seen.options, seen.wish.personal, seen.wish.open_names, sorted(seen.survey.sums.items()),
        seen.survey.rejected, seen.there,
        sorted((name, made.code, made.personal) for name, made in seen.chart.accounts.items()),
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _carried(request: CoopRequest, upload: uploads.Upload) -> dict[str, Any]:
    return request.POST.dict() | {"name": upload.name, "content": upload.carried}


def _form(request: CoopRequest, form: forms.BringBooks, *, refused: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "refused": refused, "chosen": form.initial.get("name", "")}
    return render(request, "ledger/bring_books.html", context, status=status)


def _report(request: CoopRequest, seen: importing.Preview, upload: uploads.Upload) -> HttpResponse:
    survey = seen.survey
    carried = {name: value for name, value in _carried(request, upload).items() if name in forms.BringBooks.base_fields}
    context = {
        "seen": seen,
        "new": survey.transactions - seen.there,
        "accounts": _accounts(seen),
        "totals": importing.totals(survey),
        "notes": [*survey.notes, *seen.chart.told],
        "findings": survey.findings[:SHOWN],
        "rejects": survey.rejects[:SHOWN],
        "more": max(survey.rejected - SHOWN, 0),
        "carried": carried.items(),
        "shown": shown_as(seen),
    }
    return render(request, "ledger/bring_books_report.html", context)


def _accounts(seen: importing.Preview) -> tables.Table:
    rows = []
    for (account, currency), total in sorted(seen.survey.sums.items()):
        made = seen.chart.accounts[account]
        becomes = format_html("<code>{}</code> {}", made.code, _("(a person)") if made.personal else "")
        rows.append({
            "account": account, "becomes": becomes, "kind": made.kind,
            "lines": seen.survey.counts[account, currency], "balance": tables.Money(total, currency),
        })  # fmt: skip
    columns = [
        tables.Column("account", _("Account"), main=True),
        tables.Column("becomes", _("Becomes")),
        tables.Column("kind", _("Kind")),
        tables.Column("lines", _("Lines"), end=True),
        tables.Column("balance", _("Comes to"), end=True),
    ]
    return tables.Table(
        name="", caption=_("Accounts and what they come to (debits positive)"), columns=columns, rows=rows, empty=""
    )


def _download(rejects: Path, name: str, options: reader.Options) -> HttpResponse:
    as_table = options.form in ("csv", "opening", "opencollective")
    response = HttpResponse(rejects.read_bytes(), content_type=f"text/{'csv' if as_table else 'plain'}; charset=utf-8")
    called = f"{name.removesuffix('.gz')}.rejects.{'csv' if as_table else 'txt'}"
    response["Content-Disposition"] = content_disposition_header(True, called) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
