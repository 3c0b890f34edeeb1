"""What can be done about members, split by noun; import this package, not its files."""

from __future__ import annotations

from .agreeing import agree_to_transfer, cut_refund
from .applications import (
    admit_member,
    appeal_refusal,
    apply,
    decide_appeal,
    refuse_application,
)
from .buyback import (
    ask_buy_back,
    drop_buy_backs,
    prepare_buy_backs,
    release_buy_backs,
)
from .certificates import issue_certificate
from .copies import COPY_PURPOSE, answer_copy, ask_copy, change_register_entry, copy_register
from .desk import DESK_OFFICES, claim_party, issue_desk_credentials, prove_at_desk, register_at_desk
from .entries import (
    correct_movement,
    enter_payment,
    enter_subscription,
    remind_instalments,
)
from .exclusion import answer_exclusion, hand_over_case_text, open_exclusion, withdraw_exclusion
from .exclusion_decisions import appeal_exclusion, decide_exclusion, decide_exclusion_appeal, make_exclusion_final
from .forgetting import forget_contact
from .giving_back import withdraw_shares
from .imports import Entrant, Followed, TakenShares, import_members, start_register_import
from .leaving import end_after_notice, end_class, give_notice, record_end, withdraw_notice
from .many import make_parties, take_in_people
from .membership import LEAST_PURPOSE, NotAMember, PurposeMissing, add_class, enrol_founder, inspect_register, open_register
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
from .shares import buy_shares, pay_shares
from .silence import apply_silence, remind_of_application
from .transfers import (
    convert_shares,
    decide_transfer,
    offer_transfer,
    record_inheritance,
    settle_inheritance,
    take_back_share_request,
)

__all__ = [
    "COPY_PURPOSE",
    "DESK_OFFICES",
    "LEAST_PURPOSE",
    "Entrant",
    "Followed",
    "NoSuchParty",
    "NotAMember",
    "PurposeMissing",
    "TakenShares",
    "add_class",
    "admit_member",
    "agree_to_transfer",
    "answer_copy",
    "answer_exclusion",
    "appeal_exclusion",
    "appeal_refusal",
    "apply",
    "apply_silence",
    "appoint_representative",
    "ask_buy_back",
    "ask_copy",
    "buy_shares",
    "change_contact",
    "change_register_entry",
    "claim_party",
    "convert_shares",
    "copy_register",
    "correct_movement",
    "cut_refund",
    "decide_appeal",
    "decide_exclusion",
    "decide_exclusion_appeal",
    "decide_transfer",
    "drop_buy_backs",
    "end_after_notice",
    "end_class",
    "end_representation",
    "enrol_founder",
    "enter_payment",
    "enter_subscription",
    "forget_contact",
    "give_notice",
    "hand_over_case_text",
    "import_members",
    "inspect_register",
    "issue_certificate",
    "issue_desk_credentials",
    "link_person",
    "make_exclusion_final",
    "make_organisation",
    "make_parties",
    "make_party",
    "offer_transfer",
    "open_exclusion",
    "open_register",
    "pay_shares",
    "prepare_buy_backs",
    "prove_at_desk",
    "record_end",
    "record_inheritance",
    "refuse_application",
    "register_at_desk",
    "release_buy_backs",
    "remind_instalments",
    "remind_of_application",
    "settle_inheritance",
    "start_register_import",
    "take_back_share_request",
    "take_in_people",
    "take_turn",
    "withdraw_exclusion",
    "withdraw_notice",
    "withdraw_shares",
]
