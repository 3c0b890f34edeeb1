"""The alerts of a co-op, for those who look after it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from rochdale.shared import web
from rochdale.shared.web import CoopRequest

from ..queries import SEES_ALL
from ..queries import alerts as queries

PAGE = 100


@web.officers(*sorted(SEES_ALL))
def alerts(request: CoopRequest) -> HttpResponse:
    """Show what was refused, asked for strangely, or found broken; newest first."""
    return render(request, "audit/alerts.html", {"alerts": queries.for_officers(limit=PAGE)})
