"""Titles of classes and offices that no co-op keeps yet: from the kit and from the plugs."""

from __future__ import annotations

from django import template

from rochdale.founding import forms
from rochdale.shared import module

register = template.Library()


@register.filter
def class_title(code: str, kit: module.Kit | None) -> str:
    """Write what a class of members is called in a kit; its code where the kit has no such class."""
    return next((str(each.title) for each in kit.classes if each.code == code), code) if kit else code


@register.filter
def office_title(code: str) -> str:
    """Write what an office is called; its code where no module knows it."""
    return str(dict(forms.office_choices()).get(code, code))
