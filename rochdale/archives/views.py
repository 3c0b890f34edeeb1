"""Take your co-op with you, and come back after it moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.shared import action as acting
from rochdale.shared import clock, coops, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from . import actions, forms, keeping, queries, rules

LINK_SECONDS = 3600
CHUNK = 1 << 18
STATES = {
    "asked": (_("waits for a second officer"), "warn"),
    "agreed": (_("is being written"), "info"),
    "ready": (_("ready"), "ok"),
    "failed": (_("could not be written"), "bad"),
    "gone": (_("no longer kept"), "quiet"),
}


@web.members_only
def exports(request: CoopRequest) -> HttpResponse:
    """Show every archive that was ever asked for; officers ask for one, agree to one, download one."""
    now = clock.now()
    shown = [(each, *STATES[each.state]) for each in queries.exports(now)]
    context = {
        "exports": shown,
        "officer": bool(set(queries.OFFICES) & acting.held(request.actor, now)),
        "waits": queries.open_export() is not None,
        "me": request.actor.party,
        "days": rules.EXPORT_DAYS,
    }
    return render(request, "archives/exports.html", context)


@web.officers(*queries.OFFICES)
def ask(request: CoopRequest) -> HttpResponse:
    """Say what an archive holds, and ask for one."""
    refused = ""
    if request.method == "POST":
        try:
            actions.ask_for_export(actor=request.actor, now=clock.now(), key=web.key_of(request))
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Asked for. Now a second officer has to agree."))
            return web.see_other(reverse("archives:exports"))
    return render(request, "archives/ask.html", {"refused": refused, "consequences": _holds()}, status=409 if refused else 200)


@web.officers(*queries.OFFICES)
def agree(request: CoopRequest, export: int) -> HttpResponse:
    """Agree to an archive as the second officer."""
    found = queries.export_view(export, clock.now())
    if found is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            actions.agree_to_export(actor=request.actor, now=clock.now(), key=web.key_of(request), export=export)
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Agreed. The archive is written within some minutes; every member sees that."))
            return web.see_other(reverse("archives:exports"))
    context = {"refused": refused, "consequences": _holds(), "export": found}
    return render(request, "archives/agree.html", context, status=409 if refused else 200)


@web.officers(*queries.OFFICES)
def fetch(request: CoopRequest, export: int) -> HttpResponse:
    """Begin a download: it is written down, and the link holds for an hour."""
    if request.method != "POST":
        return web.see_other(reverse("archives:exports"))
    actions.fetch_export(actor=request.actor, now=clock.now(), key=web.key_of(request), export=export)
    token = signing.dumps([coops.current(), export, str(request.actor.party)], salt="archives.fetch")
    return web.see_other(reverse("archives:file", args=[export, token]))


@web.officers(*queries.OFFICES)
def file(request: CoopRequest, export: int, token: str) -> HttpResponseBase:
    """Send the archive, or the part of it that a broken download still lacks (Range)."""
    try:
        said = signing.loads(token, salt="archives.fetch", max_age=LINK_SECONDS)
    except signing.BadSignature:
        raise actions.NotReady() from None
    place = keeping.export_path(coops.current(), export)
    if (
        said != [coops.current(), export, str(request.actor.party)]
        or not queries.is_ready(export, clock.now())
        or not place.exists()
    ):
        raise actions.NotReady()
    return _send(place, request.coop.slug, request.headers.get("Range", ""))


@web.officers(*queries.OFFICES)
def returning(request: CoopRequest) -> HttpResponse:
    """List who has not come back yet; issue codes to one or to all, shown once."""
    now = clock.now()
    waiting = [each for each in queries.comebacks(now) if each.party != request.actor.party]
    codes: dict[UUID, str] = {}
    refused = ""
    if request.method == "POST":
        wanted = request.POST.get("party", "")
        chosen = [each.party for each in waiting if wanted in ("", str(each.party))]
        codes = {party: rules.new_code() for party in chosen}
        try:
            actions.issue_claims(
                actor=request.actor,
                now=now,
                key=web.key_of(request),
                parties=[str(each) for each in codes],
                code_hashes=[rules.code_hash(code) for code in codes.values()],
            )
        except Refusal as refusal:
            codes, refused = {}, web.refusal_message(refusal)
    shown = [(each, codes.get(each.party, "")) for each in waiting if not codes or each.party in codes]
    context = {"waiting": shown, "issued": bool(codes), "refused": refused, "days": rules.CODE_DAYS}
    return render(request, "archives/returning.html", context, status=409 if refused else 200)


@web.signed_in
def come_back(request: CoopRequest) -> HttpResponse:
    """Enter the code one was given, and be the member one was."""
    form = forms.ClaimForm(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.claim_party(
                actor=request.actor, now=clock.now(), key=web.key_of(request), code=form.cleaned_data["code"]
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            if done["party"]:
                web.toast(request, _("Welcome back. Everything you had here is yours as before."))
                return web.see_other(reverse("openbooks:member_home"))
            refused = _WHY[done["reason"]]
    return render(request, "archives/come_back.html", {"form": form, "refused": refused}, status=422 if refused else 200)


_WHY = {
    "wrong": _(
        "This code is not one that can be used: mistyped, used before, replaced or too old. "
        "Nothing was changed; ask an officer for a new one."
    ),
    "later": _("Too many wrong codes were entered with this log-in. Nothing was changed; try again tomorrow."),
}


def _holds() -> list[str]:
    return [
        _("It holds everything of the co-op: books, register, bylaws, messages, the trail of what was done."),
        _("Names are encrypted in it; the key is not in it. No log-ins, e-mail addresses of log-ins or passwords."),
        _("A second officer has to agree, and every member sees that it was made."),
        _("It lies ready for {n} days and is deleted then.").format(n=rules.EXPORT_DAYS),
    ]


def _send(place: Path, slug: str, asked: str) -> HttpResponseBase:
    size = place.stat().st_size
    try:
        first, last = rules.byte_range(asked, size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    answer = StreamingHttpResponse(_piece(place, first, last), status=206 if asked else 200, content_type="application/x-tar")
    answer["Content-Length"] = str(last - first + 1)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = f'attachment; filename="{slug}.tar"'
    if asked:
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    return answer


def _piece(place: Path, first: int, last: int) -> Iterator[bytes]:
    with place.open("rb") as content:
        content.seek(first)
        left = last - first + 1
        while left > 0 and (piece := content.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
