"""What can be done at the desk, split by noun; import this package, not its files."""

from __future__ import annotations

from .approvals import decide_approval
from .desk import check_cover, close_desk_day, move_cash, open_desk_day
from .wallets import open_wallet, refund_wallet, take_share_payment, top_up

__all__ = [
    "check_cover",
    "close_desk_day",
    "decide_approval",
    "move_cash",
    "open_desk_day",
    "open_wallet",
    "refund_wallet",
    "take_share_payment",
    "top_up",
]
