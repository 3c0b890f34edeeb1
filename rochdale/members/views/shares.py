"""My shares: what I hold, what is due, offers, asking shares back, certificates; and checking a certificate."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting_on
from rochdale.shared import clock, locales, web
from rochdale.shared.web import CoopRequest

from .. import actions, paper, queries
from .. import forms_shares as forms
from ..forms_shares import Nothing
from ..reasons import MOVEMENTS, REQUEST_STATES
from . import acting

CERTIFIERS = frozenset({"secretary", "treasurer", "board", "chair", "auditor"})


@web.members_only
def shares(request: CoopRequest) -> HttpResponse:
    """Show one's holdings, instalments, wishes that wait, certificates, and everything that happened."""
    now, party = clock.now(), request.actor.party
    assert party is not None  # members_only has seen to it
    titles = dict(acting.share_classes())
    held = queries.holdings([party], now).get(party, [])
    wishes = [each for kind in ("transfer", "buy_back") for each in queries.share_requests(kind, party=party, waiting_only=False)]
    context = {
        "holdings": [(each, titles[each.share_class], *queries.withdrawable(each.share_class, now)) for each in held],
        "lots": [(lot, queries.instalments_of(lot, now)) for lot in queries.subscriptions_to_pay(party)],
        "overdue": queries.overdue_instalments(now, party),
        "wishes": [(each, titles[each.share_class], *REQUEST_STATES[each.state]) for each in wishes],
        "offers": [
            (each, titles[each.share_class], acting.name_of(each.party), each.agreed)
            for each in queries.share_requests("transfer", receiver=party)
        ],
        "certificates": queries.certificates_of(party, now),
        "history": history(party, titles),
        "may_transfer": queries.transfer_rule(now) != "not_allowed",
        "rules": [bylaws.rule_shown(key, at=now).in_words for key in ("members.share_transfers", "members.buy_back_months")],
    }
    return render(request, "members/shares.html", context)


