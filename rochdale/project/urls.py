"""Public addresses: the directory, log-in, and what modules offer outside of any co-op."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import URLPattern, URLResolver, include, path

from rochdale.shared import module

from . import metrics, views


def _of_modules() -> list[URLPattern | URLResolver]:
    return [path("", include(urls)) for plug in module.installed() if (urls := plug.part("urls_public")) is not None]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here; asks the database nothing."""
    return HttpResponse(loader.render_to_string("404.html", request=request), status=404)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be understood, or its session ended meanwhile; asks the database nothing."""
    return HttpResponse(loader.render_to_string("400.html", request=request), status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke; asks the database nothing."""
    return HttpResponse(loader.render_to_string("500.html", request=request), status=500)


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("demo/", views.demo_people, name="demo"),
    path("healthz", views.healthy, name="healthy"),
    path("readyz", views.ready, name="ready"),
    path("metrics", metrics.metrics_page, name="metrics"),
    *_of_modules(),
]
handler400 = "rochdale.project.urls.not_understood"
handler404 = "rochdale.project.urls.not_found"
handler500 = "rochdale.project.urls.broken"
