"""Pages of music, below `/c/<slug>/music/`."""

from __future__ import annotations

from django.urls import path

from .views import catalogue, mine, studio

app_name = "music"
urlpatterns = [
    path("", catalogue.tracks, name="catalogue"),
    path("artists/", catalogue.artists, name="artists"),
    path("artists/<int:artist>/", catalogue.artist, name="artist"),
    path("tracks/<int:track>/", catalogue.track, name="track"),
    path("tracks/<int:track>/play/", catalogue.play, name="play"),
    path("tracks/<int:track>/price/", catalogue.price, name="price"),
    path("collection/", mine.collection, name="collection"),
    path("plays/", mine.history, name="history"),
    path("plays/how/", mine.explain_paid, name="explain_paid"),
    path("studio/", studio.studio, name="studio"),
    path("studio/begin/", studio.begin, name="begin"),
    path("studio/balance/", studio.explain_balance, name="explain_balance"),
    path("studio/releases/add/", studio.add_release, name="add_release"),
    path("studio/tracks/add/", studio.add_track, name="add_track"),
    path("studio/tracks/<int:track>/earned/", studio.explain_earned, name="explain_earned"),
    path("studio/tracks/<int:track>/price/", studio.price, name="set_price"),
    path("studio/tracks/<int:track>/withdraw/", studio.withdraw, name="withdraw"),
]
