"""Parties: the random references under which a co-op knows people and organisations."""

from __future__ import annotations

import uuid

from django.db import models


class Party(models.Model):
    """A person or an organisation as this co-op knows it. `person` is their log-in in public, if they have one.

    `turn` is counted up by whoever changes something of this party that must happen one at a
    time (shares, desk codes): the row lock is the queue.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12)
    person = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    turn = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], name="members_one_party_per_person"),
            models.CheckConstraint(condition=models.Q(kind__in=("person", "organisation")), name="members_party_kind"),
            models.CheckConstraint(
                condition=models.Q(kind="person") | models.Q(person__isnull=True), name="members_organisation_has_no_log_in"
            ),
        ]


class Representative(models.Model):
    """The person who acts for an organisation, from one moment to another."""

    organisation = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="representatives")
    representative = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="represents")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "representative"],
                condition=models.Q(until_at__isnull=True),
                name="members_represents_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="members_represents_forward_in_time",
            ),
        ]


class RepresentativeEnd(models.Model):
    """Somebody ceased to act for an organisation. Sealed; `Representative.until_at` only repeats it (check ML4)."""

    representative = models.OneToOneField(Representative, on_delete=models.DO_NOTHING, primary_key=True, related_name="ending")
    until_at = models.DateTimeField()
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(act=""), name="members_representative_end_has_act")]


class LogInLink(models.Model):
    """A party was given its log-in. Sealed; `Party.person` only repeats the newest (check ML5), until a move empties it."""

    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="log_ins")
    person = models.UUIDField()
    at = models.DateTimeField()
