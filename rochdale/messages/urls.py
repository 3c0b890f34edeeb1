"""Letters to print, my messages, and the simulator of a demo."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "messages"
urlpatterns = [
    path("letters/", views.letters, name="letters"),
    path("letters/<uuid:message>/", views.letter, name="letter"),
    path("letters/<uuid:message>/posted/", views.posted, name="posted"),
    path("mine/", views.mine, name="mine"),
    path("sent/", views.simulator, name="simulator"),
]
