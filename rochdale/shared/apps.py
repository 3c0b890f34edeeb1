"""The shared part as a Django app: base templates, template tags, static files, the plug's checks."""

from django.apps import AppConfig
from django.core import checks

from rochdale.shared import logs, module


class SharedConfig(AppConfig):
    name = "rochdale.shared"
    label = "shared"

    def ready(self) -> None:
        logs.set_up()
        checks.register(module.check_plugs)
