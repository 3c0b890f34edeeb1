"""The plug of archives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rochdale.shared import module

CLAIM_OFFICES = ("secretary", "chair", "board")


class Archives(module.Module):
    """Backups of the host, and a co-op's own archive to take elsewhere."""

    name = "rochdale.archives"
    label = "archives"
    title = _("Archives")
    url_prefix = "archives"

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return (
            module.Job("archives.back_up", settings.ROCHDALE_BACKUP_AT, per_coop=False, run=jobs.back_up),
            module.Job("archives.make_exports", "*/10 * * * *", per_coop=False, run=jobs.make_exports),
        )

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(
                _("Take your co-op with you"), "archives:exports", "more", icon="download", order=85, members_only=True
            ),
            module.MenuItem(
                _("Who comes back"), "archives:returning", "more", icon="people", order=86, for_offices=CLAIM_OFFICES
            ),
        )

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import queries

        return (
            module.PersonalData(
                what=str(_("That you had a log-in on the host before, and codes to link it again; no names")),
                why=str(_("So that you find your membership again after the co-op moved")),
                basis="contract",
                retention_class="books",
                kept_for=str(_("As long as the register")),
                export=queries.export,
                erase=None,
            ),
        )

    def health(self) -> Iterable[module.HealthLine]:
        from . import health

        return health.lines()

    def sealed(self) -> Sequence[module.SealedRows]:
        return (
            module.SealedRows("archives.export", _("Archives asked for"), "archives_export", ("id", "asked_at", "asked_by")),
            module.SealedRows(
                "archives.export_approval", _("Archives agreed to"), "archives_exportapproval", ("id", "export_id", "at", "by"),
            ),
            module.SealedRows(
                "archives.export_result", _("Archives made"), "archives_exportresult",
                ("id", "export_id", "at", "size", "sha256", "failure", "expires_at"),
            ),
            module.SealedRows(
                "archives.claim_code", _("Claim codes issued"), "archives_claimcode",
                ("id", "party", "code_hash", "issued_at", "issued_by", "expires_at"),
            ),
            module.SealedRows(
                "archives.claim_try", _("Claim codes tried"), "archives_claimtry", ("id", "at", "person", "code_id")
            ),
            module.SealedRows(
                "archives.returning", _("Who had a log-in where the co-op came from"), "archives_returning",
                ("party", "since"), key="party", numbered=False,
            ),
        )  # fmt: skip
