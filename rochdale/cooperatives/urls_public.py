"""Public pages: the directory of co-ops."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "cooperatives"
urlpatterns = [
    path("", views.directory, name="directory"),
    path("my-coops/", views.my_coops, name="my_coops"),
]
