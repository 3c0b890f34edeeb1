"""What a demo host would have sent to people who sign in."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "host_messages"
urlpatterns = [path("simulator/", views.host_simulator, name="simulator")]
