"""Every table is known to be of people or of the house, so that none of a person's is ever forgotten."""

from __future__ import annotations

import re

import sqlalchemy as sa

from engine.db import belongings
from engine.schema import full_metadata

HOUSE = {
    "worlds": "written for everybody",
    "characters": "written for everybody",
    "episode_templates": "written for everybody",
    "avatar_kits": "written for everybody",
    "avatar_assets": "written for everybody",
    "anchor_candidates": "faces of a character, asked for and drawn for everybody",
    "releases": "what writers published; a cut that only one person rehearsed goes with them",
    "house_keys": "the house's own secrets",
    "slots": "processes that are alive",
}
SOMEBODYS = re.compile(
    r"user|person(?!ality)|people|player|owner|author|writer|account|mail|session|turn_id|take_id|timeline"
)


def test_every_table_is_of_people_or_of_the_house_and_a_new_one_has_to_say_which() -> None:
    personal = {table.name for table in belongings.personal(full_metadata())}
    assert personal & set(HOUSE) == set()
    assert personal | set(HOUSE) == set(full_metadata().tables)


def test_no_table_of_the_house_names_a_person_or_anything_of_theirs() -> None:
    personal = {table.name for table in belongings.personal(full_metadata())}
    for name in HOUSE:
        table = full_metadata().tables[name]
        assert [one.name for one in table.columns if SOMEBODYS.search(one.name)] == []
        assert {key.column.table.name for key in table.foreign_keys} & personal == set()


def test_a_table_is_emptied_before_those_that_its_rows_name() -> None:
    order = [table.name for table in belongings.personal(full_metadata())]
    for table in belongings.personal(full_metadata()):
        named = {key.column.table.name for key in table.foreign_keys} - {table.name}
        assert all(order.index(table.name) < order.index(one) for one in named if one in order), table.name
    assert order[-1] == "people"
    assert max(map(order.index, ("memory_terms", "memory_stats"))) < order.index("timelines")


def test_a_table_with_a_column_of_a_persons_is_found_whatever_else_it_holds() -> None:
    found = sa.MetaData()
    sa.Table("people", found, sa.Column("id", sa.String))
    sa.Table("timelines", found, sa.Column("id", sa.String), sa.Column("user_id", sa.String))
    sa.Table("letters", found, sa.Column("person_id", sa.String))
    sa.Table("words", found, sa.Column("timeline_id", sa.String))
    sa.Table("worlds", found, sa.Column("id", sa.String))
    assert {table.name for table in belongings.personal(found)} == {"people", "timelines", "letters", "words"}
