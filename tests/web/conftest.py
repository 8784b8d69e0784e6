"""A running site for each test of the shell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.wiring import Engine
from tests.web.visiting import Site, running


@pytest.fixture
def site(engine: Engine) -> Iterator[Site]:
    """A real server on an open engine, on either database."""
    with running(engine) as one:
        yield one
