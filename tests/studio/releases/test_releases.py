"""Cutting, publishing, rolling back, withdrawing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Ended, NotFound, NotReady, UnknownGenre
from engine.story.look import VisualIdentity
from engine.story.tables import releases
from engine.wiring import Engine
from tests import tiny


def test_publishing_numbers_and_freezes_a_release(engine: Engine) -> None:
    live = engine.runtime.episodes.find(tiny.FIRST).release
    assert live.number == 1
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, backstory="She burned it herself."))
    assert "burned" not in engine.runtime.episodes.find(tiny.FIRST).release.payload.persona.system_prompt
    second = engine.releases.publish(mara.id)
    assert second.number == 2
    assert "burned" in second.payload.persona.system_prompt
    assert engine.releases.get(live.id).payload == live.payload


def test_publishing_an_unchanged_draft_adds_no_number(engine: Engine) -> None:
    first = engine.runtime.episodes.find(tiny.FIRST).release
    assert engine.releases.publish("mara-voss").id == first.id
    assert [row["number"] for row in engine.releases.of_character(first.character_id)] == [1]


def test_the_same_draft_is_cut_once(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, backstory="Another one."))
    cut = engine.releases.cut(mara.id)
    assert cut.number is None
    assert engine.releases.cut(mara.id).id == cut.id


def test_a_cut_can_be_played_and_touches_no_engagement(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, backstory="Another one."))
    cut = engine.releases.cut(mara.id)
    person = engine.people.join("Writer", team=True)
    started = engine.play.rehearse(person.id, cut.id, cut.payload.episodes[0].id)
    view = engine.play.session(person.id, started.session_id)
    assert view.release.id == cut.id
    assert view.session.engagement_id is None
    again = engine.play.rehearse(person.id, cut.id, cut.payload.episodes[0].id)
    assert engine.play.session(person.id, again.session_id).session.timeline_id != view.session.timeline_id


def test_a_running_session_keeps_its_release_and_the_next_start_gets_the_new_one(engine: Engine) -> None:
    person = engine.people.join("Ana")
    started = engine.play.start(person.id, tiny.FIRST)
    before = engine.play.session(person.id, started.session_id).release.id
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, current_stressor="The auditor is early."))
    newer = engine.releases.publish(mara.id)
    assert engine.play.session(person.id, started.session_id).release.id == before
    other = engine.people.join("Ben")
    assert engine.play.session(other.id, engine.play.start(other.id, tiny.FIRST).session_id).release.id == newer.id


def test_the_anchor_is_pinned_by_the_hash_of_its_bytes(engine: Engine) -> None:
    payload = engine.runtime.episodes.find(tiny.FIRST).release.payload
    assert payload.anchor is not None
    shown = [one for one in engine.avatars.of_character("mara-voss") if one.is_primary]
    assert payload.anchor.sha256 == shown[0].sha256


def test_what_is_missing_is_told_field_by_field_and_nothing_is_published(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, adult=False, visual_identity=VisualIdentity()))
    engine.episodes.save(tiny.episode("empty", 3, character_id=mara.id, situation="", resolutions=()))
    with pytest.raises(NotReady) as told:
        engine.releases.publish(mara.id)
    fields = {field for field, _ in told.value.missing}
    assert fields == {
        "character.adult",
        "character.visual_identity.age_range",
        "episodes.empty.situation",
        "episodes.empty.resolutions",
    }
    assert len(engine.releases.of_character(mara.id)) == 1
    assert {field for field, _ in engine.releases.missing(mara.id)} == fields


def test_a_text_that_states_a_minor_cannot_be_saved(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    with pytest.raises(Exception, match="adults"):
        engine.characters.save(replace(mara, backstory="She is sixteen years old and runs the archive."))
    assert engine.characters.get("mara-voss") == mara


def test_an_unknown_genre_is_refused_by_name_with_the_known_ones(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    with pytest.raises(UnknownGenre, match=r"space_opera.*psychological_thriller, romantic_tension"):
        engine.characters.save(replace(mara, genre="space_opera"))


def test_rolling_back_offers_the_older_number(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, backstory="Newer."))
    engine.releases.publish(mara.id)
    engine.releases.roll_back(mara.id, 1)
    assert engine.runtime.episodes.find(tiny.FIRST).release.number == 1
    with pytest.raises(NotFound, match="number 9"):
        engine.releases.roll_back(mara.id, 9)


def test_unpublishing_leaves_running_sessions_alone(engine: Engine) -> None:
    person = engine.people.join("Ana")
    started = engine.play.start(person.id, tiny.FIRST)
    engine.releases.unpublish(engine.characters.get("mara-voss").id)
    with pytest.raises(NotFound):
        engine.play.start(engine.people.join("Ben").id, tiny.FIRST)
    accepted = engine.play.say(person.id, started.session_id, "one", "Are you still there?")
    assert list(engine.play.follow(person.id, accepted.turn.id))[-1].state == "complete"


def test_withdrawing_ends_running_sessions_with_a_sentence_and_cannot_be_rolled_back_to(engine: Engine) -> None:
    person = engine.people.join("Ana")
    started = engine.play.start(person.id, tiny.FIRST)
    release = engine.runtime.episodes.find(tiny.FIRST).release
    assert engine.releases.withdraw(release.id) == 1
    assert engine.releases.withdraw(release.id) == 0
    view = engine.play.session(person.id, started.session_id)
    assert view.ending is not None
    assert view.ending.kind == "withdrawn"
    with pytest.raises(Ended):
        engine.play.say(person.id, started.session_id, "one", "Hello?")
    with pytest.raises(Conflict, match="withdrawn"):
        engine.releases.roll_back(release.character_id, 1)
    assert engine.work.drain(20)
    assert [finding for finding in engine.check() if finding.ids] == []


def test_a_stored_payload_is_what_was_published_to_the_letter(engine: Engine) -> None:
    release = engine.runtime.episodes.find(tiny.FIRST).release
    with engine.releases.desk.db.read() as tx:
        stored = tx.scalar(sa.select(releases.c.sha256).where(releases.c.id == release.id))
    assert stored == release.sha256
