"""Public pages: the packs of law that the software ships."""

from __future__ import annotations

from django.urls import path

from . import views_public

app_name = "packs"
urlpatterns = [
    path("packs/", views_public.shelf, name="shelf"),
    path("packs/<slug:name>/", views_public.pack, name="pack"),
    path("packs/<slug:name>/changes/", views_public.changes, name="changes"),
]
