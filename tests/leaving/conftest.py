"""A browser for the page on which one leaves."""

from __future__ import annotations

from tests.browsing import chromium

__all__ = ["chromium"]
