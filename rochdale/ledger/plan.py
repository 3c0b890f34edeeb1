"""What the accounts of other books become here: their kinds, codes, and which are people's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.shared.refusals import Refusal

from . import actions, catalogue, queries, reader
from .reader import charts, openings, rows
from .survey import Facts, Keys, Place, Survey, judged, legs_of, moment_of

_YES, _NO = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si"}), frozenset({"no", "n", "false", "0", "nein", "non"})


class BadMapping(Refusal):
    code = "ledger.bad_mapping"
    status = 422
    text = gettext_lazy("The mapping {file} cannot be used: {why} Nothing was imported.")


class UnknownKinds(Refusal):
    code = "ledger.unknown_account_kinds"
    status = 422
    text = gettext_lazy(
        "Of {count} accounts the kind is not known: {accounts}. Nothing was imported; name it with --kind 'ACCOUNT=asset' "
        "(or liability, equity, income, expense), which counts for all accounts below it too, or in a mapping file."
    )


@dataclass(slots=True)
class Chart:
    """Every account of a file and what it becomes. `told` are sentences for the treasurer."""

    accounts: dict[str, actions.OldAccount] = field(default_factory=dict)
    known: dict[str, queries.KnownAccount] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    ids: dict[tuple[str, UUID | None, str], int] = field(default_factory=dict)

    def number(self, account: str, currency: str) -> int:
        """Return the ledger's account of an old one; `bind` comes first."""
        mine = self.known[account]
        return self.ids[mine.code, mine.party, currency]

    def called(self, account: str) -> str:
        """Return what stands for an account in a key: its old name, or a person's party."""
        mine = self.known.get(account)
        return str(mine.party) if mine is not None and mine.party is not None else account

    def bind(self, sums: Mapping[Place, int]) -> None:
        """Look up the accounts that the import has opened."""
        self.known = queries.imported_accounts(list(self.accounts))
        self.ids = queries.account_ids({(self.known[name].code, self.known[name].party, cur) for name, cur in sums})


def mapping(path: Path) -> dict[str, charts.Chosen]:
    """Read a mapping file: columns old, new (a code of this co-op, or another name), kind, personal (yes or no)."""
    source = reader.inspect(path)
    head = rows.head(source)
    names = [name.strip().lower() for name in head.names]
    if "old" not in names:
        raise BadMapping(file=path.name, why=_("its columns are old, new, kind and personal."))
    found: dict[str, charts.Chosen] = {}
    for number, cells in rows.read(source, head):
        cell = dict(zip(names, cells, strict=False))
        kind, personal = cell.get("kind", "").lower(), cell.get("personal", "").lower()
        good = cell.get("old") and (not kind or kind in charts.KINDS) and (not personal or personal in _YES | _NO)
        if not good or cell["old"] in found:
            raise BadMapping(
                file=path.name, why=_("line {line} is not understood, or an account stands there twice.").format(line=number)
            )
        found[cell["old"]] = charts.Chosen(cell.get("new", ""), kind, personal in _YES if personal else None)
    return found


def chart(
    survey: Survey,
    options: reader.Options,
    *,
    chosen: Mapping[str, charts.Chosen] | None = None,
    personal: Sequence[str] = (),
    open_names: Sequence[str] = (),
) -> Chart:
    """Work out what each account becomes. Refuses accounts whose kind nobody said, and mappings to what is not there."""
    found = Chart(known=queries.imported_accounts(sorted({account for account, _currency in survey.sums})))
    taken = queries.imported_codes()
    groups: dict[tuple[str, str], str] = {}
    unknown: list[str] = []
    currencies: dict[str, list[str]] = {}
    for account, currency in survey.sums:
        currencies.setdefault(account, []).append(currency)
    for account in sorted(currencies):
        said = (chosen or {}).get(account, charts.Chosen())
        known = found.known.get(account)
        if known is not None:
            made = actions.OldAccount(account, known.code, known.kind, known.title, known.party is not None)
        else:
            kind = _kind(account, said, survey, options)
            if not kind:
                unknown.append(account)
                continue
            own = (
                said.personal
                if said.personal is not None
                else charts.is_personal(account, kind, patterns=personal, open_names=open_names)
            )
            made = _new(account, kind, said, own=own, taken=taken, groups=groups)
        found.accounts[account] = actions.OldAccount(
            made.name, made.code, made.kind, made.title, made.personal, tuple(sorted(currencies[account]))
        )
    if unknown:
        raise UnknownKinds(count=len(unknown), accounts=", ".join(unknown[:8]) + (" …" if len(unknown) > 8 else ""))
    found.told = _told(found)
    return found


