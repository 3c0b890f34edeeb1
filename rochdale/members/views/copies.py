"""Copies of the register: make one, take it again in any form, find one by its digest; ask for one, answer."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting_on
from rochdale.shared import clock, keys, locales, web
from rochdale.shared.web import CoopRequest

from .. import actions, paper, queries
from .. import forms_shares as forms
from ..reasons import PURPOSES
from . import acting
from .shares import download

KEEPERS = ("secretary", "board", "chair", "treasurer", "auditor")
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@web.officers(*KEEPERS)
def copies(request: CoopRequest) -> HttpResponse:
    """Show the copies that were made, who asked for one, and find one by the digest on paper."""
    now = clock.now()
    found = forms.FindCopy(request.GET or None)
    matches = queries.exports_with_digest(found.cleaned_data["digest"]) if request.GET and found.is_valid() else None
    wishes = queries.copy_wishes()
    names = privacy.names([each.party for each in wishes if each.party is not None])
    context = {
        "exports": queries.exports() if matches is None else matches,
        "searched": matches is not None,
        "find": found,
        "wishes": [
            (
                each,
                names.get(each.party, "") if each.party else "",
                PURPOSES[each.purpose_class],
                purpose_of(each),
                each.due_at < now,
            )
            for each in wishes
        ],
        "kinds": list(FORMS),
    }
    return render(request, "members/copies.html", context)


def purpose_of(wish: queries.CopyWish) -> str:
    """Return the sentence of whoever asked, for officers."""
    try:
        return keys.decrypt_text(wish.purpose_sealed, about=actions.COPY_PURPOSE)
    except (keys.KeyMissing, keys.NotOpened):
        return _("closed")


@web.officers(*KEEPERS)
def make_copy(request: CoopRequest) -> HttpResponse:
    """Make a copy of the register as of one day as known on another."""
    today = clock.now().astimezone(ZoneInfo(request.coop.time_zone)).date()
    form = forms.MakeCopy(acting.data(request), initial={"as_of": today, "known_on": today})

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        actions.copy_register(
            **by,
            as_of=acting.moment_of(request, given["as_of"]),
            known_at=acting.moment_of(request, given["known_on"]),
            scope=given["scope"],
        )

    return acting.act(
        request,
        form,
        do,
        head=_("Make a copy of the register"),
        lead=_("The same days always give the same copy, also after corrections. Its digest is kept, and printed on it."),
        submit=_("Make it"),
        back=reverse("members:copies"),
        said=_("The copy is made: take it below."),
    )


@web.signed_in
def copy(request: CoopRequest, number: int, kind: str) -> HttpResponse:
    """Write a copy again and give it, to officers and to whom it was given."""
    found = queries.export(number)
    if found is None or kind not in FORMS or not (_keeps(request) or _was_given(request, number)):
        raise Http404
    made = queries.register_copy(found.as_of, found.known_at, found.scope)
    if made.digest_without_names != found.digest_without_names:
        return render(request, "members/copy_differs.html", {"copy": found}, status=409)
    content = {
        "csv": lambda: queries.as_csv(made),
        "json": lambda: queries.as_json(made),
        "pdf": lambda: paper.register_pdf(made, coop=request.coop.name, language=locales.locale_of(request)),
        "xlsx": lambda: paper.register_xlsx(made),
    }[kind]()
    return download(content, f"register-{request.coop.slug}-{found.as_of:%Y-%m-%d}-{made.digest[:12]}.{kind}", FORMS[kind])


def _keeps(request: CoopRequest) -> bool:
    return bool(set(KEEPERS) & acting_on.held(request.actor, clock.now()))


def _was_given(request: CoopRequest, number: int) -> bool:
    return any(each.export == number for each in queries.copy_wishes_of(person=request.actor.person, party=request.actor.party))


@web.signed_in
def ask_copy(request: CoopRequest) -> HttpResponse:
    """Ask for a copy of the register, and see what became of earlier wishes."""
    now = clock.now()
    view, law = queries.register_view(request.actor, now)
    if not view.names:
        return render(request, "members/register_closed.html", {"law": law}, status=403)
    return acting.act(
        request,
        forms.AskCopy(acting.data(request)),
        lambda given, by: actions.ask_copy(**by, purpose=given["purpose"], purpose_class=given["purpose_class"]),
        head=_("Ask for a copy of the register"),
        lead=_("It shows names and holdings.") if view.holdings else _("It shows names, without what members hold."),
        lines=[law] if law else [],
        submit=_("Ask for it"),
        back=reverse("members:my_copies"),
        said=_("The secretary has your wish."),
    )


@web.signed_in
def my_copies(request: CoopRequest) -> HttpResponse:
    """Show one's own wishes for copies, with the day by which each is answered."""
    wishes = queries.copy_wishes_of(person=request.actor.person, party=request.actor.party)
    return render(request, "members/my_copies.html", {"wishes": wishes, "kinds": list(FORMS), "purposes": PURPOSES})


@web.officers("secretary", "board", "chair")
def answer_copy(request: CoopRequest, wish: int) -> HttpResponse:
    """Give a copy that was asked for, or refuse it."""
    found = queries.copy_wish(wish)
    if found is None:
        raise Http404

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        actions.answer_copy(**by, request=wish, given=given["decision"] == "yes", reason_code=given["reason_code"])

    day = locales.day(found.due_at, locales.locale_of(request))
    return acting.act(
        request,
        forms.AnswerCopy(acting.data(request)),
        do,
        head=_("A copy of the register"),
        lead=_("For: {purpose}. To be answered by {day}.").format(purpose=PURPOSES[found.purpose_class], day=day),
        lines=[purpose_of(found)],
        submit=_("Answer"),
        back=reverse("members:copies"),
        said=_("Answered."),
    )
