"""Files that a killed drawing left are cleared away; pictures with a row, and files just written, stay."""

from __future__ import annotations

import os
import time
from datetime import timedelta

from engine.tidying import Tidier
from engine.wiring import Engine
from tests import tiny

LEFT = "scenes/somebody/some-session/left.webp"


def _old(engine: Engine, path: str) -> None:
    long_ago = time.time() - 3_600
    os.utime(engine.settings.home / "media" / path, (long_ago, long_ago))


def test_an_old_file_without_a_row_is_cleared_away_and_a_fresh_one_stays(engine: Engine) -> None:
    tidier = Tidier(engine.checker.desk, engine.storage)
    engine.storage.put(LEFT, b"half a picture's story")
    assert tidier.tidy() == 0
    assert engine.storage.exists(LEFT)
    _old(engine, LEFT)
    assert tidier.tidy() == 1
    assert not engine.storage.exists(LEFT)


def test_pictures_with_a_row_and_the_studios_stay(engine: Engine) -> None:
    ana = engine.people.named("Ana")
    engine.play.start(ana.id, tiny.FIRST)
    assert engine.work.drain(60)
    before = sorted(engine.storage.walk())
    assert any(path.startswith("scenes/") for path in before)
    for path in before:
        _old(engine, path)
    assert Tidier(engine.checker.desk, engine.storage).tidy(timedelta(0)) == 0
    assert sorted(engine.storage.walk()) == before
