"""What changes the books. Other modules call these from inside their own actions: `ledger.post(…)`.

`rules_in_force` is filled by the bylaws module when Django starts: given a moment it returns
the version of the bylaws in force, or None while the co-op is being founded. Until it is
filled no money can move.
"""

from rochdale.ledger.rules import Leg, NewPosting

rules_in_force: "RulesInForce | None" = None

from . import refused  # noqa: E402
from .accounts import open_account  # noqa: E402  # the parts read `rules_in_force` from here
from .books import close_period, make_checkpoint  # noqa: E402
from .holds import capture, expire_holds, hold, release  # noqa: E402
from .postings import RulesInForce, post, post_many, reverse  # noqa: E402

__all__ = [
    "Leg",
    "NewPosting",
    "RulesInForce",
    "capture",
    "close_period",
    "expire_holds",
    "hold",
    "make_checkpoint",
    "open_account",
    "post",
    "post_many",
    "refused",
    "release",
    "reverse",
    "rules_in_force",
]
