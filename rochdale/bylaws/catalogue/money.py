"""Keys about shares, surplus, refunds, leaving and money held for others. Each has its title and what it means."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

KEYS: dict[str, tuple[Any, Any]] = {
    "capital.min": (_("The smallest capital"), _("Subscribed before it may begin.")),
    "share.max_per_member": (_("The most that one member may hold in shares"), _("So that nobody becomes too big.")),
    "share.max_per_member.assets_pct": (
        _("The most that one member may hold, as a part of the society's assets, where that is more"),
        _("The greater of the two holds."),
    ),
    "share.max_per_member.capital_part": (
        _("The most of the capital that one member may hold"),
        _("So that nobody becomes too big."),
    ),
    "share.max_per_member.large": (
        _("The most that one member may hold in a large society"),
        _("Where there are many members a part of the capital may be held instead."),
    ),
    "share.max_per_member.exempt": (_("Who may hold more than the maximum"), _("For them the maximum does not count.")),
    "share.nominal.min": (_("The least that one share may cost"), _("The nominal value that is written on it.")),
    "share.nominal.max": (_("The most that one share may cost"), _("The nominal value that is written on it.")),
    "share.withdrawable": (
        _("Whether shares may be given back for cash"),
        _("Where not, a member who leaves transfers the shares or keeps them."),
    ),
    "share.withdrawable.max_per_member": (
        _("The most that one member may hold in shares that can be withdrawn"),
        _("What can be withdrawn is like a deposit: the law keeps it small."),
    ),
    "share.entry.min_paid": (_("The part of the first shares that is paid at once"), _("The rest follows in instalments.")),
    "fee.entry.max": (_("The highest entry fee"), _("As a part of what every member must put in.")),
    "raise.advertising": (_("Asking the public for money needs the Registrar's permission"), _("Ask the Registrar first.")),
    "raise.exempt": (_("Societies to which the limits on raising money do not apply"), _("They may raise more.")),
    "raise.max_without_permission": (
        _("The most a society may raise in shares in six months without the Registrar's permission"),
        _("For more, ask the Registrar first."),
    ),
    "deposits.accept": (_("Whether a society may take deposits"), _("Deposits are for banks.")),
    "reserve.legal": (
        _("What goes to the legal reserve before anything is shared out"),
        _("A part of the year's surplus that stays in the co-op and belongs to nobody."),
    ),
    "reserve.legal.non_co_op": (
        _("What goes to the legal reserve from business with others"),
        _("Profit made with non-members, or outside the co-op's purpose."),
    ),
    "reserve.statutory": (_("What goes to the second reserve"), _("Taken from what the legal reserve left.")),
    "reserve.shortfall": (_("Who makes up what the reserve lacks"), _("When the year's surplus is not enough.")),
    "fund.education": (_("What goes to education and promotion"), _("A part of the surplus for learning and for the community.")),
    "fund.education.rules": (_("How the education fund is protected"), _("Each of these holds.")),
    "fund.contingency": (_("What goes to the fund for hard times"), _("A part of the surplus kept for what nobody foresees.")),
    "fund.solidarity": (
        _("What goes to the mutual funds of the movement"),
        _("A part of the surplus that helps other co-operatives."),
    ),
    "donation.max": (_("The most that may be given away"), _("As a part of the profit.")),
    "donation.political": (_("Whether money may be given for politics"), _("To parties, or for political ends.")),
    "distribution.source": (_("From what a distribution may come"), _("Never from anything else.")),
    "dividend.capital.cap": (_("The highest return on share capital"), _("Money serves the members; it does not rule them.")),
    "dividend.interest": (_("When shares earn interest"), _("Only under these conditions.")),
    "dividend.test": (_("When nothing may be paid on capital"), _("A test of the co-op's strength before any dividend.")),
    "patronage.basis": (_("By what the members' refund is measured"), _("Who used the co-op more gets back more.")),
    "patronage.definition": (
        _("What counts as a patronage refund"),
        _("All of these must hold; otherwise it is taxed as profit."),
    ),
    "patronage.obligation.before": (
        _("The duty to refund stood in writing before the money was earned"),
        _("What was earned before that day cannot be refunded as patronage."),
    ),
    "patronage.qualified.cash": (_("The part of a refund that is paid in money"), _("So that the co-op can deduct all of it.")),
    "patronage.qualified.consent": (
        _("Members agree that the refund counts as their income"),
        _("Without it the refund is not qualified."),
    ),
    "patronage.qualified.deadline": (_("By when the refund is paid"), _("Counted from the end of the financial year.")),
    "patronage.qualified.check": (
        _("Within how long a refund check is cashed"),
        _("Counted from the end of the payment period."),
    ),
    "patronage.bonus": (_("How the yearly bonus may be paid"), _("In money, or in paper from a revolving fund.")),
    "prevalence.test": (_("How much of the business is with members"), _("More than this, and it counts as mainly mutual.")),
    "loss.allocation": (_("How a loss is shared out"), _("By what each did with the co-op.")),
    "loss.carry": (_("How long a loss may be carried forward"), _("After that it is written off or shared out.")),
    "exit.notice": (_("How long before leaving a member gives notice"), _("Until then they stay a member.")),
    "exit.notice.max": (_("The longest notice that bylaws may ask for"), _("Nobody is held longer.")),
    "exit.notice.to": (_("To which day a member can leave"), _("The membership ends on it.")),
    "exit.refund.years": (_("Within how long a leaver is paid"), _("Counted from leaving.")),
    "exit.refund.months": (_("Within how long a leaver is paid, in months"), _("Counted from leaving.")),
    "exit.refund.heirs_years": (_("Within how long heirs are paid"), _("Counted from the death.")),
    "exit.refund.min_part_a_year": (
        _("The part of the refund that is paid each year at the least"),
        _("When it is paid in instalments."),
    ),
    "exit.refund.interest": (_("The interest on a refund that is still owed"), _("Paid until the last instalment.")),
    "exit.refund.cut_max_pct": (
        _("The most that may be kept back from who leaves without good reason"),
        _("A part of what they put in."),
    ),
    "exit.refund.reserves": (_("Whether who leaves has a claim on the reserves"), _("The reserves stay with those who go on.")),
    "exit.refund.suspended": (_("When refunds wait"), _("While the co-op's own capital would fall too low.")),
    "farm.antitrust": (
        _("What a farmers' co-operative keeps to, so that it may sell together"),
        _("An exception from the law against cartels, with conditions."),
    ),
    "scop.reserve": (_("In a SCOP: the part that goes to reserves"), _("Another French form; shown for comparison.")),
    "scop.labour_share": (_("In a SCOP: the part that goes to the workers"), _("Another French form; shown for comparison.")),
    "scop.employees.capital": (
        _("In a SCOP: the least capital that employees hold"),
        _("Another French form; shown for comparison."),
    ),
    "scop.employees.votes": (
        _("In a SCOP: the least votes that employees have"),
        _("Another French form; shown for comparison."),
    ),
    "loans.non_members": (_("When money may be lent to non-members"), _("All of these are needed.")),
    "sacco.core_capital.assets": (
        _("In a savings co-op: core capital, of all assets"),
        _("For savings and credit co-operatives only."),
    ),
    "sacco.core_capital.deposits": (
        _("In a savings co-op: core capital, of deposits"),
        _("For savings and credit co-operatives only."),
    ),
    "sacco.institutional_capital": (
        _("In a savings co-op: institutional capital, of all assets"),
        _("For savings and credit co-operatives only."),
    ),
    "sacco.liquidity": (_("In a savings co-op: money at hand"), _("For savings and credit co-operatives only.")),
    "wallet.kind": (_("What a wallet may be"), _("Anything else would be a bank's or an e-money institute's business.")),
    "wallet.cap": (_("The most that one person's wallet may hold"), _("So that little is at risk.")),
    "wallet.notify_above": (
        _("Payments in twelve months above which the authority must be told"),
        _("Above it the authority is told."),
    ),
    "wallet.refund": (_("What happens to unspent money"), _("When money in a wallet is given back.")),
    "escrow.holder": (_("Who holds the money in wallets"), _("Who may hold members' money that is not the co-op's.")),
    "p2p.entity": (_("Who may run a lending platform"), _("Others may not lend people's money to people.")),
    "p2p.entity.capital": (_("The least own funds of a lending platform"), _("In Indian rupees.")),
    "p2p.lender.cap": (_("The most that one lender may lend on all platforms"), _("All platforms together.")),
    "p2p.lender.certificate_above": (
        _("Above this a lender shows a certificate of net worth"),
        _("From a chartered accountant."),
    ),
    "p2p.borrower.cap": (_("The most that one borrower may owe on all platforms"), _("All platforms together.")),
    "p2p.pair.cap": (_("The most that one lender may lend to one borrower"), _("On all platforms together.")),
    "p2p.term.max": (_("The longest term of a loan"), _("Counted from paying it out.")),
    "p2p.escrow": (_("Where the money of lenders and borrowers lies"), _("Never with the platform itself.")),
    "p2p.escrow.settlement": (_("How fast money leaves the escrow account"), _("Counted in bank working days.")),
    "p2p.cash": (_("Whether loans may be paid in cash"), _("Only through bank accounts.")),
    "p2p.first_loss": (
        _("Whether the platform may bear the first loss"),
        _("The platform carries no risk of credit: no guarantee, no first-loss fund."),
    ),
    "p2p.risk": (_("What a lending platform may not do"), _("Each of these is forbidden.")),
}
