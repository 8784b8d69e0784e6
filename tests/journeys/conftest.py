"""A browser for the journeys."""

from __future__ import annotations

from tests.browsing import chromium

__all__ = ["chromium"]
