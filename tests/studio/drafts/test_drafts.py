"""Drafts: no typed word is lost, and nobody sees another's."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import BadInput
from engine.settings import Settings
from engine.studio.drafts.tables import drafts as table
from engine.wiring import Engine, open_engine
from tests.steady import Clock

FIELDS: dict[str, Any] = {
    "name": "Ilse ",
    "likes": ["rain", "a\tb"],
    "adult": True,
    "order": 3,
    "tension": 0.25,
    "x": None,
}


def test_what_was_typed_survives_a_restart_to_the_letter(house: Settings) -> None:
    with open_engine(house) as engine:
        ref = engine.drafts.new_ref()
        engine.drafts.keep("ana", "character", ref, FIELDS, "")
    with open_engine(house) as engine:
        draft = engine.drafts.get("ana", "character", ref)
        assert draft is not None
        assert (dict(draft.fields), list(draft.fields)) == (FIELDS, list(FIELDS))
        assert (draft.person_id, draft.kind, draft.ref, draft.base) == ("ana", "character", ref, "")


def test_keeping_again_takes_the_place_of_what_was(engine: Engine) -> None:
    engine.drafts.keep("ana", "world", "w", {"name": "One"}, "a")
    engine.drafts.keep("ana", "world", "w", {"name": "Two"}, "b")
    (draft,) = engine.drafts.all("ana")
    assert (draft.fields, draft.base) == ({"name": "Two"}, "b")


def test_drafts_are_listed_last_written_first_and_the_same_words_are_no_writing(house: Settings) -> None:
    clock = Clock()
    with open_engine(house, clock=clock) as engine:
        for kind, ref in (("world", "a"), ("character", "b"), ("character", "c")):
            clock.move(seconds=1)
            engine.drafts.keep("ana", kind, ref, {"n": ref}, "")  # pyright: ignore[reportArgumentType]
        clock.move(seconds=1)
        engine.drafts.keep("ana", "world", "a", {"n": "a"}, "")
        assert [one.ref for one in engine.drafts.all("ana")] == ["c", "b", "a"]
        assert [one.ref for one in engine.drafts.all("ana", "character")] == ["c", "b"]
        engine.drafts.keep("ana", "world", "a", {"n": "a!"}, "")
        assert [one.ref for one in engine.drafts.all("ana")] == ["a", "c", "b"]


def test_one_persons_draft_is_nobody_elses(engine: Engine) -> None:
    engine.drafts.keep("ana", "episode", "e", {"title": "Hers"}, "")
    assert engine.drafts.get("ben", "episode", "e") is None
    engine.drafts.keep("ben", "episode", "e", {"title": "His"}, "")
    engine.drafts.drop("ben", "episode", "e")
    engine.drafts.drop("ben", "episode", "e")
    assert engine.drafts.all("ben") == []
    hers = engine.drafts.get("ana", "episode", "e")
    assert hers is not None
    assert hers.fields == {"title": "Hers"}


def test_hostile_text_is_kept_without_what_hides_or_breaks_on_either_database(engine: Engine) -> None:
    typed = {"a\x00b": "  <b>x</b>\r\n\x00\ud800\u202e![i](//x) \n", "blank": " \t", "emoji": "👩🏽‍🚀 東京"}
    engine.drafts.keep("ana", "kit", "k", typed, "")
    draft = engine.drafts.get("ana", "kit", "k")
    assert draft is not None
    assert draft.fields == {"ab": "  <b>x</b>\n![i](//x) \n", "blank": " \t", "emoji": "👩🏽‍🚀 東京"}


def _deep(levels: int) -> Any:  # noqa: ANN401  (a list in a list in a list)
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "fields",
    [{"x": "y" * 200_001}, {"x": float("nan")}, {"x": 10**400}, {"x": _deep(50)}, {"x": object()}],
    ids=["large", "no number", "huge number", "deep", "no json"],
)
def test_what_is_no_draft_is_refused_and_the_kept_one_stays(engine: Engine, fields: dict[str, Any]) -> None:
    engine.drafts.keep("ana", "world", "w", {"name": "Kept"}, "")
    with pytest.raises(BadInput):
        engine.drafts.keep("ana", "world", "w", fields, "")
    with engine.drafts.desk.db.read() as tx:
        assert tx.scalar(sa.select(table.c.fields)) == '{"name":"Kept"}'


@pytest.mark.parametrize(
    ("person", "kind", "ref", "base"),
    [("ana", "poem", "x", ""), ("", "world", "x", ""), ("ana", "world", "", ""), ("ana", "world", "x" * 81, ""),
     ("ana", "world", "x\x00", ""), ("ana", "world", "x", "f" * 81)],
)  # fmt: skip
def test_odd_ids_are_refused(engine: Engine, person: str, kind: Any, ref: str, base: str) -> None:  # noqa: ANN401
    with pytest.raises(BadInput):
        engine.drafts.keep(person, kind, ref, {}, base)
