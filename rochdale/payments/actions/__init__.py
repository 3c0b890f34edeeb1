"""What can be done about money in and out, split by noun; import this package, not its files."""

from __future__ import annotations

from .adjustments import decide_adjustment, propose_adjustment
from .approvals import decide_approval
from .cover import check_cover
from .desk import close_desk_day, confirm_count, move_cash, open_desk_day
from .matches import book_line, match, place_suspense, undo_match
from .months import decide_month, propose_month
from .statements import import_statement
from .wallets import open_wallet, refund_wallet, take_share_payment, top_up

__all__ = [
    "book_line",
    "check_cover",
    "close_desk_day",
    "confirm_count",
    "decide_adjustment",
    "decide_approval",
    "decide_month",
    "import_statement",
    "match",
    "move_cash",
    "open_desk_day",
    "open_wallet",
    "place_suspense",
    "propose_adjustment",
    "propose_month",
    "refund_wallet",
    "take_share_payment",
    "top_up",
    "undo_match",
]
