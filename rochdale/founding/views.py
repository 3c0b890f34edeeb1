"""The founding wizard, and the pages on which founders confirm."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rochdale.bylaws import queries as law
from rochdale.shared import clock, keys, module, web
from rochdale.shared.refusals import Refusal

from . import actions, forms, queries, rules

STEPS = ("purpose", "law", "bylaws", "founders", "check")
SESSION = "founding"


@web.signed_in
def wizard(request: HttpRequest, step: str = "purpose") -> HttpResponse:
    """Walk the five steps; what was typed stays in the session until the co-op is begun."""
    if step not in STEPS:
        return redirect("found:start")
    draft = _draft(request)
    missing = next((each for each in STEPS[: STEPS.index(step)] if each not in draft), None)
    if missing:
        return redirect("found:step", step=missing)
    if step == "check":
        return _check(request, draft)
    form = _form(step, draft, request.POST if request.method == "POST" else None)
    if request.method == "POST" and "more" in request.POST and isinstance(form, forms.Founders):
        form = _form(step, {**draft, "rows": form.rows + 3}, request.POST)
    elif request.method == "POST" and form.is_valid():
        draft[step] = _kept(form)
        _keep_draft(request, draft)
        return web.see_other(reverse("found:step", args=[STEPS[STEPS.index(step) + 1]]))
    return _page(request, step, draft, {"form": form})


def _form(step: str, draft: dict[str, Any], data: Any) -> django_forms.Form:
    if step == "purpose":
        return forms.Purpose(data, initial=draft.get(step))
    if step == "law":
        return forms.Law(data, initial=draft.get(step))
    if step == "bylaws":
        return forms.Bylaws(
            data,
            rules_shown=_rules(draft),
            packs=_packs(draft),
            currency=draft["law"]["currency"],
            at=clock.now(),
            initial=draft.get(step),
        )
    asked = str(data.get("rows", "")) if data else ""
    rows = max(draft.get("rows", 0), int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0)
    return forms.Founders(
        data,
        initial=draft.get(step),
        classes=_kit(draft).classes,
        minimum=_minimum(draft),
        rows=max(rows, sum(name.startswith("address_") for name in draft.get(step, {}))),
    )


def _draft(request: HttpRequest) -> dict[str, Any]:
    """Open the visitor's draft. It is sealed in the session: it holds addresses of people who have not agreed to anything yet."""
    sealed = request.session.get(SESSION)
    if not sealed:
        return {}
    try:
        opened: dict[str, Any] = json.loads(keys.decrypt_text(bytes.fromhex(sealed), about="founding.draft"))
    except (keys.NotOpened, ValueError):
        return {}
    return opened


def _keep_draft(request: HttpRequest, draft: dict[str, Any]) -> None:
    request.session[SESSION] = keys.encrypt_text(json.dumps(draft), about="founding.draft").hex()


def _kept(form: django_forms.Form) -> dict[str, Any]:
    """Return a step's answers as plain data that a session can hold."""
    return {name: str(value) if hasattr(value, "is_nan") else value for name, value in form.cleaned_data.items()}


def _page(request: HttpRequest, step: str, draft: dict[str, Any], more: dict[str, Any]) -> HttpResponse:
    labels = [_("Purpose"), _("Law"), _("Bylaws"), _("Founders"), _("Check")]
    place = STEPS.index(step)
    back = reverse("found:step", args=[STEPS[place - 1]]) if place else ""
    return render(
        request,
        f"founding/{step}.html",
        {"labels": labels, "place": place + 1, "back": back, "draft": draft, "packs_url": reverse("packs:shelf"), **more},
    )


def _kit(draft: dict[str, Any]) -> module.Kit:
    return next(kit for kit in forms.kits() if kit.code == draft["law"]["kit"])


def _packs(draft: dict[str, Any]) -> list[str]:
    return [draft["law"]["law"], *draft["law"]["activities"]]


def _minimum(draft: dict[str, Any]) -> int:
    return int(law.founders_minimum(_packs(draft), at=clock.now()).value)


def _rules(draft: dict[str, Any]) -> list[law.RuleToChoose]:
    values = _kit(draft).bylaws
    return law.rules_to_choose(_packs(draft), values=values, currency=draft["law"]["currency"], at=clock.now())


def _invited(draft: dict[str, Any]) -> list[rules.Invited]:
    kept = draft["founders"]
    rows = sorted({int(name.rpartition("_")[2]) for name in kept if name.startswith("address_")})
    return [
        rules.Invited(kept[f"address_{row}"], (kept[f"class_{row}"],), rules.offices_of(kept, row))
        for row in rows
        if kept[f"address_{row}"]
    ]


