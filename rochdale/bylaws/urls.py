"""The bylaws of a co-op: the document, its history, one rule, the law beside it."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "bylaws"
urlpatterns = [
    path("", views.document, name="document"),
    path("history/", views.history, name="history"),
    path("versions/<int:number>/", views.version, name="version"),
    path("versions/<int:first>/to/<int:second>/", views.difference, name="difference"),
    path("rules/<str:key>/", views.rule, name="rule"),
    path("law/<slug:name>/", views.pack, name="pack"),
    path("law/<slug:name>/changes/", views.law_changes, name="law_changes"),
]
