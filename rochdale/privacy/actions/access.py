"""Open what is closed: one officer asks with a reason, another human opens it for a while, every look is on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.shared import action as acting
from rochdale.shared import keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import AccessLook, AccessOpening, AccessRequest, DataKey
from .vault import UnknownRetentionClass

ASK = ("board", "chair", "secretary", "treasurer", "cashier", "auditor")
OPEN = ("board", "chair", "secretary")
LEAST_REASON = 15


class ReasonMissing(Refusal):
    code = "privacy.reason_missing"
    status = 422
    text = _("Say what you need it for, in at least {least} letters: the person concerned will read it. Nothing was asked.")


class NothingKept(Refusal):
    code = "privacy.nothing_kept"
    status = 404
    text = _("Nothing of this kind is kept of this person, or it was erased. Nothing was asked.")


class OwnData(Refusal):
    code = "privacy.own_data"
    status = 422
    text = _("This is about yourself: your own data are open to you. Nothing was asked.")


class NoSuchRequest(Refusal):
    code = "privacy.no_such_request"
    status = 404
    text = _("There is no such request. Nothing was changed.")


class SecondHuman(Refusal):
    code = "privacy.second_human"
    status = 403
    text = _("Who asks cannot open it, under whatever entry: another human has to. Nothing was opened.")


class RequestLapsed(Refusal):
    code = "privacy.request_lapsed"
    text = _("This request is older than {hours} hours and has lapsed. Nothing was opened; it has to be asked anew.")


class AlreadyOpened(Refusal):
    code = "privacy.already_opened"
    text = _("This was opened before, once. Nothing was changed; for longer, it has to be asked anew.")


@action("privacy.ask_access", may=may.office(*ASK), about=("party", "retention_class"), private=("reason",))
def ask_access(*, actor: Actor, now: datetime, key: str, party: UUID, retention_class: str, reason: str) -> int:
    """Ask to see one retention class of one person, with a reason that they will read; returns the request's number.

    Refuses an unknown class, what is not kept, one's own data, and a reason that says nothing.
    """
    if retention_class not in rules.RETENTION_CLASSES:
        raise UnknownRetentionClass(given=retention_class)
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonMissing(least=LEAST_REASON)
    if not DataKey.objects.filter(party=party, retention_class=retention_class, wrapped__isnull=False).exists():
        raise NothingKept()
    if actor.party is None or acting.same_human(actor.party, party, now):
        raise OwnData()
    row = AccessRequest.objects.create(
        party=party,
        retention_class=retention_class,
        asked_by=actor.party,
        asked_by_person=actor.person,
        reason_sealed=keys.encrypt_text(" ".join(reason.split())[:500], about=f"privacy.access:{party}"),
        asked_at=now,
    )
    return int(row.pk)


@action("privacy.open_access", may=may.office(*OPEN), about=("request",), strong=True)
def open_access(*, actor: Actor, now: datetime, key: str, request: int) -> dict[str, Any]:
    """Open what was asked for, for as long as the bylaws say; returns until when.

    Refuses the human who asked (also under another entry), a request that lapsed, and opening twice.
    """
    found = _found(request)
    if actor.party is None or _one_human(found, actor, now):
        raise SecondHuman()
    if found.state(now) == "lapsed":
        raise RequestLapsed(hours=int(queries.ASKING_LASTS.total_seconds() // 3600))
    until = now + timedelta(minutes=queries.minutes_open(now))
    try:
        with transaction.atomic():
            AccessOpening.objects.create(request_id=request, opened_by=actor.party, opened_at=now, until_at=until)
    except IntegrityError as error:
        raise AlreadyOpened() from error
    return {"until": until.isoformat()}


@action("privacy.look", may=may.office(*ASK), about=("request",))
def look(*, actor: Actor, now: datetime, key: str, request: int) -> None:
    """Put on record that the one who asked looks now; what they see is read by `queries.opened_fields`.

    Refuses anybody else, and looking before it was opened or after its time.
    """
    found = _found(request)
    if not queries.may_look(found, actor, now):
        raise queries.NotOpen()
    AccessLook.objects.create(request_id=request, looked_at=now)


def _found(number: int) -> queries.Access:
    found = queries.access_request(number)
    if found is None:
        raise NoSuchRequest()
    return found


def _one_human(found: queries.Access, actor: Actor, now: datetime) -> bool:
    if actor.person is not None and actor.person == found.asked_by_person:
        return True
    return actor.party is None or acting.same_human(found.asked_by, actor.party, now)
