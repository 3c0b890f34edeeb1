"""Which tables lie in which schema: a module's plug says it, libraries lie in public."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from rochdale.shared import coops, module


class SchemaRouter:
    """Answers Django's migrations; `schemas` of the plug decides."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether the app's tables belong into the schema of the moment."""
        config = apps.get_app_config(app_label) if app_label != "django_cache" else None
        places = config.schemas if isinstance(config, module.Module) else {"public"}
        return ("public" if coops.current() == coops.PUBLIC else "co-op") in places
