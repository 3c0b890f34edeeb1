"""Pages of a co-op about its offices and a person's access tokens."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "offices"
urlpatterns = [
    path("", views.who, name="who"),
    path("resign/<uuid:term>/", views.resign, name="resign"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<uuid:token>/revoke/", views.revoke_token, name="revoke_token"),
]
