"""Fixtures of faces: servers that speak the providers' wire formats."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stubs import Stubs, serving


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats."""
    with serving() as running:
        yield running
