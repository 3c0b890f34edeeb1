"""The co-op's front page, a member's home, and the open books."""

from django.urls import path

from .views import books, home

app_name = "openbooks"
urlpatterns = [
    path("", home.coop_home, name="home"),
    path("card/", home.card, name="card"),
    path("me/", home.member_home, name="member_home"),
    path("books/", books.latest, name="books"),
    path("books/how/", books.how, name="how"),
    path("books/count/<slug:what>/", books.count, name="count"),
    path("books/<int:year>/", books.year_page, name="year"),
    path("books/<int:year>/flow/", books.band, name="band"),
    path("books/<int:year>/sum/<slug:what>/", books.total, name="sum"),
    path("books/<int:year>/why/<str:code>/", books.why, name="explain"),
    path("books/<int:year>/account/<str:code>/", books.account, name="account"),
    path("books/<int:year>/<slug:which>.csv", books.export, name="csv"),
    path("books/<int:year>/account/<str:code>.csv", books.account_csv, name="account_csv"),
]
