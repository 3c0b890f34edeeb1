"""The style guide, on hosts that show a demo."""

from django.urls import path

from .views import guide

app_name = "guide"
urlpatterns = [path("styleguide/", guide.styleguide, name="styleguide")]
