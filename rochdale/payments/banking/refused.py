"""What a reader of bank statements refuses: always with the row, always before anything is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal


class NotAStatement(Refusal):
    code = "payments.not_a_statement"
    status = 422
    text = _("This is no statement we can read: {why}. Nothing was kept; download it again as CSV, or choose another layout.")


class TooMuch(Refusal):
    code = "payments.statement_too_large"
    status = 413
    text = _("A statement has at most {most}. Nothing was kept; download it from the bank in shorter stretches.")


class ColumnMissing(Refusal):
    code = "payments.statement_column_missing"
    status = 422
    text = _(
        "The layout “{profile}” looks for a column for: {missing}. The file has: {found}. Nothing was kept; choose another "
        "layout, or say which column is which."
    )


class ColumnTwice(Refusal):
    code = "payments.statement_column_twice"
    status = 422
    text = _("The column “{column}” stands twice in the file, so it is not clear which is meant. Nothing was kept.")


class RowUnreadable(Refusal):
    code = "payments.statement_row_unreadable"
    status = 422
    text = _("Row {row} cannot be read: “{given}” is not {wanted}. Nothing of the file was kept.")


class Unclear(Refusal):
    code = "payments.statement_unclear"
    status = 422
    text = _("{what} of this file can be read in more than one way. Nothing was kept; say which is meant: {choices}.")


class MixedCurrencies(Refusal):
    code = "payments.statement_mixed_currencies"
    status = 422
    text = _("The file holds lines in {found}. Nothing was kept; download one account in one currency.")


class UnknownProfile(Refusal):
    code = "payments.unknown_profile"
    status = 422
    text = _("There is no layout “{given}”. Nothing was kept; there are: {known}.")


class BadMapping(Refusal):
    code = "payments.statement_bad_mapping"
    status = 422
    text = _("“{given}” is not of the form part=column, with one of these parts: {parts}. Nothing was kept.")
