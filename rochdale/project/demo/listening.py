"""The music of the story: who publishes what, and each day's plays."""

from __future__ import annotations

from datetime import datetime, timedelta

from rochdale.sectors.music import actions as music
from rochdale.sectors.music import demo as made
from rochdale.shared.refusals import Refusal

from .stage import Stage

PLAYS_A_DAY = 0.9


class Listening:
    """The catalogue as it grows, and everybody's habits: a few favourites, come back to again and again."""

    def __init__(self, seed: int) -> None:
        self.waiting = made.artists(seed, 40)
        self.tracks: list[int] = []
        self.loved: dict[str, list[int]] = {}
        self.published: set[str] = set()

    def publish(self, stage: Stage) -> None:
        """Let every artist member who has not yet published do so."""
        for name, role in list(stage.roles.items()):
            if role.class_code != "artist" or name in self.published or name == "Eve Stone" or stage.known(name) is None:
                continue
            with stage.scene(stage.now + timedelta(minutes=2)):
                self._publish(stage, name)
            self.published.add(name)

    def _publish(self, stage: Stage, name: str) -> None:
        artist, party = self.waiting.pop(0), stage.party(name)
        music.register_artist(**stage.who(name), party=party, name=artist.name)
        for release in artist.releases:
            number = music.add_release(
                **stage.who(name), party=party, title=release.title, kind=release.kind, released_on=stage.now.date()
            )
            for track in release.tracks:
                self.tracks.append(
                    music.add_track(**stage.who(name), party=party, title=track.title, length_ms=track.length_ms, release=number)
                )

    def day(self, stage: Stage, day: datetime) -> int:
        """Play one day's music; returns how many plays were recorded. An empty wallet hears previews."""
        self.publish(stage)
        heard = 0
        listeners = [name for name in stage.roles if name in stage.parties and name != "Eve Stone"]
        moments = sorted(
            (day.replace(hour=0, minute=0) + timedelta(seconds=stage.rng.randrange(39_600, 82_800)), name)
            for name in listeners
            for _play in range(min(12, int(stage.rng.expovariate(1 / PLAYS_A_DAY))))
        )
        for moment, name in moments:
            heard += self._listen(stage, name, moment)
        return heard

    def _listen(self, stage: Stage, name: str, moment: datetime) -> int:
        if moment >= stage.ends_at:
            return 0
        loved = self.loved.setdefault(name, stage.rng.sample(self.tracks, min(len(self.tracks), 6)))
        track = stage.rng.choice(loved) if stage.rng.random() < 0.7 else stage.rng.choice(self.tracks)
        skipped = stage.rng.random() < 0.1
        try:
            with stage.scene(moment):
                music.record_play(
                    **stage.who(name),
                    listener=stage.party(name),
                    track=track,
                    event=f"demo-{stage.turns}",
                    ms_played=stage.rng.randrange(3, 44) * 1000 if skipped else stage.rng.randrange(120, 300) * 1000,
                )
        except Refusal:
            return 0
        return 1
