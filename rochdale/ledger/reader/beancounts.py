"""Beancount text. Read line by line; beancount itself is not needed.

Kept: transactions with flag, payee, narration, metadata (left aside), tags and links, one amount left out,
prices (with an exchange account), `balance` (checked), `pushtag` and the like. Refused by line: lots `{…}`,
computed amounts, `pad`, `include`; plugins are named, because they may add what is not in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from . import sources, values
from .found import BadLine, Declared, Found, Note, Options, Reject, Stated, Transaction
from .settling import Draft, settle

_DAY = re.compile(r"(?P<day>\d{4}[-/]\d{1,2}[-/]\d{1,2})\s+(?P<word>[a-z]+|[*!&#?%PSTCURM])(?P<rest>(?:\s.*)?)$")
_ACCOUNT = r"[^\W\d_][\w-]*(?::[^\W_][\w-]*)+"
_LINE = re.compile(rf"(?:[*!&#?%PSTCURM]\s+)?(?P<account>{_ACCOUNT})(?:\s+(?P<rest>.*))?$")
_BALANCE = re.compile(rf"(?P<account>{_ACCOUNT})\s+(?P<number>[-+]?[\d.,]+)\s*(?:~\s*[\d.,]+\s*)?(?P<currency>[A-Z][\w'.-]*)$")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_META = re.compile(r"[a-z][\w-]*:")
_ASIDE = frozenset({"open", "close", "commodity", "note", "document", "event", "query", "price", "custom"})
_WITHOUT_DAY = frozenset({"option", "plugin", "include", "pushtag", "poptag", "pushmeta", "popmeta"})
_HARMLESS = frozenset({"beancount.plugins.auto_accounts", "beancount.plugins.implicit_prices", "beancount.plugins.noduplicates"})
_ROOT_OPTIONS = {
    "name_assets": "asset",
    "name_liabilities": "liability",
    "name_equity": "equity",
    "name_income": "income",
    "name_expenses": "expense",
}


@dataclass(slots=True)
class _Waiting:
    number: int
    texts: list[str] = field(default_factory=list)


def read(source: sources.Source, options: Options) -> Iterator[Found]:
    """Yield what a beancount file holds, transaction by transaction."""
    waiting: _Waiting | None = None
    for number, text in sources.lines(source):
        if waiting is not None and (text[:1] in (" ", "\t") or _inside_a_string(waiting)) and text.strip():
            waiting.texts.append(text)
            continue
        if waiting is not None:
            yield from _finished(waiting, options)
            waiting = None
        if text[:1].isdigit():
            waiting = _Waiting(number, [text])
        elif text.strip() and text[0] not in ";*#:!&%" and text[:1] not in (" ", "\t"):
            yield from _undated(number, text)
    if waiting is not None:
        yield from _finished(waiting, options)


def _inside_a_string(waiting: _Waiting) -> bool:
    if len(waiting.texts) > 50:
        return False
    return '"' in "".join(waiting.texts) and _STRING.sub("", "\n".join(waiting.texts)).partition(";")[0].count('"') % 2 == 1


def _finished(waiting: _Waiting, options: Options) -> Iterator[Found]:
    try:
        yield from _dated(waiting, options)
    except BadLine as bad:
        yield Reject(waiting.number, str(bad), tuple(waiting.texts))


def _dated(waiting: _Waiting, options: Options) -> Iterator[Found]:
    head, body = waiting.texts[0], waiting.texts[1:]
    joined = 0
    while _inside_a_string(_Waiting(0, [head])) and joined < len(body):
        head, joined = f"{head}\n{body[joined]}", joined + 1
    found = _DAY.match(head.partition("\n")[0].rstrip())
    if found is None:
        raise BadLine(_("“{text}” is nothing we know how to read").format(text=values.shown(head)))
    word = found["word"]
    if word == "balance":
        yield _balance(waiting.number, found)
    elif word == "pad":
        raise BadLine(_("“pad” makes an amount up; write it as a transaction with the amount that bean-check shows"))
    elif word == "txn" or len(word) == 1:
        texts = [text.replace('\\"', '"') for text in _STRING.findall(head)]
        payee, narration = (texts[0], texts[1]) if len(texts) > 1 else ("", texts[0] if texts else "")
        drafts = list(_drafts(waiting.number + 1 + joined, body[joined:], options))
        if not drafts:
            yield Note(_("Transactions without any line move nothing and were left aside."), waiting.number)
            return
        lines = settle(drafts, conversion=options.conversion)
        on = values.day(found["day"])
        yield Transaction(waiting.number, on, lines, payee=payee, text=narration, raw=tuple(waiting.texts))
    elif word not in _ASIDE:
        raise BadLine(_("“{text}” is nothing we know how to read").format(text=values.shown(head)))
    elif word == "price":
        yield Note(_("Market prices were left aside: the books keep what was paid."))


def _balance(number: int, found: re.Match[str]) -> Stated:
    stated = _BALANCE.match(_without_comment(found["rest"]).strip())
    if stated is None:
        raise BadLine(_("“{text}” is no balance we can read").format(text=values.shown(found["rest"])))
    value, _written = values.amount(stated["number"], ".")
    currency = values.currency(stated["currency"], {})
    return Stated(number, values.day(found["day"]), stated["account"], values.micro(value), currency, below=True)


def _drafts(first: int, texts: list[str], options: Options) -> Iterator[Draft]:
    for place, text in enumerate(texts):
        bare = _without_comment(text).strip()
        if not bare or _META.match(bare) or bare[0] in "#^":
            continue
        found = _LINE.match(bare)
        try:
            if found is None:
                raise BadLine(_("“{text}” is not a line of a transaction").format(text=values.shown(bare)))
            yield _draft(found["account"], (found["rest"] or "").strip(), options)
        except BadLine as bad:
            raise BadLine(_("line {line}: {reason}").format(line=first + place, reason=bad)) from None


def _draft(account: str, rest: str, options: Options) -> Draft:
    if not rest:
        return Draft(account, None)
    if "{" in rest:
        raise BadLine(_("lots with a cost {…} are securities; only money can be imported"))
    amount, at, price = rest.partition("@")
    if re.search(r"[(*/]|\d\s*[-+]", amount):
        raise BadLine(_("“{text}” is computed; write the amount").format(text=values.shown(amount)))
    value, currency = _money(amount, options)
    if not at:
        return Draft(account, value, currency)
    total = price.startswith("@")
    each, in_currency = _money(price.lstrip("@"), options)
    cost = each.copy_sign(value) if total else each * value
    return Draft(account, value, currency, (cost, in_currency) if in_currency != currency else None)


def _money(text: str, options: Options) -> tuple[Decimal, str]:
    value, written = values.amount(text, ".")
    if not written:
        raise BadLine(_("“{text}” names no currency").format(text=values.shown(text)))
    return value, values.currency(written, options.symbols)


def _without_comment(text: str) -> str:
    quoted = False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        if letter == ";" and not quoted:
            return text[:place]
    return text


def _undated(number: int, text: str) -> Iterator[Found]:
    word = text.split(None, 1)[0]
    strings = _STRING.findall(text)
    if word == "include":
        yield Reject(number, _("another file is included; import it by itself, or join them first"), (text,))
    elif word == "plugin" and strings and strings[0] not in _HARMLESS:
        says = _("The plugin {name} was not run: what it adds or changes is not imported.")
        yield Note(says.format(name=values.shown(strings[0])), number)
    elif word == "option" and len(strings) == 2 and strings[0] in _ROOT_OPTIONS:
        yield Declared(strings[1], _ROOT_OPTIONS[strings[0]])
    elif word not in _WITHOUT_DAY:
        yield Reject(number, _("“{text}” is nothing we know how to read").format(text=values.shown(text)), (text,))
