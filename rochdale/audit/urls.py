"""The trail of what was done in a co-op, its seals, and its alerts."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "audit"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("alerts/", views.alerts, name="alerts"),
    path("seals/", views.seals, name="seals"),
    path("seals/<int:number>/", views.seal, name="seal"),
    path("seals.json", views.seals_json, name="seals_json"),
    path("seals/witness.json", views.witness_file, name="witness_file"),
]
