"""What can be done about members, split by noun; import this package, not its files."""

from __future__ import annotations

from .applications import (
    admit_member,
    appeal_refusal,
    apply,
    decide_appeal,
    refuse_application,
)
from .desk import DESK_OFFICES, claim_party, issue_desk_credentials, prove_at_desk, register_at_desk
from .many import make_parties
from .membership import LEAST_PURPOSE, PurposeMissing, add_class, enrol_founder, inspect_register, open_register
from .parties import (
    NoSuchParty,
    appoint_representative,
    change_contact,
    end_representation,
    link_person,
    make_organisation,
    make_party,
    take_turn,
)
from .shares import buy_shares, pay_shares, withdraw_shares

__all__ = [
    "DESK_OFFICES",
    "LEAST_PURPOSE",
    "NoSuchParty",
    "PurposeMissing",
    "add_class",
    "admit_member",
    "appeal_refusal",
    "apply",
    "appoint_representative",
    "buy_shares",
    "change_contact",
    "claim_party",
    "decide_appeal",
    "end_representation",
    "enrol_founder",
    "inspect_register",
    "issue_desk_credentials",
    "link_person",
    "make_organisation",
    "make_parties",
    "make_party",
    "open_register",
    "pay_shares",
    "prove_at_desk",
    "refuse_application",
    "register_at_desk",
    "take_turn",
    "withdraw_shares",
]
