"""The browser's fixtures."""

from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures are found by name
