"""The register and certificates on paper: what the templates are given, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from typing import Any

from django.utils.translation import gettext as _

from rochdale.audit.queries import seals
from rochdale.shared import locales, money, tables
from rochdale.shared.documents import pdf, sheets

from . import queries, rules

REGISTER = "members/documents/register.typ"
CERTIFICATE = "members/documents/certificate.typ"
MOST_TAGGED = 1_000
"""Longer registers are set without marks for screen readers: the CSV and the spreadsheet serve those better."""
WIDTHS = {"number": 2, "name": 6, "address": 7, "classes": 4, "joined_at": 3, "left_at": 3, "old_number": 2}


def register_pdf(copy: queries.RegisterCopy, *, coop: str, language: str) -> bytes:
    """Set a copy of the register as PDF: landscape, page numbers, of which moments, with its digest.

    In one language, of one co-op's name, with one version of the program, the bytes are always the same.
    """
    data, tagged = register_data(copy, coop=coop), len(copy.lines) <= MOST_TAGGED
    return pdf.render(REGISTER, data, language=language, title=title(), made_at=copy.known_at, tagged=tagged)


def register_data(copy: queries.RegisterCopy, *, coop: str) -> dict[str, Any]:
    """Return what the register's template is given."""
    heads = _columns(copy)
    rows = [[_shown(row.get(key)) for key, _head in heads] for row in _rows(copy)]
    digest = _("Digest (SHA-256): {digest}").format(digest=_spaced(copy.digest))
    return {
        "coop": coop,
        "says": moments(copy),
        "digest": digest,
        "foot": f"{coop} · {moments(copy)} · {copy.digest[:16]}",
        "seal": "",
        "heads": [str(head) for _key, head in heads],
        "widths": [WIDTHS.get(key, 3) for key, _head in heads],
        "ends": [key == "number" or key.startswith(("shares:", "paid:")) for key, _head in heads],
        "rows": rows,
        "empty": _("Nobody was a member then."),
    }


def register_xlsx(copy: queries.RegisterCopy) -> bytes:
    """Write a copy of the register as a spreadsheet."""
    columns = [tables.Column(key, head) for key, head in _columns(copy)]
    table = tables.Table(name="register", caption=title(), columns=columns, rows=list(_rows(copy)))
    note = f"{moments(copy)} · {_('Digest (SHA-256): {digest}').format(digest=copy.digest)}"
    return sheets.xlsx(table, title=title(), note=note, made_at=copy.known_at)


def title() -> str:
    """Return what the register is called."""
    return _("Register of members")


def moments(copy: queries.RegisterCopy) -> str:
    """Say of which moments a copy is, in UTC, so that it reads the same everywhere."""
    as_of, known_at = (moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") for moment in (copy.as_of, copy.known_at))
    return _("As of {as_of}, as known on {known_at}. {scope}").format(as_of=as_of, known_at=known_at, scope=SCOPES[copy.scope]())


SCOPES = {
    "full": lambda: _("All that the register keeps."),
    "holdings": lambda: _("Names and holdings."),
    "names": lambda: _("Names without holdings."),
}
HEADS = {
    "number": lambda: _("Number"),
    "name": lambda: _("Name"),
    "address": lambda: _("Postal address"),
    "occupation": lambda: _("Occupation"),
    "nominee": lambda: _("Nominee"),
    "born_on": lambda: _("Born on"),
    "classes": lambda: _("Classes"),
    "joined_at": lambda: _("Member since"),
    "left_at": lambda: _("Left"),
    "old_number": lambda: _("Old number"),
}
ORDER = tuple(HEADS)


def _columns(copy: queries.RegisterCopy) -> list[tuple[str, str]]:
    said = {field for line in copy.lines for field in line} or {"number", "name"}
    fields = said - {"shares"}
    found = [(field, HEADS[field]()) for field in sorted(fields, key=ORDER.index)]
    held = sorted({(each["class"], each["currency"]) for line in copy.lines for each in line.get("shares", ())})
    for code, currency in held:
        found.append((f"shares:{code}:{currency}", _("Shares: {share_class}").format(share_class=code)))
        found.append((f"paid:{code}:{currency}", _("Paid: {share_class}").format(share_class=code)))
    return found


def _rows(copy: queries.RegisterCopy) -> list[dict[str, Any]]:
    rows = []
    for line in copy.lines:
        row: dict[str, Any] = {key: value for key, value in line.items() if key != "shares"}
        row["classes"] = ", ".join(line["classes"])
        for moment in ("joined_at", "left_at"):
            if row.get(moment):
                row[moment] = date.fromisoformat(str(row[moment])[:10])
        for each in line.get("shares", ()):
            place = f"{each['class']}:{each['currency']}"
            row[f"shares:{place}"] = each["shares"]
            row[f"paid:{place}"] = tables.Money(money.parse(each["paid"], each["currency"]), each["currency"])
        rows.append(row)
    return rows


def _shown(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case tables.Money():
            return money.formatted(cell.micro or 0, cell.currency)
        case date():
            return cell.isoformat()
    return str(cell)


def _spaced(digest: str) -> str:
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))


def certificate_pdf(
    certificate: queries.CertificateView, *, coop: str, name: str, share_class: str, check_url: str, language: str
) -> bytes:
    """Set a share certificate: who, how many shares of which class, paid, number, check code, the co-op's seal."""
    data = certificate_data(certificate, coop=coop, name=name, share_class=share_class, check_url=check_url, language=language)
    title_ = _("Share certificate")
    return pdf.render(CERTIFICATE, data, language=language, title=title_, made_at=certificate.issued_at)


def certificate_data(
    certificate: queries.CertificateView, *, coop: str, name: str, share_class: str, check_url: str, language: str
) -> dict[str, Any]:
    """Return what the certificate's template is given."""
    locale = language or "en"
    amount = money.formatted(certificate.subscribed, certificate.currency, locale)
    paid = money.formatted(certificate.paid, certificate.currency, locale)
    return {
        "coop": coop,
        "number": _("No. {number}").format(number=certificate.number),
        "says": [_("This certifies that"), _("held on the day of issue")],
        "name": name or rules.ERASED,
        "member": _("Member number {number}").format(number=certificate.member) if certificate.member else "",
        "holding": f"{certificate.shares} × {share_class}",
        "paid": _("Nominal value {amount}, of which {paid} is paid").format(amount=amount, paid=paid),
        "facts": facts(certificate, locale),
        "check": _("Anybody who holds this paper can check it at {url} with the code {code}.").format(
            url=check_url, code=certificate.code
        ),
        "seal": head_line(),
        "foot": f"{coop} · {_('Share certificate')} {certificate.number} · {certificate.code}",
    }


def facts(certificate: queries.CertificateView, locale: str) -> Sequence[tuple[str, str]]:
    """Return the certificate's small print."""
    return (
        (_("Issued on"), locales.day(certificate.issued_at, locale)),
        (_("Check code"), certificate.code),
        (_("What it is"), _("A statement of the register. The register decides, not this paper; it cannot be handed on.")),
    )


def head_line() -> str:
    """Return the line of the co-op's newest seal, or the empty string where nothing was sealed yet."""
    return seals.head_line()
