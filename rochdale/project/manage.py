"""Django's own commands: `python -m rochdale.project.manage makemigrations ledger`."""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from rochdale.shared.postgres import setup


def main() -> None:
    """Run one of Django's commands; `migrate` is Rochdale's own (`rochdale migrate`)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rochdale.project.settings")
    if "makemigrations" in sys.argv[1:2]:
        # it compares models with files only; a database need not be there
        settings.DATABASES["default"]["ENGINE"] = "django.db.backends.dummy"
    else:
        setup.hold()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
