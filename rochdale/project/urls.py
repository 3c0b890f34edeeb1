"""Public addresses: the directory, log-in, and what modules offer outside of any co-op."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.urls"))]
