"""Keys about votes, meetings, bylaws and the end of a co-op. Each has its title and what it means."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

KEYS: dict[str, tuple[Any, Any]] = {
    "vote.base": (_("How votes are shared out"), _("One member, one vote, unless the law allows otherwise.")),
    "vote.scale": (_("How many votes a member has"), _("The rules of the society say it.")),
    "vote.plural": (
        _("Who may have several votes, and how many at most"),
        _("An exception to one member, one vote, with ceilings."),
    ),
    "vote.federation": (
        _("How votes are shared in a co-operative of co-operatives"),
        _("So that no member co-op rules the others."),
    ),
    "vote.collaborators.votes": (
        _("The most of the votes that collaborators have together"),
        _("Collaborators bring money or work but do not use the co-op as members do."),
    ),
    "vote.collaborators.capital": (
        _("The most of the capital that collaborators hold together"),
        _("So that it stays the members' own."),
    ),
    "vote.investors.max": (
        _("The most of the votes that investors have together"),
        _("Members who only invest may not outvote those who use it."),
    ),
    "vote.colleges": (
        _("Voting in colleges, and the bounds of each"),
        _("Kinds of members may vote apart; each college has at least and at most this part of the votes."),
    ),
    "vote.wait": (
        _("How long somebody is a member before they may vote"),
        _("So that a meeting cannot be packed with new members."),
    ),
    "vote.proxy.max": (_("For how many absent members one person may vote"), _("A cap against collecting votes.")),
    "vote.proxy.form": (_("How a proxy is given"), _("Each of these must hold.")),
    "vote.conflict": (_("On what a member may not vote"), _("Nobody decides in their own matter.")),
    "vote.secret.required_for": (_("What is decided by secret ballot"), _("Always, whether anybody asks or not.")),
    "vote.secret.on_request": (_("When a secret ballot must be held because somebody asks"), _("Who may ask, and for what.")),
    "vote.secret.breach": (_("What follows when secrecy is broken"), _("The decision does not count.")),
    "vote.remote.allowed": (_("Whether members may vote from afar"), _("By post or electronically, if the bylaws say so.")),
    "vote.remote.conditions": (_("What voting or attending from afar needs"), _("All of these must hold.")),
    "vote.remote.quorum": (_("Whether who attends from afar counts for the quorum"), _("They count like those in the room.")),
    "gm.ordinary.deadline": (
        _("Within how long after the year's end the yearly meeting is held"),
        _("There the members approve the accounts."),
    ),
    "gm.ordinary.first": (_("Within how long after founding the first yearly meeting is held"), _("Counted from registration.")),
    "gm.ordinary.gap": (_("The longest time between two yearly meetings"), _("Members meet at least this often.")),
    "gm.notice": (
        _("How long before a general meeting members are told"),
        _("Who is told too late can challenge what was decided."),
    ),
    "gm.notice.max": (_("How long before a general meeting members are told at the most"), _("Told too early is forgotten.")),
    "gm.notice.content": (_("What the notice of a meeting says"), _("Each of these must be in it.")),
    "gm.agenda.notice": (
        _("How long before a meeting each item is announced"),
        _("On what was not announced nothing is decided."),
    ),
    "gm.quorum": (_("How many must take part for a meeting to decide"), _("Fewer cannot decide for all.")),
    "gm.quorum.first": (_("How many must take part on the first call"), _("Counted in votes present or represented.")),
    "gm.quorum.second": (_("How many must take part on the second call"), _("When the first call did not reach the number.")),
    "gm.quorum.bylaws": (_("How many must take part to change the bylaws"), _("A stricter number for what binds everybody.")),
    "gm.majority.ordinary": (_("Which majority decides"), _("Of the votes that count.")),
    "gm.majority.bylaws": (_("Which majority changes the bylaws"), _("A larger one than for ordinary matters.")),
    "gm.majority.merger": (_("Which majority decides about a merger"), _("A larger one than for ordinary matters.")),
    "gm.minority.convene": (_("So large a part of the members can call a meeting"), _("Bylaws may ask for less, not for more.")),
    "gm.minority.convene.members": (
        _("So many members can call a meeting, however large the society is"),
        _("Bylaws may ask for less, not for more."),
    ),
    "gm.minority.agenda": (_("So many members can put an item on the agenda"), _("And within what time.")),
    "gm.challenge": (
        _("How long a decision can be challenged"),
        _("Longer for what is void than for what can only be set aside."),
    ),
    "gm.delegates": (_("When delegates may meet in place of all members"), _("Only in a large society, and elected in secret.")),
    "gm.access.disabilities": (_("Members with disabilities can take part"), _("The co-op takes the measures this needs.")),
    "bylaws.change.effective": (_("When a changed rule begins to bind"), _("Before that the old rule binds.")),
    "bylaws.change.not_binding_if": (
        _("A change that does not bind a member who has not agreed in writing"),
        _("Nobody can be made to put in more money by a vote of others."),
    ),
    "bylaws.required_topics": (_("What the society's rules must speak about"), _("Rules that leave one out are not registered.")),
    "object.forbidden": (
        _("A co-operative may not exist mainly to pay a return on money"),
        _("Then it is a company, and not registered as a co-operative."),
    ),
    "law.reform": (_("A new Act is planned"), _("This page will change when the law does.")),
    "law.amended": (_("What the last amendment brought"), _("Named here so that you can ask; not worked out in rows yet.")),
    "law.state": (_("Law of the states that is not in this pack"), _("It comes on top of what stands here.")),
    "dissolution.asset_lock": (
        _("Whether the assets are locked when a society ends"),
        _("A lock keeps what members built together from being shared out."),
    ),
    "dissolution.asset_lock.regulations": (
        _("The regulations on the asset lock of community benefit societies"),
        _("They say how the lock works."),
    ),
    "dissolution.residue": (
        _("Where what is left goes when the co-op ends"),
        _("After all debts, and after the members got back what is theirs."),
    ),
}
