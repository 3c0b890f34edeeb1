"""What this host keeps as a witness of other hosts' co-ops."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "witness"
urlpatterns = [
    path("witness/", views.witnessed_list, name="held"),
    path("witness/heads/", views.receive, name="receive"),
    path("witness/breaks/", views.receive_break, name="receive_break"),
    path("witness/<slug:host_key>/<slug:coop>.json", views.witnessed_file, name="file"),
]
