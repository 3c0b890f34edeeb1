"""Registering log-ins, linking them to co-ops, and the registry of co-ops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client

from rochdale.cooperatives import actions, jobs, queries, rules
from rochdale.cooperatives.models import Person
from rochdale.cooperatives.testing import log_in_for, signed_in
from rochdale.offices.testing import holds, officer
from rochdale.shared import coops, may
from rochdale.shared.action import InsideOnly, NotAllowed, action
from rochdale.shared.actor import Actor, operator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY = operator("test")


@action("test_people.run", may=may.host_operator)
def run(*, actor: Actor, now: datetime, key: str, step: str, given: dict[str, Any]) -> Any:
    if "person" in given:
        given = {**given, "person": UUID(given["person"])}
    return getattr(actions, step)(actor=actor, now=now, key=f"{key}:in", **given)


def inside(step: str, **given: Any) -> Any:
    return run(actor=BY, now=NOW, key=str(uuid4()), step=step, given=given)


def register(**given: Any) -> str:
    return actions.register_person(actor=BY, now=NOW, key=str(uuid4()), **given)


def test_a_log_in_by_e_mail(public_db) -> None:
    found = queries.person(UUID(register(email=" Ada@Example.org ")))
    assert found is not None
    assert (found.email, found.phone, found.has_usable_password()) == ("ada@example.org", None, False)


def test_a_log_in_by_phone(public_db) -> None:
    found = queries.person(UUID(register(phone="00353 (86) 123-4567", language="hi")))
    assert found is not None
    assert (found.email, found.phone, found.phone_verified, found.language) == (None, "+353861234567", False, "hi")


def test_an_address_has_one_log_in(public_db) -> None:
    assert register(email="ada@example.org") == register(email="ADA@example.org")


def test_an_officer_who_registers_somebody_does_not_choose_their_password(coop) -> None:
    carmen = uuid4()
    holds(carmen, "secretary", NOW)
    given: dict[str, Any] = {"actor": officer(carmen, NOW), "now": NOW, "email": "dilip@example.org"}
    with pytest.raises(actions.OfficerChoosesNoPassword):
        actions.register_person(**given, key="k1", password="known to Carmen")
    assert queries.person(UUID(actions.register_person(**given, key="k2"))) is not None


def test_a_second_registration_sets_no_password(public_db) -> None:
    register(email="ada@example.org", password="the first password")
    register(email="ada@example.org", password="a thief's password")
    found = queries.person_at("ada@example.org")
    assert found is not None
    assert found.check_password("the first password")


def test_neither_address_is_refused(public_db) -> None:
    with pytest.raises(actions.NoAddress):
        register(email=" ")


@pytest.mark.parametrize(
    "email", ["ada", "ada@", "@example.org", "a b@example.org", "ada@example", "a@b@c.org", "x" * 250 + "@e.org"]
)
def test_what_is_no_e_mail_address_is_refused(public_db, email: str) -> None:
    with pytest.raises(actions.NotAnEmail):
        register(email=email)


@pytest.mark.parametrize("phone", ["0861234567", "+0861234567", "+35386", "+353 86 CALL ME", "+" + "1" * 16])
def test_what_is_no_phone_number_is_refused(public_db, phone: str) -> None:
    with pytest.raises(actions.NotAPhone):
        register(phone=phone)


def test_an_ordinary_person_registers_nobody(coop) -> None:
    with pytest.raises(NotAllowed):
        actions.register_person(actor=officer(uuid4(), NOW), now=NOW, key="k", email="eve@example.org")


def test_a_person_sees_the_co_ops_they_belong_to(coop, second_coop) -> None:
    ada = log_in_for("ada@example.org")
    for _twice in range(2):
        inside("link_person", person=str(ada.id))
    with coops.inside(second_coop.schema_name):
        inside("link_person", person=str(ada.id))
    assert [each.slug for each in queries.coops_of(ada.id)] == ["alpha", "beta"]
    inside("unlink_person", person=str(ada.id))
    assert [each.slug for each in queries.coops_of(ada.id)] == ["beta"]


def test_only_known_people_are_linked(coop) -> None:
    with pytest.raises(actions.NoSuchPerson):
        inside("link_person", person=str(uuid4()))


def test_linking_happens_in_a_co_op(public_db) -> None:
    ada = log_in_for("ada@example.org")
    with pytest.raises(actions.NoSuchCoop):
        inside("link_person", person=str(ada.id))


def test_linking_is_a_step_of_other_actions(coop) -> None:
    with pytest.raises(InsideOnly):
        actions.link_person(actor=BY, now=NOW, key="k", person=uuid4())


NEW = {
    "slug": "gamma",
    "name": "Gamma",
    "purpose": "Songs",
    "kit": "music",
    "currency": "EUR",
    "time_zone": "UTC",
    "languages": ["en"],
    "country": "IE",
}


def test_a_co_op_is_opened_activated_and_closed(public_db) -> None:
    schema = inside("open_coop", **NEW)
    assert schema == "coop_gamma"
    assert queries.state_of(schema) == "formation"
    assert inside("activate_coop", schema=schema) == "active"
    assert inside("close_coop", schema=schema) == "closed"
    assert "gamma" not in [each.slug for each in queries.directory()], "a closed co-op is not offered"
    with pytest.raises(actions.NoSuchCoop):
        inside("activate_coop", schema=schema)


def test_a_taken_slug_is_refused_and_leaves_nothing(public_db) -> None:
    inside("open_coop", **NEW)
    with pytest.raises(actions.SlugTaken):
        inside("open_coop", **{**NEW, "name": "Another"})
    assert [each.name for each in queries.everyone() if each.slug == "gamma"] == ["Gamma"]


def test_the_demo_factor_is_for_demo_hosts(public_db) -> None:
    ada = log_in_for("ada@example.org")
    given: dict[str, Any] = {"actor": BY, "now": NOW, "person": ada.id, "secret": "JBSWY3DPEHPK3PXP"}
    with pytest.raises(actions.DemoOnly):
        actions.give_demo_factor(key="a", demo_host=False, **given)
    actions.give_demo_factor(key="b", demo_host=True, **given)
    with pytest.raises(actions.NoSuchPerson):
        actions.give_demo_factor(key="c", demo_host=True, **{**given, "person": uuid4()})


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"email": "Ada@example.org"}, "cooperatives_person_email_lower"),
        ({"phone": "0861234567"}, "cooperatives_person_phone_e164"),
        ({}, "cooperatives_person_can_be_reached"),
    ],
)
def test_the_database_refuses_log_ins_that_cannot_be(public_db, given: dict[str, str], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Person.objects.create(created_at=NOW, **given)


@pytest.mark.parametrize(
    ("first", "constraint"),
    [({"email": "a@b.org"}, "cooperatives_person_email_once"), ({"phone": "+353861234567"}, "cooperatives_person_phone_once")],
)
def test_an_address_is_there_once(public_db, first: dict[str, str], constraint: str) -> None:
    Person.objects.create(created_at=NOW, **first)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Person.objects.create(created_at=NOW, **first)


@pytest.mark.parametrize(
    ("given", "number"), [("+353 86 123 4567", "+353861234567"), ("0044.20.7946.0000", "+442079460000"), ("086 123", None)]
)
def test_phone_numbers_as_people_write_them(given: str, number: str | None) -> None:
    assert rules.phone_number(given) == number


def test_sessions_that_ran_out_are_deleted(public_db) -> None:
    for life in (-60, 3600):
        session = SessionStore()
        session.set_expiry(datetime.now(UTC) + timedelta(seconds=life))
        session.create()
    jobs.clear_sessions()
    assert Session.objects.count() == 1


def test_the_directory_shows_who_wants_to_be_found(public_db) -> None:
    text = Client().get("/").content.decode()
    assert "Alpha Music" in text
    assert "Beta Music" in text
    assert "Beta Music" not in Client().get("/?q=alpha").content.decode()
    assert "Show all co-ops" in Client().get("/?q=<script>").content.decode()


def test_ones_own_co_ops_are_shown_after_signing_in(coop) -> None:
    with coops.public():
        ada = log_in_for("ada@example.org")
    inside("link_person", person=str(ada.id))
    text = signed_in(ada).get("/my-coops/").content.decode()
    assert "Alpha Music" in text
    assert Client().get("/my-coops/").status_code == 303
