"""The members' tables, split by noun. No name lies here: names are sealed in the vault."""

from __future__ import annotations

from .applications import Application, ApplicationEvent
from .desk import DeskAttempt, DeskCode, DeskCredential
from .exclusion import OUTCOMES, ExclusionCase, ExclusionReply, ExclusionService, ExclusionStep, ExclusionVote
from .imports import ImportedMember, RegisterImport
from .leaving import LeavingNotice, LeavingStep, MembershipEnd
from .members import ClassEnd, ClassMembership, Counter, Member, MemberClass, MembershipStart
from .parties import LogInLink, Party, Representative, RepresentativeEnd
from .register import CopyAnswer, CopyRequest, RegisterExport, RegisterInspection
from .shares import (
    BuyBackPart,
    BuyBackRound,
    BuyBackRoundEnd,
    InstalmentReminder,
    RefundCut,
    ShareCertificate,
    ShareClass,
    ShareMovement,
    ShareRequest,
    ShareRequestEnd,
    TransferAgreement,
)

UPDATABLE = {
    "Party": ("person", "turn"),
    "Representative": ("until_at",),
    "Counter": ("last",),
    "ClassMembership": ("until_at",),
    "DeskCode": ("used_at",),
}
DELETABLE: tuple[str, ...] = ()

__all__ = [
    "OUTCOMES",
    "Application",
    "ApplicationEvent",
    "BuyBackPart",
    "BuyBackRound",
    "BuyBackRoundEnd",
    "ClassEnd",
    "ClassMembership",
    "CopyAnswer",
    "CopyRequest",
    "Counter",
    "DeskAttempt",
    "DeskCode",
    "DeskCredential",
    "ExclusionCase",
    "ExclusionReply",
    "ExclusionService",
    "ExclusionStep",
    "ExclusionVote",
    "ImportedMember",
    "InstalmentReminder",
    "LeavingNotice",
    "LeavingStep",
    "LogInLink",
    "Member",
    "MemberClass",
    "MembershipEnd",
    "MembershipStart",
    "Party",
    "RefundCut",
    "RegisterExport",
    "RegisterImport",
    "RegisterInspection",
    "Representative",
    "RepresentativeEnd",
    "ShareCertificate",
    "ShareClass",
    "ShareMovement",
    "ShareRequest",
    "ShareRequestEnd",
    "TransferAgreement",
]
