"""Tables of the public schema: co-ops and people."""

from .coop import Coop
from .person import Affiliation, Person

__all__ = ["DELETABLE", "UPDATABLE", "Affiliation", "Coop", "Person"]

UPDATABLE = {
    "Coop": ("name", "purpose", "state", "listed", "languages", "time_zone"),
    "Person": "*",
}
DELETABLE = ("Person", "Affiliation")
