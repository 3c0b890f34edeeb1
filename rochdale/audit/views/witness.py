"""Witnessing for other hosts: take their heads, show publicly what is held, hand it out as a witness file."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from rochdale.shared import actor, api, clock, coops, ids, web
from rochdale.shared.refusals import Refusal

from .. import actions, rules, signing, witnessed
from ..queries import seals as queries

BODY_MOST = 1 << 20
JOB, BREAK_JOB = "audit.keep_heads", "audit.keep_break"


@csrf_exempt
@web.everyone
def receive(request: HttpRequest) -> HttpResponse:
    """Take another host's heads, signed by it, and answer with a signed receipt."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MOST:
        return api.problem(413, "audit.too_much")
    body, now = request.body, clock.now()
    signature = request.headers.get("Content-Type", "").partition("signature=")[2]
    try:
        with coops.public():
            key = ids.derived_key(JOB, signature)
            return JsonResponse(actions.keep_heads(actor=actor.job(JOB), now=now, key=key, body=body, signature=signature))
    except Refusal as refused:
        if isinstance(refused, actions.Contradicts):
            with coops.public():
                actions.alert(code=refused.code, subject=_who(body), now=now, details=refused.data)
        return api.problem(refused.status, refused.code, detail=str(refused), data=refused.data)


@csrf_exempt
@web.everyone
def receive_break(request: HttpRequest) -> HttpResponse:
    """Take another host's declaration, signed by it, that seals we hold are gone there; it is shown to everybody."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MOST:
        return api.problem(413, "audit.too_much")
    body, now = request.body, clock.now()
    signature = request.headers.get("Content-Type", "").partition("signature=")[2]
    try:
        with coops.public():
            key = ids.derived_key(BREAK_JOB, signature)
            kept = actions.keep_break(actor=actor.job(BREAK_JOB), now=now, key=key, body=body, signature=signature)
            actions.alert(code="audit.break_declared", subject=_who(body), now=now, details=kept)
            return JsonResponse(kept)
    except Refusal as refused:
        return api.problem(refused.status, refused.code, detail=str(refused), data=refused.data)


@web.everyone
def witnessed_list(request: HttpRequest) -> HttpResponse:
    """Show whose seals this host keeps, and the newest head of each."""
    held = [
        {
            "key": key,
            "host": host,
            "coop": coop,
            "number": number,
            "head": rules.grouped(head),
            "at": at,
            "breaks": [each | {"at": datetime.fromisoformat(each["declared_at"])} for each in queries.breaks(key, coop)],
        }
        for key, host, coop, number, head, at in queries.witnessed_coops()
    ]
    return render(request, "audit/witness.html", {"held": held, "key": signing.public_key()})


@web.everyone
def witnessed_file(request: HttpRequest, host_key: str, coop: str) -> HttpResponse:
    """Hand out what is held of one co-op as a witness file."""
    lines = queries.witnessed_chain(host_key, coop)
    if not lines:
        raise Http404
    said = witnessed.write(coop=coop, host=host_key, made_at=clock.now().isoformat(), lines=lines)
    said["breaks"] = queries.breaks(host_key, coop)
    return JsonResponse(said | {"held_by": witnessed.own_address()}, json_dumps_params={"indent": 1})


def _who(body: bytes) -> str:
    given = json.loads(body)  # it was read and its signature held before
    return f"{given.get('coop', '')} on {str(given.get('host_key', ''))[:16]}"
