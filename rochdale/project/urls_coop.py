"""Addresses inside a co-op, below `/c/<slug>/`: each module's under its own prefix, and the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from rochdale.shared import module

from . import api


def _of_modules() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for plug in module.installed():
        urls = plug.part("urls")
        if urls is not None:
            found.append(path(f"{plug.url_prefix}/" if plug.url_prefix else "", include(urls)))
    return found


urlpatterns = [*_of_modules(), path("api/v1/", api.build().urls), re_path("^api/", api.nothing_here)]
handler400 = "rochdale.project.urls.not_understood"
handler404 = "rochdale.project.urls.not_found"
handler500 = "rochdale.project.urls.broken"
