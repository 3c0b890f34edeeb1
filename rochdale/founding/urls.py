"""The pages of a co-op in formation."""

from django.urls import path

from . import views

app_name = "founding"
urlpatterns = [
    path("founding/", views.progress, name="progress"),
    path("founding/confirm/<uuid:founder>/<str:token>/", views.confirm, name="confirm"),
    path("founding/amend/", views.amend, name="amend"),
]
