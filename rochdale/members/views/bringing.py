"""The secretary's page “Bring your members”: choose the lists, see what they hold, then enter them."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from rochdale.ledger import reader, uploads
from rochdale.shared import coops, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import forms_import as forms
from .. import importing

SHOWN = 20


@web.officers("secretary")
def bring_members(request: CoopRequest) -> HttpResponse:
    """Show the form; on a POST look the lists through and report, or enter what was shown."""
    if request.method != "POST":
        return _form(request, forms.BringMembers())
    form = forms.BringMembers(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=422)
    carried: dict[str, Any] = request.POST.dict()
    try:
        lists = _lists(form.cleaned_data)
        carried |= {
            name: value for upload, names in lists for name, value in zip(names, (upload.name, upload.carried), strict=True)
        }
        if request.POST.get("want") == "change":
            return _form(request, forms.BringMembers(initial=carried))
        return _step(request, form, [upload for upload, _names in lists], carried)
    except Refusal as refused:
        return _form(request, forms.BringMembers(initial=carried), refused=web.refusal_message(refused), status=422)


def _lists(given: dict[str, Any]) -> list[tuple[uploads.Upload, tuple[str, str]]]:
    """Return the list of members and, where there is one, that of shares, each with the fields that carry it on."""
    found = [(uploads.uploaded(given), ("name", "content"))]
    if given["shares"] or given["shares_content"]:
        shares = uploads.uploaded(given, "shares", "shares_content", "shares_name")
        found.append((shares, ("shares_name", "shares_content")))
    return found


def _step(request: CoopRequest, form: forms.BringMembers, lists: list[uploads.Upload], carried: dict[str, Any]) -> HttpResponse:
    want = request.POST.get("want", "")
    with ExitStack() as stack:
        paths = [stack.enter_context(uploads.kept(upload)) for upload in lists]
        for upload, path in zip(lists, paths, strict=True):
            uploads.refused_if_large(reader.inspect(path, name=upload.name))
        seen = importing.preview(
            request.coop.schema_name,
            paths[0],
            paths[1] if len(paths) > 1 else None,
            options=form.options(),
            classes=form.cleaned_data["classes"],
            against=form.against_account(),
        )
    if want in ("rejects_members", "rejects_shares"):
        return _download(seen, want.removeprefix("rejects_"))
    if want in ("enter", "enter_good"):
        web.key_of(request)
        if request.POST.get("shown") != shown_as(seen):
            raise uploads.NotWhatWasShown()
        with coops.inside(request.coop.schema_name):  # all of it or nothing: what is refused on a page leaves nothing behind
            done = importing.enter(seen, actor=request.actor, skip_rejects=want == "enter_good")
        told = _("{entered} members entered, {there} were there already.")
        web.toast(request, told.format(entered=f"{done['entered']:,}", there=f"{done['there']:,}"))
        return web.see_other(reverse("members:register"))
    return _report(request, seen, lists[0].name, carried)


def shown_as(seen: importing.Preview) -> str:
    """Return what stands for a report: the lists, how they were read, and what of them is here already."""
    said = (seen.digest, seen.against, seen.there, len(seen.rejects), seen.members)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _form(request: CoopRequest, form: forms.BringMembers, *, refused: str = "", status: int = 200) -> HttpResponse:
    chosen = [name for name in (form.initial.get("name"), form.initial.get("shares_name")) if name]
    context = {"form": form, "refused": refused, "chosen": ", ".join(chosen)}
    return render(request, "members/bring_members.html", context, status=status)


def _report(request: CoopRequest, seen: importing.Preview, name: str, carried: dict[str, Any]) -> HttpResponse:
    context = {
        "seen": seen,
        "name": name,
        "members": len(seen.members),
        "rejected": len(seen.rejects),
        "rest": seen.against_stood - seen.paid,
        "by_class": sorted(seen.by_class.items()),
        "rejects": seen.rejects[:SHOWN],
        "more": max(len(seen.rejects) - SHOWN, 0),
        "bad_lists": sorted({each.file for each in seen.rejects}),
        "flags": seen.flags[:SHOWN],
        "notes": list(dict.fromkeys(seen.notes)),
        "carried": [(key, value) for key, value in carried.items() if key in forms.BringMembers.base_fields],
        "shown": shown_as(seen),
    }
    return render(request, "members/bring_members_report.html", context)


def _download(seen: importing.Preview, which: str) -> HttpResponse:
    text = importing.rejects_of(seen, which)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{which}.rejects.csv") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
