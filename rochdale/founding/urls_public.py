"""The wizard: it begins before there is a co-op."""

from django.urls import path

from . import views

app_name = "found"
urlpatterns = [
    path("found/", views.wizard, name="start"),
    path("found/<str:step>/", views.wizard, name="step"),
]
