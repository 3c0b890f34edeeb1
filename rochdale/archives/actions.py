"""Load a co-op's archive, ask for one, and let people take up their party again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rochdale.audit import actions as audit
from rochdale.cooperatives import queries as cooperatives
from rochdale.members import actions as members_do
from rochdale.members import queries as members
from rochdale.privacy import actions as forget
from rochdale.privacy import erasures as log
from rochdale.privacy import queries as privacy
from rochdale.privacy.erasures import Erasure
from rochdale.shared import coops, ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import checking, directory, keychecks, loading, marks, queries, rules
from .manifest import Archive, Coop
from .models import ClaimCode, ClaimTry, Export, ExportApproval, ExportResult
from .refused import CoopHere, Damaged, KeysDoNotFit, SlugHere, WrongKind


class NotWaiting(Refusal):
    code = "archives.not_waiting"
    text = _("Nobody waits for a log-in under this reference. Nothing was issued.")


class OneWaits(Refusal):
    code = "archives.one_waits"
    text = _("An archive was asked for already and is not written yet. Nothing was changed.")


class NotWaitingForYou(Refusal):
    code = "archives.not_waiting_for_you"
    text = _("There is no archive here that waits for a second officer. Nothing was changed.")


class SecondPerson(Refusal):
    code = "archives.second_person"
    status = 403
    text = _("Whoever asked for it does not agree to it as well. Nothing was changed; ask another officer.")


class NotReady(Refusal):
    code = "archives.not_ready"
    status = 404
    text = _("This archive is not written yet, or is no longer kept. Nothing was changed; ask for a new one.")


class NotToOneself(Refusal):
    code = "archives.not_to_oneself"
    status = 403
    text = _("Nobody issues a code to themselves. Nothing was issued; ask another officer.")


@action("archives.load_coop", may=may.host_operator, recorded=False)
def load_coop(
    *, actor: Actor, now: datetime, key: str, archive: Archive, slug: str, erasures: list[Erasure] | None = None
) -> dict[str, Any]:
    """Load a co-op's archive under a slug: its tables are made here, its books and seals must hold.

    Returns {"schema", "logins", "key", "erasures"}: how many people link their log-ins again, whether the key
    here fits ("fits" or "missing"), how many erasures were done again. All or nothing; refuses a slug or a
    co-op that is here already, and a key file in its place that is another.
    """
    if archive.manifest.kind != "co-op":
        raise WrongKind(found="a whole host", wanted="one co-op", to_do="leave --coop out to restore a host")
    loading.must_be_owner()
    told = archive.manifest.coops[0]
    row = directory.checked(told.directory, slug=slug)
    _must_be_new(row.slug, str(row.id), row.schema_name)
    fits = _key_fits(told.key_check, row.schema_name)
    loading.load_coop(archive, told, row.schema_name, moved=True)
    with coops.public():
        row.save(force_insert=True)
    with coops.inside(row.schema_name):
        again = _forget_again(actor, now, row.schema_name, erasures or [])
        checking.must_hold()
        audit.note(
            action="archives.load_coop",
            actor=actor,
            references={"made_at": archive.manifest.made_at, "rochdale": archive.manifest.rochdale},
            now=now,
        )
    return {"schema": row.schema_name, "logins": told.logins, "key": fits, "erasures": again}


@action("archives.load_coop_of_host", may=may.host_operator, recorded=False)
def load_coop_of_host(*, actor: Actor, now: datetime, key: str, archive: Archive, coop: Coop, erasures: list[Erasure]) -> int:
    """Load one co-op of a whole host, forget again who was forgotten; no address leads to it before `open_host`.

    Returns how many erasures were done again. Refuses tables, books and seals that do not hold.
    """
    row = directory.checked(coop.directory, slug="")
    if row.schema_name != coop.schema_name:
        raise Damaged(why="a co-op lies in another's place")
    loading.load_coop(archive, coop, coop.schema_name, moved=False)
    marks.mark(coop.schema_name, restoring=True)
    with coops.public():
        row.save(force_insert=True)  # the checks ask for it
    with coops.inside(coop.schema_name):
        again = _forget_again(actor, now, coop.schema_name, erasures)
        checking.must_hold()
        audit.note(action="archives.load_coop_of_host", actor=actor, references={"made_at": archive.manifest.made_at}, now=now)
    with coops.public():
        row.delete()
    return again


@action("archives.open_host", may=may.host_operator, recorded=False)
def open_host(*, actor: Actor, now: datetime, key: str, archive: Archive) -> None:
    """Load the host's own tables, its directory among them: from here on addresses lead to the co-ops."""
    loading.load_public(archive)
    for coop in archive.manifest.coops:
        marks.mark(coop.schema_name, restoring=False)
    with coops.public():
        told = {coop.schema_name for coop in archive.manifest.coops}
        if {coop.schema_name for coop in cooperatives.everyone()} != told:
            raise Damaged(why="its directory names other co-ops than it holds")


@action("archives.forget_again", may=may.host_operator, recorded=False)
def forget_again(*, actor: Actor, now: datetime, key: str, erasures: list[Erasure]) -> int:
    """Do the erasures of a log again in the co-op of the moment; returns how many were not done in it."""
    return _forget_again(actor, now, key, erasures)


