"""The worker's process: takes jobs from the queue until SIGTERM (`python -m rochdale.project.worker`)."""

from __future__ import annotations

import asyncio
import os

import django

from rochdale.shared.postgres import setup

from . import parents


def main() -> None:
    """Run jobs until SIGTERM; running ones get some seconds to end."""
    parents.end_with_parent()
    setup.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rochdale.project.settings")
    django.setup()
    asyncio.run(_work())


async def _work() -> None:
    from procrastinate.contrib.django import app

    from rochdale.shared import jobs

    async with jobs.worker_app(app).open_async() as own:
        await own.run_worker_async(**jobs.worker_options())


if __name__ == "__main__":
    main()
