"""The trail: what I did, or for officers what anyone did."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import render

from rochdale.shared import action as acting
from rochdale.shared import clock, web
from rochdale.shared.web import CoopRequest

from .. import queries

PAGE = 50
CODE = re.compile(r"[a-z_.]{0,100}")


@web.members_only
def trail(request: CoopRequest) -> HttpResponse:
    """Show what was done, newest first; `before` is the last line of the page before, `action` narrows to one."""
    now = clock.now()
    before, action = request.GET.get("before", ""), request.GET.get("action", "")
    action = action if CODE.fullmatch(action) else ""
    lines = queries.trail(
        viewer=request.actor,
        now=now,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        action=action,
        limit=PAGE + 1,
    )
    more = lines[PAGE - 1].id if len(lines) > PAGE else None
    return render(
        request,
        "audit/trail.html",
        {
            "lines": lines[:PAGE],
            "more": more,
            "action": action,
            "action_words": acting.in_words(action),
            "all": queries.sees_all(request.actor, now),
        },
    )
