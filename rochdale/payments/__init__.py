"""Money in and out: the desk, wallets, approvals by a second person, and the daily check of cover."""
