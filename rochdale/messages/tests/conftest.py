"""The kinds of messages that the tests send."""

from rochdale.messages.testing import kinds

__all__ = ["kinds"]
