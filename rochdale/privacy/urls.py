"""Pages of privacy, below `/c/<slug>/privacy/`."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "privacy"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("closed/", views.closed, name="closed"),
    path("closed/ask/<uuid:party>/", views.ask, name="ask"),
    path("closed/<int:request_number>/", views.request_page, name="request"),
]
