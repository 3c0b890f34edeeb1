"""Pages of archives, below `/c/<slug>/archives/`."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "archives"
urlpatterns = [
    path("", views.exports, name="exports"),
    path("ask/", views.ask, name="ask"),
    path("<int:export>/agree/", views.agree, name="agree"),
    path("<int:export>/fetch/", views.fetch, name="fetch"),
    path("<int:export>/file/<str:token>/", views.file, name="file"),
    path("returning/", views.returning, name="returning"),
    path("come-back/", views.come_back, name="come_back"),
]
