"""Accounts, postings, transfers, holds, statements, checkpoints. Knows no member and no sector."""
