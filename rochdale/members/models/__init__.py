"""The members' tables, split by noun. No name lies here: names are sealed in the vault."""

from __future__ import annotations

from .applications import Application, ApplicationEvent
from .desk import DeskAttempt, DeskCode, DeskCredential
from .members import ClassMembership, Counter, Member, MemberClass, MembershipStart, RegisterInspection
from .parties import Party, Representative
from .shares import ShareClass, ShareMovement

UPDATABLE = {
    "Party": ("person", "turn"),
    "Representative": ("until_at",),
    "Counter": ("last",),
    "ClassMembership": ("until_at",),
    "DeskCode": ("used_at",),
}
DELETABLE: tuple[str, ...] = ()

__all__ = [
    "Application",
    "ApplicationEvent",
    "ClassMembership",
    "Counter",
    "DeskAttempt",
    "DeskCode",
    "DeskCredential",
    "Member",
    "MemberClass",
    "MembershipStart",
    "Party",
    "RegisterInspection",
    "Representative",
    "ShareClass",
    "ShareMovement",
]
