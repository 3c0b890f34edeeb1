"""The line that says with which seal a printed page can be compared."""

from __future__ import annotations

from django import template

from ..queries import seals

register = template.Library()


@register.simple_tag
def sealed_line() -> str:
    """Return the last seal in a few words; empty where there is none."""
    return seals.head_line()
