"""Why an archive is refused: a code for each, and in words what to do. Nothing was changed in any of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal


class NotAnArchive(Refusal):
    code = "archives.not_an_archive"
    status = 422
    text = _("This file is not an archive of Rochdale ({why}). Nothing was changed; choose a file that `rochdale backup` wrote.")


class Damaged(Refusal):
    code = "archives.damaged"
    status = 422
    text = _("The archive is damaged or was changed: {why}. Nothing was changed; use another copy of it.")


class CutOff(Refusal):
    code = "archives.cut_off"
    status = 422
    text = _("The archive ends too early: it was not copied whole. Nothing was changed; copy it again.")


class TooLarge(Refusal):
    code = "archives.too_large"
    status = 413
    text = _("The archive says it unpacks to {declared:,} bytes; at most {most:,} are taken. Nothing was changed; {to_do}.")


class WrongKind(Refusal):
    code = "archives.wrong_kind"
    status = 422
    text = _("This is an archive of {found}, and {wanted} is asked for. Nothing was changed; {to_do}.")


class OtherFormat(Refusal):
    code = "archives.other_format"
    status = 422
    text = _("The archive has format {found}; this version of Rochdale reads format {known}. Nothing was changed.")


class OtherMigrations(Refusal):
    code = "archives.other_migrations"
    text = _(
        "The archive was made by Rochdale {version}, whose tables differ from those here ({difference}). "
        "Nothing was changed; {to_do}."
    )


class UnknownTable(Refusal):
    code = "archives.unknown_table"
    status = 422
    text = _("The archive's tables are not the ones of this host: {difference}. Nothing was changed.")


class UnknownColumn(Refusal):
    code = "archives.unknown_column"
    status = 422
    text = _("The archive's columns of {table} are not the ones of this host: {difference}. Nothing was changed.")


class RowsRefused(Refusal):
    code = "archives.rows_refused"
    status = 422
    text = _("The database does not take the archive's rows of {table}: {why}. Nothing was changed.")


class WrongCount(Refusal):
    code = "archives.wrong_count"
    status = 422
    text = _("The archive says {table} has {declared:,} rows, and {found:,} were in it. Nothing was changed.")


class BooksDoNotHold(Refusal):
    code = "archives.books_do_not_hold"
    status = 422
    text = _("What is in the archive contradicts itself: {broken}. Nothing was changed; somebody altered it, or it was made so.")


class SealsDoNotHold(Refusal):
    code = "archives.seals_do_not_hold"
    status = 422
    text = _("The seals do not fit what is in the archive: {findings}. Nothing was changed; somebody altered it.")


class SlugHere(Refusal):
    code = "archives.slug_here"
    text = _(
        "There is a co-op at the address “{slug}” already. Nothing was changed; load the archive under another one (--coop)."
    )


class CoopHere(Refusal):
    code = "archives.coop_here"
    text = _("This very co-op lives here already, at the address “{slug}”. Nothing was changed.")


class NotEmpty(Refusal):
    code = "archives.not_empty"
    text = _(
        "A whole host is only restored into an empty one, and here are {found}. Nothing was changed; "
        "set ROCHDALE_HOME (and DATABASE_URL) to a fresh place."
    )


class OwnerOnly(Refusal):
    code = "archives.owner_only"
    status = 403
    text = _("Loading an archive makes tables, which only the database's owner may: set DATABASE_URL. Nothing was changed.")


class KeysDoNotFit(Refusal):
    code = "archives.keys_do_not_fit"
    text = _("The keys here are not the ones the backup was made with: {which}. Nothing was changed; {to_do}.")


class NoSuchCoopHere(Refusal):
    code = "archives.no_such_coop"
    status = 404
    text = _("There is no co-op “{slug}” here. Nothing was done; the directory shows the addresses.")


class NoBackupYet(Refusal):
    code = "archives.no_backup_yet"
    status = 404
    text = _("There is no backup in {folder}. Nothing was done; make one with `rochdale backup --to {folder}`.")