def history(party: Any, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Return every movement of a party, the newest first, with what corrects it."""
    rows = list(reversed(queries.share_movements(party)))
    corrected = {row.corrects_id: row.id for row in rows if row.corrects_id}
    return [
        {
            "row": row,
            "what": MOVEMENTS[row.kind],
            "title": titles.get(row.share_class_id, row.share_class_id),
            "corrected_by": corrected.get(row.id),
            "late": row.recorded_at.date() != row.effective_at.date(),
        }
        for row in rows
    ]


@web.members_only
def transfer(request: CoopRequest) -> HttpResponse:
    """Offer shares to another member."""
    rule = queries.transfer_rule(clock.now())
    lines = [
        _("Only wholly paid shares go over, at the value at which they were taken. No money passes through the co-op."),
        _("Your smallest shareholding stays with you."),
        _("They are asked first, and can say no."),
        _("Then the board decides; both of you are told.")
        if rule == "board_approves"
        else _("With their yes the shares go over at once."),
    ]

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        receiver = queries.member_by_number(given["number"])
        if receiver is None:
            raise actions.NotAMember()
        actions.offer_transfer(
            **by, party=acting.own(request), receiver=receiver.party, count=given["count"], share_class=given["share_class"]
        )

    return acting.act(
        request,
        forms.Transfer(acting.data(request), classes=acting.share_classes()),
        do,
        head=_("Transfer shares"),
        lines=lines,
        submit=_("Offer them"),
        back=reverse("members:shares"),
        said=_("Your offer is noted, and they are asked."),
    )


@web.members_only
def answer_offer(request: CoopRequest, wish: int) -> HttpResponse:
    """Agree to take shares over that one is offered, or decline them."""
    found = queries.share_request(wish)
    if found is None or found.kind != "transfer" or found.receiver != request.actor.party:
        raise Http404

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        actions.agree_to_transfer(**by, receiver=acting.own(request), request=wish, agreed=given["answer"] == "yes")

    by_board = queries.transfer_rule(clock.now()) == "board_approves"
    return acting.act(
        request,
        forms.AnswerOffer(acting.data(request)),
        do,
        head=_("{n} shares are offered to you").format(n=found.shares),
        lead=_("{name} wants to transfer wholly paid shares to you.").format(name=acting.name_of(found.party)),
        lines=[
            _("With your yes the board decides; both of you are told.")
            if by_board
            else _("With your yes they are yours at once."),
            _("No money passes through the co-op. Without your yes nothing changes hands."),
        ],
        submit=_("Answer"),
        back=reverse("members:shares"),
        said=_("Your answer is noted, and the other side sees it."),
    )


@web.members_only
def ask_buy_back(request: CoopRequest) -> HttpResponse:
    """Ask the co-op to buy shares back."""
    due = queries.buy_back_due(clock.now())
    ahead = sum(each.left for each in queries.buy_back_queue())
    lines = [
        _("Shares are bought back at the value at which they were taken, in the order of asking."),
        ngettext("{n} share waits before yours.", "{n} shares wait before yours.", ahead).format(n=ahead),
        _("They are paid by {day} at the latest, where there is money for it.").format(
            day=locales.day(due, locales.locale_of(request))
        )
        if due
        else _("No day is promised: they are paid when there is money for it."),
        _("Until then you hold them, and can take this back."),
    ]

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        actions.ask_buy_back(**by, party=acting.own(request), count=given["count"], share_class=given["share_class"])

    return acting.act(
        request,
        forms.AskBuyBack(acting.data(request), classes=acting.share_classes()),
        do,
        head=_("Ask shares back"),
        lines=lines,
        submit=_("Ask"),
        back=reverse("members:shares"),
        said=_("You stand in the queue."),
    )


@web.members_only
def take_back(request: CoopRequest, wish: int) -> HttpResponse:
    """Take back a wish that still waits."""
    found = queries.share_request(wish)
    if found is None or found.party != request.actor.party:
        raise Http404
    return acting.act(
        request,
        Nothing(acting.data(request)),
        lambda given, by: actions.take_back_share_request(**by, party=acting.own(request), request=wish),
        head=_("Take this wish back?"),
        lead=_("The shares stay yours. Asking again puts you at the end of the queue."),
        submit=_("Take it back"),
        back=reverse("members:shares"),
        said=_("Taken back."),
    )


@web.members_only
def issue(request: CoopRequest) -> HttpResponse:
    """Issue a certificate of one's own shares."""
    return acting.act(
        request,
        forms.OfClass(acting.data(request), classes=acting.share_classes()),
        lambda given, by: actions.issue_certificate(**by, party=acting.own(request), share_class=given["share_class"]),
        head=_("Share certificate"),
        lead=_("A numbered statement of what you hold today, with a code by which others can check it."),
        submit=_("Issue it"),
        back=reverse("members:shares"),
        said=_("The certificate is issued: download it below."),
    )


@web.signed_in
def certificate(request: CoopRequest, number: int) -> HttpResponse:
    """Give a certificate as PDF to whom it is about, and to officers."""
    now = clock.now()
    found = queries.certificate(number, now)
    mine = found is not None and found.party == request.actor.party
    if found is None or not (mine or CERTIFIERS & acting_on.held(request.actor, now)):
        raise Http404
    made = paper.certificate_pdf(
        found,
        coop=request.coop.name,
        name=privacy.names([found.party]).get(found.party, ""),
        share_class=dict(acting.share_classes())[found.share_class],
        check_url=request.build_absolute_uri(reverse("members:check_certificate")),
        language=locales.locale_of(request),
    )
    return download(made, f"certificate-{request.coop.slug}-{number}.pdf", "application/pdf")


@web.everyone
def check_certificate(request: CoopRequest) -> HttpResponse:
    """Let anybody who holds a certificate see whether it was issued here and still says what the register says."""
    form = forms.CheckCertificate(request.GET or None)
    found, asked = None, False
    if request.GET and form.is_valid():
        asked = True
        found = queries.certificate_with_code(form.cleaned_data["code"], clock.now())
    titles = dict(acting.share_classes())
    context = {"form": form, "asked": asked, "found": found, "title": titles.get(found.share_class, "") if found else ""}
    return render(request, "members/check_certificate.html", context)


def download(content: bytes, filename: str, kind: str) -> HttpResponse:
    """Send a file to be kept."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer["Cache-Control"] = "no-store"
    return answer