def _forget_again(actor: Actor, now: datetime, key: str, erasures: list[Erasure]) -> int:
    """Forget what the log names, this co-op knows and is readable still; the moment of the erasure stays the first."""
    parties = [each.party for each in erasures]
    known = privacy.readable(parties)
    done = 0
    with log.replaying():
        for each in erasures:
            if each.what in known:
                forget.forget(
                    actor=actor,
                    now=each.forgotten_at,
                    key=ids.derived_key(key, each.party, each.retention_class),
                    party=each.party,
                    retention_class=each.retention_class,
                    reason_code=each.reason_code,
                )
                done += 1
    return done


def _must_be_new(slug: str, number: str, schema: str) -> None:
    with coops.public():
        for coop in cooperatives.everyone():
            if coop.slug == slug or coop.schema_name == schema:
                raise SlugHere(slug=slug)
            if str(coop.id) == number:
                raise CoopHere(slug=coop.slug)
        if schema in coops.everywhere():
            raise SlugHere(slug=slug)


def _key_fits(told: str, schema: str) -> str:
    found = keychecks.state(schema, told)
    if found == "other":
        raise KeysDoNotFit(which=schema, to_do="put the co-op's own key file there, or move that one away")
    return found


@action("archives.issue_claims", may=may.office(*queries.OFFICES) | may.host_operator, recorded=False)
def issue_claims(*, actor: Actor, now: datetime, key: str, parties: list[str], code_hashes: list[str]) -> dict[str, Any]:
    """Issue claim codes to people who had a log-in on the host before; each ends an earlier one. Returns {"expires_at"}.

    The entrance makes the codes and passes only their hashes, which count once. It works before the co-op's key is
    here (what is recorded with a key needs it), and leaves its line in the trail itself. Refuses a party that
    is not waiting for its log-in, and an officer's own.
    """
    chosen = [UUID(each) for each in parties]
    if len(chosen) != len(code_hashes) or queries.waiting(chosen) != set(chosen):
        raise NotWaiting()
    if actor.party is not None and any(members.is_same_human(actor.party, each, now) for each in chosen):
        raise NotToOneself()
    expires = now + timedelta(days=rules.CODE_DAYS)
    ClaimCode.objects.bulk_create(
        ClaimCode(party=party, code_hash=mark, issued_at=now, issued_by=actor.principal[:120], expires_at=expires)
        for party, mark in zip(chosen, code_hashes, strict=True)
    )
    audit.note(action="archives.issue_claims", actor=actor, references={"parties": parties}, now=now)
    return {"expires_at": expires.isoformat()}


@action("archives.claim_party", may=may.anyone, recorded=False)
def claim_party(*, actor: Actor, now: datetime, key: str, code: str) -> dict[str, Any]:
    """Link one's log-in to the party one was on the host before, by the code one was given.

    Returns {"party": reference or None, "reason": ""}. It answers instead of refusing, so that a wrong try is
    kept and counts: after five within a day a log-in waits. A code works once, until it expires or a newer
    one is issued; a log-in that is somebody here already is refused.
    """
    assert actor.person is not None
    queries.one_at_a_time(actor.person)
    if queries.must_wait(actor.person, now):
        return {"party": None, "reason": "later"}
    found = queries.claim_of(rules.code_hash(code), now)
    with transaction.atomic():
        ClaimTry.objects.create(at=now, person=actor.person, code_id=found.id if found else None)
    if found is None:
        return {"party": None, "reason": "wrong"}
    members_do.link_person(actor=actor, now=now, key=ids.derived_key(key, "link"), party=found.party, person=actor.person)
    audit.note(action="archives.claim_party", actor=actor, references={"party": str(found.party)}, now=now)
    return {"party": str(found.party), "reason": ""}


@action("archives.ask_for_export", may=may.office(*queries.OFFICES), strong=True)
def ask_for_export(*, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    """Ask that everything of the co-op is written into an archive; a second officer must agree. Returns {"export"}.

    Refuses while another one waits. Every member sees that it was asked for, and by which party.
    """
    assert actor.party is not None
    if queries.open_export() is not None:
        raise OneWaits()
    return {"export": Export.objects.create(asked_at=now, asked_by=actor.party).id}


@action("archives.agree_to_export", may=may.office(*queries.OFFICES), about=("export",), strong=True)
def agree_to_export(*, actor: Actor, now: datetime, key: str, export: int) -> None:
    """Agree as a second person; the worker writes the archive then. Refuses whoever asked for it themselves."""
    assert actor.party is not None
    row = Export.objects.filter(pk=export).first()
    if row is None or ExportApproval.objects.filter(export=row).exists():
        raise NotWaitingForYou()
    if members.is_same_human(row.asked_by, actor.party, now):
        raise SecondPerson()
    ExportApproval.objects.create(export=row, at=now, by=actor.party)


@action("archives.keep_export", may=may.jobs, about=("export",))
def keep_export(
    *, actor: Actor, now: datetime, key: str, export: int, size: int = 0, sha256: str = "", failure: str = ""
) -> None:
    """Write down what became of an archive that was asked for: its size and hash, or why there is none."""
    ExportResult.objects.create(
        export_id=export, at=now, size=size, sha256=sha256, failure=failure[:100], expires_at=now + queries.EXPORT_LASTS
    )


@action("archives.fetch_export", may=may.office(*queries.OFFICES), about=("export",), strong=True)
def fetch_export(*, actor: Actor, now: datetime, key: str, export: int) -> dict[str, Any]:
    """Begin to download an archive; the trail shows it. Returns {"export"}. Refuses one that is not there (any more)."""
    if not queries.is_ready(export, now):
        raise NotReady()
    return {"export": export}
