"""The browser's fixtures, for the stories."""

from rochdale.shared.testing_browser import browser, browser_page, live_site, open_page

__all__ = ["browser", "browser_page", "live_site", "open_page"]
