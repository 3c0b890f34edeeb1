from datetime import timedelta

import pytest

from rochdale.cooperatives.models import Coop
from rochdale.sectors.music import testing as music
from rochdale.shared import coops

FOUNDED = music.NOW - timedelta(days=59)


@pytest.fixture
def rules_stand(coop):
    """Bylaws version 1 stands in the co-op of the test."""
    music.adopt(FOUNDED)
    return coop


@pytest.fixture
def demo_coop(public_db):
    """A co-op marked demo, whose bylaws stand; the test runs inside."""
    schema = coops.schema_of("nine-plays")
    coops.found(schema)
    with coops.public():
        found = Coop.objects.create(
            slug="nine-plays",
            schema_name=schema,
            name="Nine Plays",
            state="active",
            is_demo=True,
            country="IE",
            currency="EUR",
            languages=["en"],
            kit="music",
            created_at=FOUNDED,
        )
    coops.enter(schema)
    music.adopt(FOUNDED)
    yield found
    coops.enter(coops.PUBLIC)
