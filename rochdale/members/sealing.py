"""What of members the co-op's seals cover: the register's own rows, never what may be updated."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module

MOVEMENT = (
    "id party_id share_class kind shares par_value amount carried currency effective_at recorded_at act "
    "subscription_id came_from_id corrects_id posting evidence_sealed"
)


def declared() -> Sequence[module.SealedRows]:
    """Return the sealed tables of shares and register."""
    return (
        _rows("party", _("Parties"), "id kind made_at", numbered=False),
        _rows("representative", _("Who acts for organisations"), "id organisation_id representative_id from_at act"),
        _rows("application", _("Applications"), "id party_id class_code applied_at bylaws_version"),
        _rows("application_event", _("Steps of applications"), "id application_id step state at by_party act reason_code"),
        _rows("member_class", _("Classes of members"), "code title explanation votes defined_at act", key="code", numbered=False),
        _rows("member", _("Members"), "number party_id admitted_at recorded_at application_id act", key="number"),
        _rows("register_import", _("Old registers brought in"), "id file_hash members highest begun_at act"),
        _rows("imported_member", _("Old member numbers"), "member_id reference run", key="member_id"),
        _rows("membership_start", _("From when memberships count"), "member_id effective_at recorded_at rule", key="member_id"),
        _rows("class_membership", _("Members in classes"), "id member_id class_code from_at recorded_at act"),
        _rows("class_end", _("Ends of places in classes"), "membership_id until_at act", key="membership_id"),
        _rows("representative_end", _("Who acts no more"), "representative_id until_at act", key="representative_id"),
        _rows("log_in_link", _("Log-ins of parties"), "id party_id person at"),
        _rows("desk_attempt", _("Attempts at the desk"), "id party_id credential_id officer at passed"),
        _rows(
            "share_class", _("Classes of shares"), "code title currency withdrawable defined_at act", key="code", numbered=False
        ),
        _rows("share_movement", _("Share movements"), MOVEMENT),
        _rows("share_request", _("Wishes about shares"), REQUEST),
        _rows("share_request_end", _("What became of wishes about shares"), REQUEST_END, key="request_id"),
        _rows("transfer_agreement", _("Transfers agreed to"), "request_id at by_party act", key="request_id"),
        _rows("refund_cut", _("Parts of leavers' shares that are kept"), CUT, key="request_id"),
        _rows("buy_back_round", _("Buy-back rounds"), "number currency budget prepared_at prepared_by act", key="number"),
        _rows("buy_back_round_end", _("Buy-back rounds released"), "round_id state paid at by_party act", key="round_id"),
        _rows("buy_back_part", _("Shares bought back"), "id round_id request_id movement_id shares"),
        _rows("instalment_reminder", _("Reminders of instalments"), "id subscription_id due_at sent_at"),
        _rows("share_certificate", _("Share certificates"), CERTIFICATE, key="number"),
        _rows("register_inspection", _("Looks at the register"), INSPECTION),
        _rows("register_export", _("Copies made of the register"), EXPORT),
        _rows("copy_request", _("Copies of the register asked for"), COPY),
        _rows("copy_answer", _("Copies of the register given"), ANSWER, key="request_id"),
        *(_rows(noun, title, columns, key=key) for noun, title, columns, key in LEAVING),
    )


REQUEST = "id kind party_id receiver_id share_class shares asked_at recorded_at due_at act bylaws_version evidence_sealed"
REQUEST_END = "request_id state at by_party act reason_code"
CUT = "request_id percent_hundredths at by_party act evidence_sealed"
CERTIFICATE = "number party_id share_class shares subscribed paid currency issued_at issued_by code act"
INSPECTION = "id at person party viewer purpose_class purpose_sealed shown_holdings"
EXPORT = "id as_of known_at scope members digest digest_without_names made_at by_party act"
COPY = "id asked_at due_at person party viewer scope purpose_class purpose_sealed fee currency act"
ANSWER = "request_id state export_id at by_party reason_code act"


LEAVING = (
    ("leaving_notice", _("Notices of leaving"), "id member_id turn given_at last_on ends_at bylaws_version act", "id"),
    ("leaving_step", _("What became of notices of leaving"), "notice_id state at by_party act", "notice_id"),
    ("membership_end", _("Ends of memberships"), "member_id effective_at recorded_at reason act", "member_id"),
    (
        "exclusion_case",
        _("Cases of exclusion"),
        "id place member_id ground facts_sealed opened_at opened_by hearing_days hearing_counting bylaws_version act",
        "id",
    ),
    ("exclusion_service", _("Texts served in cases"), "id case_id what message handed_at recorded_at by_party act", "id"),
    ("exclusion_reply", _("Answers in cases"), "id case_id at by_party words_sealed act", "id"),
    ("exclusion_vote", _("Votes in cases"), "id case_id round by_party outcome reasons_sealed at act", "id"),
    (
        "exclusion_step",
        _("Steps of cases"),
        "id case_id step state at by_party words_sealed appeal_days appeal_counting act",
        "id",
    ),
)


def _rows(noun: str, title: object, columns: str, *, key: str = "id", numbered: bool = True) -> module.SealedRows:
    names = tuple(columns.split())
    table = f"members_{noun.replace('_', '')}"
    return module.SealedRows(f"members.{noun}", title, table, names, key=key, numbered=numbered)