def _check(request: HttpRequest, draft: dict[str, Any]) -> HttpResponse:
    refused = ""
    if request.method == "POST":
        try:
            slug = _begin(request, draft)
        except Refusal as refusal:
            refused = str(refusal)
        else:
            del request.session[SESSION]
            web.toast(request, _("Your co-operative is in formation. The founders have been invited."))
            return web.see_other(f"{web.site_root(request)}c/{slug}/founding/")
    shown = _rules(draft)
    for rule in shown:
        rule_value = draft["bylaws"].get(rule.key, rule.value)
        rule.in_words = law.in_words(rule.key, rule_value, currency=draft["law"]["currency"])
    return _page(
        request,
        "check",
        draft,
        {
            "refused": refused,
            "rules": shown,
            "founders": _invited(draft),
            "kit": _kit(draft),
            "minimum": _minimum(draft),
            "rows": law.rows_to_accept(_packs(draft), at=clock.now()),
        },
    )


def _begin(request: HttpRequest, draft: dict[str, Any]) -> str:
    actor = web.actor_of(request)
    assert actor.person is not None
    purpose, chosen = draft["purpose"], draft["law"]
    return str(
        actions.begin(
            actor=actor,
            now=clock.now(),
            key=web.key_of(request),
            initiator=actor.person,
            name=purpose["name"],
            slug=purpose["slug"],
            purpose=purpose["purpose"],
            kit=chosen["kit"],
            packs=_packs(draft),
            currency=chosen["currency"],
            time_zone=chosen["time_zone"],
            languages=chosen["languages"],
            values=draft["bylaws"],
            founders=_invited(draft),
        )
    )


@web.everyone
def progress(request: web.CoopRequest) -> HttpResponse:
    """Show who has confirmed, what the bylaws will be, and, once founded, by which act."""
    act = queries.act()
    plan = queries.plan()
    seats = queries.seats()
    return render(
        request,
        "founding/progress.html",
        {
            "act": act,
            "plan": plan,
            "seats": seats,
            "kit": next((kit for kit in forms.kits() if kit.code == request.coop.kit), None),
            "confirmed": sum(seat.confirmed for seat in seats),
            "chapters": law.readable_plan(plan.values, plan.packs, at=clock.now()),
        },
    )


@web.signed_in
def confirm(request: web.CoopRequest, founder: UUID, token: str) -> HttpResponse:
    """Let a founder read the bylaws and confirm with their own log-in."""
    if queries.act() is not None or not queries.invitation_stands(founder, token):
        refusal: Refusal = actions.AlreadyFounded() if queries.act() else actions.NoSuchInvitation()
        raise refusal
    plan = queries.plan()
    form = forms.Confirm(request.POST or None, initial={"text_hash": plan.text_hash})
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            outcome = _confirm(request, founder, token, form.cleaned_data)
        except Refusal as refusal:
            refused = str(refusal)
        else:
            web.toast(request, _founded(outcome))
            return web.see_other(reverse("founding:progress"))
    rows = law.rows_to_accept(plan.packs, at=clock.now())
    if not rows:
        del form.fields["accept_rows"]
    return render(
        request,
        "founding/confirm.html",
        {
            "form": form,
            "refused": refused,
            "rows": rows,
            "plan": plan,
            "chapters": law.readable_plan(plan.values, plan.packs, at=clock.now()),
        },
    )


def _confirm(request: web.CoopRequest, founder: UUID, token: str, given: dict[str, Any]) -> dict[str, Any]:
    person = request.user
    outcome: dict[str, Any] = actions.confirm(
        actor=web.actor_of(request),
        now=clock.now(),
        key=web.key_of(request),
        founder=founder,
        token=token,
        text_hash=given["text_hash"],
        accepts_unconfirmed_rows=given.get("accept_rows", False),
        register={"name": given["name"], "address": given["address"]},
        contact={name: value for name, value in {"email": person.email, "phone": person.phone}.items() if value},
    )
    return outcome


def _founded(outcome: dict[str, Any]) -> str:
    if outcome["founded"]:
        return _("Founded! Version 1 of the bylaws stands, and you are a member.")
    count = outcome["waiting_for"]
    text = ngettext("Thank you. One more founder is to confirm.", "Thank you. {n} more founders are to confirm.", count)
    return text.format(n=count)


@web.signed_in
def amend(request: web.CoopRequest) -> HttpResponse:
    """Change the planned bylaws; everyone confirms again."""
    if queries.act() is not None:
        raise actions.AlreadyFounded()
    plan = queries.plan()
    shown = law.rules_to_choose(plan.packs, values=plan.values, currency=plan.currency, at=clock.now())
    form = forms.Bylaws(request.POST or None, rules_shown=shown, packs=plan.packs, currency=plan.currency, at=clock.now())
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend_plan(actor=web.actor_of(request), now=clock.now(), key=web.key_of(request), values=form.values())
        except Refusal as refusal:
            refused = str(refusal)
        else:
            web.toast(request, _("The plan is changed. Every founder is asked to confirm the new text."))
            return web.see_other(reverse("founding:progress"))
    return render(request, "founding/amend.html", {"form": form, "refused": refused})
