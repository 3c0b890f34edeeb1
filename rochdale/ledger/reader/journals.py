"""Plain-text journals of hledger and ledger. What they can say and we cannot keep is refused by its line.

Kept: days (`/`, `-`, `.`, with `Y`), auxiliary days are left aside, flags, codes, payee and note, one amount
left out, prices `@` and `@@` (with an exchange account), balance assertions (checked), aliases, `apply account`.
Left aside and told: virtual lines, market prices, periodic transactions.
Refused: lots `{…}`, computed amounts, balance assignments, `include`, automatic rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _

from . import sniffing, sources, values
from .found import BadLine, Found, Note, Options, Reject, Stated, Transaction
from .settling import Draft, settle

_HEAD = re.compile(
    r"(?P<day>\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?)(?:=(?P<aux>[\d/.-]+))?(?:\s+(?P<flag>[*!])(?=\s|\(|$))?\s*(?:\((?P<code>[^)]*)\))?(?P<text>.*)"
)
_LINE = re.compile(r"(?:[*!]\s+)?(?P<account>.+?)(?:(?:\s{2,}|\t)\s*(?P<rest>.*))?$")
_NUMBER = re.compile(r"\d[\d.,'\u00a0\u202f]*\d|\d")
_ASIDE = frozenset({"account", "commodity", "P", "payee", "tag", "D", "N"})
_REFUSED = {
    "include": "another file is included; join them first, for example: hledger print -f main.journal > all.journal",
    "=": "an automatic rule would add lines to transactions; write them out, for example: hledger print --auto",
}
_VIRTUAL = re.compile(r"(?:[*!]\s+)?(?:\([^()]+\)|\[[^\[\]]+\]|<[^<>]+>)(?:\s{2,}|\t|\s*$|\s+;)")
_EXAMPLE = "(Budget)"
_CLOCKS = frozenset({"i", "o", "b", "h", "I", "O"})


@dataclass(slots=True)
class _State:
    """What the lines before say about the lines after."""

    mark: str
    year: int | None = None
    currency: str = ""
    aliases: list[tuple[str, str]] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    waiting: tuple[int, list[str]] | None = None
    told: list[Note] = field(default_factory=list)


def read(source: sources.Source, options: Options) -> Iterator[Found]:
    """Yield what a journal holds, transaction by transaction; never more than one of them is in memory."""
    state = _State(mark=options.decimal or _mark(source), currency=options.currency)
    block = ""
    for number, text in sources.lines(source):
        bare = text.strip()
        if block:
            block = "" if bare == f"end {block}" else block
        elif bare in ("comment", "test") and text == bare:
            yield from _flush(state, options)
            block = bare
        elif text[:1].isdigit():
            yield from _flush(state, options)
            state.waiting = (number, [text])
        elif text[:1] in (" ", "\t") and bare:
            if state.waiting is not None:
                state.waiting[1].append(text)
        else:
            yield from _flush(state, options)
            if bare and text[0] not in ";#%|*":
                yield from _directive(number, text, state, options)
        yield from state.told
        state.told.clear()
    yield from _flush(state, options)
    yield from state.told


def _mark(source: sources.Source) -> str:
    """Return the decimal mark: as the journal declares, else as its amounts show."""
    sample = []
    for _number, text in islice(sources.lines(source), sniffing.SAMPLE * 4):
        if text.startswith("decimal-mark"):
            return "," if "," in text else "."
        if text[:1] in (" ", "\t"):
            found = _LINE.match(text.strip())
            sample += _NUMBER.findall((found["rest"] or "").partition(";")[0]) if found else []
    return sniffing.decimal_mark(sample, file=source.name)


def _flush(state: _State, options: Options) -> Iterator[Found]:
    if state.waiting is None:
        return
    (number, texts), state.waiting = state.waiting, None
    try:
        yield from _transaction(number, texts, state, options)
    except BadLine as bad:
        yield Reject(number, str(bad), tuple(texts))


def _transaction(number: int, texts: list[str], state: _State, options: Options) -> Iterator[Found]:
    head = _HEAD.fullmatch(texts[0].rstrip())
    if head is None:
        raise BadLine(_("“{text}” is not the head of a transaction").format(text=values.shown(texts[0])))
    on = _day(head["day"], state, options)
    payee, _bar, note = head["text"].partition(";")[0].partition("|")
    drafts: list[Draft] = []
    stated: list[Stated] = []
    for place, text in enumerate(texts[1:], 1):
        bare = text.strip()
        if bare.startswith((";", "#")):
            continue
        if _VIRTUAL.match(bare):
            says = _("Virtual lines, such as {line}, were left aside (as `ledger --real` does): they are outside of the books.")
            state.told.append(Note(says.format(line=_EXAMPLE), number + place))
            continue
        try:
            draft, balance = _line(bare, state, options)
        except BadLine as bad:
            raise BadLine(_("line {line}: {reason}").format(line=number + place, reason=bad)) from None
        drafts.append(draft)
        if balance is not None:
            below, value, currency = balance
            stated.append(Stated(number + place, on, draft.account, values.micro(value), currency, after=True, below=below))
    if not drafts:
        yield Note(_("Transactions without any real line move nothing and were left aside."), number)
        return
    words = " ".join(part for part in ((head["code"] or "").strip(), note.strip()) if part)
    lines = settle(drafts, conversion=options.conversion)
    yield Transaction(number, on, lines, payee=payee.strip(), text=words, raw=tuple(texts))
    yield from stated


def _day(text: str, state: _State, options: Options) -> date:
    if len(re.findall(r"\d+", text)) == 2:
        if state.year is None:
            raise BadLine(_("“{text}” has no year; a line “Y2015” before it would say it").format(text=text))
        text = f"{state.year}-{re.sub(r'[/.]', '-', text)}"
    return values.day(text, options.dates or "ymd")


def _line(bare: str, state: _State, options: Options) -> tuple[Draft, tuple[bool, Decimal, str] | None]:
    """Read one line of a transaction: its draft, and the balance it states (with accounts below, value, currency)."""
    found = _LINE.match(bare)
    assert found is not None  # it has at least one sign
    account, rest = found["account"].strip(), _without_comment(found["rest"] or "")
    if " ;" in account:
        account = account.partition(" ;")[0].strip()
    account = _named(account, state)
    amount, equals, assertion = _cut(rest, "=")
    balance = _asserted(assertion, state, options) if equals else None
    if not amount.strip():
        if equals:
            raise BadLine(
                _("a balance is set instead of an amount; write the amounts out, for example: hledger print --explicit")
            )
        return Draft(account, None), None
    return _priced(account, amount, state, options), balance


def _without_comment(text: str) -> str:
    quoted = False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        if letter == ";" and not quoted:
            return text[:place].rstrip()
    return text.strip()


def _cut(text: str, sign: str) -> tuple[str, str, str]:
    """Cut at a sign that stands outside of quotes and braces."""
    quoted = braced = False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        braced = (braced or letter == "{") and letter != "}"
        if letter == sign and not quoted and not braced:
            return text[:place], sign, text[place + 1 :]
    return text, "", ""


def _asserted(text: str, state: _State, options: Options) -> tuple[bool, Decimal, str]:
    bare = text.lstrip("=")
    below = bare.startswith("*")
    value, currency = _money(bare.lstrip("*").partition("@")[0], state, options)
    return below, value, currency


def _priced(account: str, text: str, state: _State, options: Options) -> Draft:
    amount, at, price = _cut(text, "@")
    if "{" in amount or "[" in amount:
        raise BadLine(_("lots with a cost {…} are securities; only money can be imported"))
    if amount.strip().startswith("(") or "(@" in text:
        raise BadLine(_("“{text}” is computed; write the amount").format(text=values.shown(text.strip())))
    value, currency = _money(amount, state, options)
    if not at:
        return Draft(account, value, currency)
    total = price.startswith("@")
    each, in_currency = _money(price.lstrip("@"), state, options)
    cost = each.copy_sign(value) if total else each * value
    return Draft(account, value, currency, (cost, in_currency) if in_currency != currency else None)


def _money(text: str, state: _State, options: Options) -> tuple[Decimal, str]:
    value, written = values.amount(text, state.mark)
    if not written:
        if not state.currency:
            raise BadLine(_("“{text}” names no currency; say it with --currency").format(text=values.shown(text)))
        return value, state.currency
    currency = values.currency(written, options.symbols)
    if written in values.AMBIGUOUS and written not in options.symbols:
        says = _("“{sign}” was read as {currency}; if it is another, say so with --symbol '{sign}=CAD', for example.")
        state.told.append(Note(says.format(sign=written, currency=currency)))
    return value, currency


def _named(account: str, state: _State) -> str:
    full = ":".join([*state.above, account])
    for old, new in reversed(state.aliases):
        if full == old or full.startswith(f"{old}:"):
            full = new + full[len(old) :]
    return full


def _directive(number: int, text: str, state: _State, options: Options) -> Iterator[Found]:
    """Read a line that is no transaction: keep what it says for the lines after, or refuse it."""
    word, _space, rest = text.strip().lstrip("!@").partition(" ")
    rest = rest.partition(";")[0].strip()
    if text[0] == "=":
        word = "="
    if word == "Y" or word == "year" or re.fullmatch(r"Y\d{4}", word):
        year = (rest or word[1:]).strip()
        state.year = int(year) if re.fullmatch(r"\d{4}", year) else None
    elif word == "D":
        _value, state.currency = _default_currency(rest, state, options)
    elif word == "alias" and "=" in rest and not rest.startswith("/"):
        old, _equals, new = rest.partition("=")
        state.aliases.append((old.strip(), new.strip()))
    elif word == "apply" and rest.startswith("account "):
        state.above.append(rest.removeprefix("account ").strip())
    elif word == "end" and rest in ("apply account", "aliases"):
        _end(rest, state)
    elif word in _ASIDE or (word == "decimal-mark"):
        if word == "P":
            yield Note(_("Market prices (P) were left aside: the books keep what was paid."))
    elif text[0] == "~":
        yield Note(_("Periodic transactions (~) were left aside: they are plans, not what happened."), number)
    elif word in _CLOCKS:
        yield Reject(number, _("time clocks are hours, not money"), (text,))
    else:
        reason = _REFUSED.get(word) or _("“{text}” is nothing we know how to read").format(text=values.shown(text))
        yield Reject(number, reason, (text,))


def _default_currency(rest: str, state: _State, options: Options) -> tuple[Decimal, str]:
    try:
        return _money(rest, state, options)
    except BadLine:
        return Decimal(0), state.currency


def _end(rest: str, state: _State) -> None:
    if rest == "aliases":
        state.aliases.clear()
    elif state.above:
        state.above.pop()
