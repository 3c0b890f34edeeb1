"""Keys about members, organs, registers, books, reports and privacy. Each has its title and what it means."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

KEYS: dict[str, tuple[Any, Any]] = {
    "members.min": (
        _("A society has at least so many members"),
        _("With fewer it cannot be founded, and may be ended when it falls below."),
    ),
    "members.min.if_societies": (
        _("Two members are enough when both are registered societies"),
        _("An exception for co-operatives of co-operatives."),
    ),
    "members.min.second_degree": (
        _("A co-operative of co-operatives has at least so many members"),
        _("A second-degree co-operative has other co-operatives as its members."),
    ),
    "members.min.srl": (
        _("A smaller society of natural persons has at least so many members"),
        _("Where all members are natural persons and the rules of a limited company apply, fewer are enough."),
    ),
    "members.min.restore": (_("How long a society that is too small has to find new members"), _("After that it is wound up.")),
    "members.min.institutions": (
        _("So many producer institutions are enough to found"),
        _("An exception to the smallest number of producers."),
    ),
    "members.min.per_state": (_("At least so many members come from each state"), _("Counted state by state.")),
    "members.min.states": (
        _("Members come from at least so many states"),
        _("A society that works across borders shows it by where its members live."),
    ),
    "members.categories.min": (
        _("At least so many kinds of members"),
        _("A co-operative of several interests has members of several kinds."),
    ),
    "members.categories.required": (_("Kinds of members that must be there"), _("Without these it is not this legal form.")),
    "members.bond": (_("What members have in common"), _("Only people who share this may join.")),
    "members.written_answers": (
        _("So many members together get a written answer"),
        _("A part of the members may ask the board in writing and must be answered in time."),
    ),
    "member.min_age": (_("The youngest a member may be"), _("Who is younger cannot join.")),
    "public_bodies.capital_max": (
        _("The most of the capital that public bodies may hold together"),
        _("So that no town or region owns it."),
    ),
    "admission.decision": (_("How long the co-op has to decide about an application"), _("After that, see what silence means.")),
    "admission.silence": (
        _("What silence about an application means"),
        _("Admitted: who hears nothing in time is a member. Refused: who hears nothing is not."),
    ),
    "admission.appeal": (_("How long somebody who was refused has to appeal"), _("Counted from the day they learn of it.")),
    "officer.disqualified": (_("Who may not be an officer"), _("They may not be elected, and leave office when it happens.")),
    "officer.min_age": (
        _("The youngest a committee member, trustee, manager or treasurer may be"),
        _("Counted on the day they take office."),
    ),
    "organs.board.min": (_("The board has at least so many people"), _("A smaller board is not complete.")),
    "organs.supervisory": (
        _("Whether there is a supervisory board"),
        _("A second organ, elected by the members, that watches the board."),
    ),
    "organs.small": (_("What a very small society may leave out"), _("Fewer organs are enough where there are few members.")),
    "organs.control": (
        _("A separate organ of control, elected by secret vote"),
        _("People who look at the books and are not the board."),
    ),
    "organs.gender_balance": (
        _("How women and men share seats in the organs"),
        _("Each sex has at least and at most this part of the seats."),
    ),
    "organs.election_authority": (_("Who runs the elections"), _("A neutral authority from outside the society.")),
    "register.fields": (_("What the register of members holds"), _("Each member's entry has all of these.")),
    "register.officers.fields": (_("What the register holds about officers"), _("Each officer's entry has all of these.")),
    "register.tamper_evidence": (
        _("A register that is not a bound book needs precautions against falsifying, and for finding it out"),
        _("Rochdale seals the register and checks the seals."),
    ),
    "register.view_without_holdings": (
        _("There is a view of the register that does not show holdings"),
        _("Whoever looks sees who the members are, and not how much each holds."),
    ),
    "register.visibility": (
        _("Who may look at the register, and at what"),
        _("Whether members or anybody may see names and holdings, and on what terms."),
    ),
    "register.retention.after_exit": (
        _("How long papers about a member who left are kept"),
        _("Counted from the end of the year in which they left."),
    ),
    "books.required": (_("The books that must be kept"), _("Each of these is kept and can be shown.")),
    "books.legalised": (
        _("Within how long the books are presented to the registry"),
        _("Counted from the end of the financial year."),
    ),
    "records.retention": (
        _("How long the books are kept"),
        _("Before that nothing in the books may be destroyed, whoever asks."),
    ),
    "report.annual": (
        _("When the annual return is due"),
        _("Late returns can cost a fine, or the registration."),
    ),
    "report.annual.free_copy": (
        _("Members and persons interested in the funds get a free copy of the latest return"),
        _("Whoever asks gets it without paying."),
    ),
    "report.accounts": (
        _("Within how long after the year's end the accounts are drawn up"),
        _("The board writes them, the members approve them."),
    ),
    "report.filing": (_("Within how long after their approval the accounts are filed"), _("They go to the registry.")),
    "report.filing.members": (
        _("What is filed with the accounts about members"),
        _("The registry learns how membership changed."),
    ),
    "report.form_1099patr": (
        _("From which amount of patronage the tax office is told"),
        _("A form 1099-PATR for each patron who got at least so much."),
    ),
    "report.form_1099patr.exempt": (_("Who gets no form 1099-PATR"), _("Some patrons and some co-operatives are exempt.")),
    "report.dac7": (
        _("When the platform reports its sellers"),
        _("Platforms tell the tax office of one Member State what their sellers earned in the year."),
    ),
    "report.dac7.goods_excluded": (
        _("Small sellers of goods who are not reported"),
        _("Both bounds must be kept, and only for goods: not for stays or services."),
    ),
    "report.stays.activity": (
        _("How often stays are reported to the national entry point"),
        _("Nights, guests, address and registration number of each unit."),
    ),
    "report.stays.registration": (
        _("A stay is shown only with its registration number"),
        _("Where a number is required, no listing without it."),
    ),
    "audit.full_default": (
        _("The accounts are audited; a tiny society may use two lay auditors"),
        _("A qualified person from outside looks at the books."),
    ),
    "audit.optout": (
        _("When the members may do without a full audit"),
        _("The members may vote for it if the society is small enough."),
    ),
    "audit.independence": (_("Who may not be the auditor"), _("Nobody may audit what they or their family did.")),
    "audit.removal.notice": (
        _("How long before a meeting a motion to replace the auditor is announced"),
        _("So that the auditor can answer."),
    ),
    "audit.external": (
        _("How often the audit federation looks at everything"),
        _("An audit from outside that nobody inside can refuse."),
    ),
    "audit.forced.minority": (
        _("So many members can force an audit"),
        _("A part of the members may demand that the accounts are audited."),
    ),
    "audit.cooperative_review": (
        _("At least every so many years somebody looks whether it works as a co-operative"),
        _("A review of how it is run, not only of the accounts."),
    ),
    "comms.electronic": (_("When notices may go out electronically"), _("All of these must hold.")),
    "website.required": (
        _("From which size the co-op must have a website"),
        _("Larger co-ops publish on a registered website, and must prove what stood there and when."),
    ),
    "privacy.breach.notice": (_("How fast the authority hears of a data breach"), _("Counted from when the co-op knows of it.")),
    "privacy.complaint.acknowledge": (
        _("How fast a complaint about personal data is acknowledged"),
        _("A form for complaints, and an answer that it came."),
    ),
    "privacy.access.stop_clock": (
        _("When the clock of an access request stands still"),
        _("While the co-op waits for what it needs to find the data."),
    ),
    "privacy.logs.retention": (_("How long logs of access to personal data are kept"), _("At least so long.")),
    "privacy.legitimate_interest": (
        _("Whether “legitimate interest” is a reason to use personal data"),
        _("Where it is none, only the uses listed in the law count."),
    ),
}
