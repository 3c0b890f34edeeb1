"""The pages of a co-op in formation."""

from django.urls import path

from . import views

app_name = "founding"
urlpatterns = [
    path("", views.progress, name="progress"),
    path("confirm/<uuid:founder>/<str:token>/", views.confirm, name="confirm"),
    path("amend/", views.amend, name="amend"),
]
