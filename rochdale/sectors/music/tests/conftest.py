from datetime import timedelta

import pytest

from rochdale.sectors.music import testing as music


@pytest.fixture
def rules_stand(coop):
    """Bylaws version 1 stands in the co-op of the test."""
    music.adopt(music.NOW - timedelta(days=59))
    return coop
