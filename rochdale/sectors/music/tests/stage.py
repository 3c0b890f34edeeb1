"""Set a stage for the command's tests: a data root of its own with a co-op marked demo. Run as a program."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta


def main(slug: str) -> None:
    """Make the database and the co-op, and let its bylaws stand."""
    from rochdale.shared.postgres import setup

    setup.prepare()
    from rochdale.bylaws import testing as bylaws
    from rochdale.cooperatives.models import Coop
    from rochdale.shared import coops

    now = datetime.now(UTC)
    schema = coops.schema_of(slug)
    coops.found(schema)
    with coops.public():
        Coop.objects.create(
            slug=slug,
            schema_name=schema,
            name=slug.title(),
            state="active",
            is_demo=True,
            country="IE",
            currency="EUR",
            languages=["en"],
            kit="music",
            created_at=now,
        )
    with coops.inside(schema):
        bylaws.adopt(now - timedelta(days=2))
    setup.let_go()


if __name__ == "__main__":
    main(sys.argv[1])
