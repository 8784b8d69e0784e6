"""Sets of memory cases, played through the engine: the half the rules were made with, and the half that was sealed.

The rules ask no database: PostgreSQL plays them in the full tier.
"""

from __future__ import annotations

import pytest

from tests.play.conftest import LONG, Stage
from tests.play.memory.cases import SETS, cases, faults

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.full))


@pytest.mark.parametrize("module_house", DATABASES, indirect=True, scope="module")
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("half", ["open", "sealed"])
def test_a_half_of_a_set_holds(stage: Stage, half: str, name: str) -> None:
    broken = {case.id: found for case in cases(half, name) if (found := faults(stage, case, LONG))}
    assert broken == {}
