"""Make the database ready: start it or reach it, make the roles, migrate what needs it."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from rochdale.shared import coops

from . import addresses, migrations, roles
from .embedded import Server, password_in


class CannotPrepare(RuntimeError):
    """The database cannot be made ready; the text says what to do."""


def prepare(*, migrate: bool = True, always: bool = False, progress: migrations.Progress | None = None) -> list[str]:
    """Start the embedded server or reach the given one, make roles and database, migrate what lags behind.

    Returns the schemas that were migrated. Safe to call again: what is there stays. The embedded server is
    held until this process ends. With `migrate=False` a database that has tables is taken as it is. Without
    the owner's address (DATABASE_APP_URL alone) nothing is made; the doctor tells what lacks.
    """
    hold()
    if addresses.is_embedded():
        prepare_server(addresses.server(), addresses.DATABASE)
    elif os.environ.get("DATABASE_URL"):
        _prepare_given()
    else:
        _setup_django()
        return []
    _setup_django()
    if not (migrate or always) and _has_tables():
        return []
    with as_owner():
        return migrations.migrate(progress, always=always)


def _has_tables() -> bool:
    with psycopg.connect(**addresses.arguments("owner"), autocommit=True) as owner:
        found = owner.execute("SELECT to_regclass('public.django_migrations'), to_regnamespace('coop_template')").fetchone()
    return found is not None and None not in found


def hold() -> None:
    """Start or join the embedded server, where it is used, and hold it until this process ends.

    A server that was killed while it was held is started again.
    """
    if addresses.is_embedded():
        server = addresses.server()
        server.hold()
        server.revive()
        atexit.unregister(_disconnect)
        atexit.register(_disconnect)  # before the server may be stopped: a pool would try to reconnect, loudly


def let_go() -> None:
    """Let go of the embedded server before this process ends; whoever was the last one stops it."""
    if addresses.is_embedded():
        _disconnect()
        addresses.server().let_go()


def prepare_server(server: Server, database: str) -> None:
    """Make the roles and one database on an embedded server, which must be held."""
    with server.connect() as root:
        make_roles(root, {role: server.password(role) for role in (roles.OWNER, roles.APP, roles.AUDITOR)})
        known = root.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not known:
            root.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(roles.OWNER)))
    with server.connect(roles.OWNER, database) as owner:
        roles.prepare_database(owner)


def make_roles(root: psycopg.Connection[Any], passwords: dict[str, str]) -> None:
    """Make our roles where they are missing, in one transaction that keeps two starters apart."""
    with root.transaction():
        root.execute("SELECT pg_advisory_xact_lock(hashtext('rochdale roles'))")
        for role in (roles.COOPS, *passwords):
            if roles.ensure(root, role) and role in passwords:
                roles.set_password(root, role, passwords[role])
        if roles.OWNER in passwords:
            root.execute(f"GRANT {roles.COOPS} TO {roles.OWNER} WITH ADMIN OPTION")


@contextmanager
def as_owner() -> Iterator[None]:
    """Run the block with Django connected as the owner, without the pool; for migrations only."""
    with connected_as(addresses.django_settings("owner")):
        yield


@contextmanager
def as_auditor() -> Iterator[None]:
    """Run the block with Django connected as the auditor, who reads every co-op and changes nothing."""
    with connected_as({**addresses.django_settings("auditor"), "COOP_ROLES": False}):
        yield


@contextmanager
def connected_as(wanted: dict[str, Any]) -> Iterator[None]:
    """Run the block with Django's default connection at another address or role."""
    known = connections.settings["default"]
    earlier = dict(known)
    _disconnect()
    known.update(wanted)
    try:
        yield
    finally:
        _disconnect()
        known.clear()
        known.update(earlier)


def _disconnect() -> None:
    if not settings.configured:
        return
    coops.enter(coops.PUBLIC)
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's


def _prepare_given() -> None:
    place = addresses.folder()
    place.mkdir(parents=True, exist_ok=True)
    made = [roles.AUDITOR] if os.environ.get("DATABASE_APP_URL") else [roles.APP, roles.AUDITOR]
    passwords = {role: password_in(place / f"{role}.pass") for role in made}
    try:
        with psycopg.connect(**addresses.arguments("owner"), autocommit=True) as owner:
            make_roles(owner, passwords)
            roles.prepare_database(owner)
    except psycopg.OperationalError as refused:
        raise CannotPrepare(f"The database at DATABASE_URL does not let us in: {refused}") from None
    except psycopg.errors.InsufficientPrivilege as refused:
        raise CannotPrepare(
            f"The user of DATABASE_URL may not make the roles Rochdale needs ({refused.diag.message_primary}). "
            "Give it CREATEROLE and make it the owner of the database."
        ) from None


def _setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rochdale.project.settings")
    if not apps.ready:
        django.setup()