def _kind(account: str, said: charts.Chosen, survey: Survey, options: reader.Options) -> str:
    if said.new and (plan := catalogue.account_plan(said.new)) is not None:
        return plan.kind
    if account == openings.AGAINST and options.form == "opening":
        return "equity"
    name = said.new or account
    return said.kind or charts.kind_of(name, options.kinds) or survey.kinds.get(account) or charts.kind_of(name, survey.kinds)


def _new(
    account: str, kind: str, said: charts.Chosen, *, own: bool, taken: dict[str, bool], groups: dict[tuple[str, str], str]
) -> actions.OldAccount:
    """Return what an account becomes that was never seen: a planned one, a person's among others of its name, or its own."""
    if said.new and catalogue.account_plan(said.new) is not None:
        if own:
            raise BadMapping(file=account, why=_("a person's own account cannot become {new}.").format(new=said.new))
        return actions.OldAccount(account, said.new, kind, account)
    if said.new and ":" not in said.new and "." in said.new:
        raise BadMapping(file=account, why=_("there is no account {new} in this co-op.").format(new=said.new))
    name = said.new or account
    if not own:
        if (name, "") not in groups:
            earlier = queries.imported_accounts([name]).get(name)
            groups[name, ""] = earlier.code if earlier else charts.numbered(charts.code_of(name, kind), set(taken))
            taken[groups[name, ""]] = False
        return actions.OldAccount(account, groups[name, ""], kind, name)
    above = name.rpartition(":")[0] or name
    if (above, kind) not in groups:
        code = charts.code_of(above, kind)
        groups[above, kind] = code if taken.get(code, False) else charts.numbered(code, set(taken))
        taken[groups[above, kind]] = True
    return actions.OldAccount(account, groups[above, kind], kind, above, personal=True)


def _told(found: Chart) -> list[str]:
    people = sorted(account.name for account in found.accounts.values() if account.personal)
    if not people:
        return [_("No account was taken as a person's own. If a name below is somebody's, say --personal 'Liabilities:Loans:*'.")]
    shown = ", ".join(people[:5]) + (" …" if len(people) > 5 else "")
    return [
        _(
            "{count} accounts were taken as people's own: {shown}. Their names go to the vault, not into the books. "
            "Others that are people's: --personal 'Liabilities:Loans:*'; if one of these is not: --not-personal NAME."
        ).format(count=len(people), shown=shown)
    ]


def postings(
    source: reader.Source, options: reader.Options, facts: Facts, found: Chart, keys: Keys
) -> Iterator[actions.OldPosting]:
    """Yield the good transactions of a file as postings, in its order; what moves nothing is left out."""
    kind = "ledger.opening_balance" if options.form == "opening" else "ledger.imported"
    for each in judged(source, options, facts):
        if not isinstance(each, reader.Transaction):
            continue
        key = keys.key(each)
        parties = {found.known[line.account].party for line in each.lines if line.amount} - {None}
        legs = legs_of([line for line in each.lines if line.amount], found.number)
        if legs:
            yield actions.OldPosting(
                key=key,
                happened_at=moment_of(each, facts),
                legs=legs,
                kind=kind,
                line=each.line,
                party=next(iter(parties)) if len(parties) == 1 else None,
                payee=each.payee,
                text=each.text,
            )
