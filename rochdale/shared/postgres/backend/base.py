"""The database backend: a co-op's context is set once per transaction, inside the transaction.

django-tenants' own backend sends a session-level `SET search_path`; behind a transaction pooler
another client's statement then runs on it (510 of 674 answers were another co-op's). Here the
first statement of each transaction sets path *and role* locally, so both end with it. Without a
transaction there is an error, without a context there is public only, and the app's role alone
has no right on any co-op's tables.
"""

from __future__ import annotations

from typing import Any

from django.db.transaction import TransactionManagementError
from django_tenants.postgresql_backend import base as tenants_base

PUBLIC = "public"


class DatabaseWrapper(tenants_base.DatabaseWrapper):  # type: ignore[misc]  # django-tenants is untyped
    """Sets `search_path` and `role` by `set_config(…, true)` at the first statement of each transaction.

    With `DATABASES[…]["COOP_ROLES"] = False` (migrations, run by the owner) only the path is set.
    """

    _connecting = False

    def connect(self) -> None:
        """Connect; Django asks for the server's version before any transaction, which needs no context."""
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def set_autocommit(self, *args: Any, **kwargs: Any) -> None:
        """Begin or end a transaction: either way the context is gone."""
        self.search_path_set_schemas = None
        super().set_autocommit(*args, **kwargs)

    def commit(self) -> None:
        """Commit; what follows is another transaction."""
        self.search_path_set_schemas = None
        super().commit()

    def savepoint_rollback(self, sid: str) -> None:
        """Roll back to a savepoint; in an aborted transaction nothing else may be said before that."""
        self._setting_search_path = True
        super().savepoint_rollback(sid)

    def forget_context(self) -> None:
        """Set path and role again before the next statement: after SQL that itself changed them."""
        self.search_path_set_schemas = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path or self._connecting:
            return
        if not self.in_atomic_block and self.get_autocommit():
            if self.schema_name != PUBLIC:
                raise TransactionManagementError(
                    f"the tables of {self.schema_name} are only touched inside a transaction: use coops.inside()"
                )
            return
        if self.search_path_set_schemas is not None:
            return
        self._setting_search_path = True
        mine = cursor if cursor is not None else self.connection.cursor()
        try:
            self._set_context(mine)
        finally:
            self._setting_search_path = False
            if cursor is None:
                mine.close()

    def _set_context(self, cursor: Any) -> None:
        schemas = self._get_cursor_search_paths()
        path = ", ".join(f'"{name}"' for name in schemas)
        if self.settings_dict.get("COOP_ROLES", True):
            role = "none" if self.schema_name == PUBLIC else self.schema_name
            cursor.execute("SELECT set_config('search_path', %s, true), set_config('role', %s, true)", [path, role])
        else:
            cursor.execute("SELECT set_config('search_path', %s, true)", [path])
        self.search_path_set_schemas = schemas
