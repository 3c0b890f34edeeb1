"""Who is acting: the one value that every action takes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Kind = Literal["person", "resolution", "job", "operator", "nobody"]
Via = Literal["page", "api", "desk", "command", "job"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at a page, a resolution that executes, a job, the host's operator, or nobody.

    `person` is the log-in (public schema), `party` their reference in the co-op of the moment
    (never a name). `desk_officer` is the party of the officer in whose presence a member
    without a log-in acts. `scopes` is None for a whole session and the granted action codes
    for an access token. `sure_at` is when they last proved who they are; `strong` says that
    a second factor was used. `reference` names the resolution, job or command.
    """

    kind: Kind
    via: Via
    person: UUID | None = None
    party: UUID | None = None
    desk_officer: UUID | None = None
    scopes: frozenset[str] | None = None
    sure_at: datetime | None = None
    strong: bool = False
    reference: str = ""

    @property
    def principal(self) -> str:
        """Return what tells this actor from every other, for keys and the audit trail."""
        who = self.party or self.person or self.reference or "-"
        return f"{self.kind}:{who}"


NOBODY = Actor(kind="nobody", via="page")


def operator(reference: str) -> Actor:
    """Return the host's operator at the command line; `reference` is the command."""
    return Actor(kind="operator", via="command", reference=reference)


def job(reference: str) -> Actor:
    """Return a scheduled or queued job as the actor."""
    return Actor(kind="job", via="job", reference=reference)


def resolution(reference: str) -> Actor:
    """Return an executed resolution (or founding act) as the actor; only its executor makes one."""
    return Actor(kind="resolution", via="job", reference=reference)
