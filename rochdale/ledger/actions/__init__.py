"""What changes the books. Other modules call these from inside their own actions: `ledger.post(…)`.

`rules_in_force` is filled by the bylaws module when Django starts: given a moment it returns
the version of the bylaws in force, or None while the co-op is being founded. Until it is
filled no money can move.

`people_of_books` is filled by the members module: given the names that other books call people's
own accounts by, it makes a party for each and keeps the name in the vault.
"""

from rochdale.ledger.rules import Leg, NewPosting

rules_in_force: "RulesInForce | None" = None
people_of_books: "PeopleOfBooks | None" = None

from . import refused  # noqa: E402
from .accounts import open_account  # noqa: E402  # the parts read `rules_in_force` from here
from .books import adjust, close_period, make_checkpoint  # noqa: E402
from .holds import capture, expire_holds, hold, release  # noqa: E402
from .imports import OldAccount, OldPosting, PeopleOfBooks, import_postings, start_import  # noqa: E402
from .postings import RulesInForce, post, post_many, reverse  # noqa: E402

__all__ = [
    "Leg",
    "NewPosting",
    "OldAccount",
    "OldPosting",
    "PeopleOfBooks",
    "RulesInForce",
    "adjust",
    "capture",
    "close_period",
    "expire_holds",
    "hold",
    "import_postings",
    "make_checkpoint",
    "open_account",
    "people_of_books",
    "post",
    "post_many",
    "refused",
    "release",
    "reverse",
    "rules_in_force",
    "start_import",
]
