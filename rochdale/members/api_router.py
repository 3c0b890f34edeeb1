"""The one router of members' API, which its files share."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["members"])
