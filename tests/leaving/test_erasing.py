"""Whoever is erased has left nothing, and nobody else has lost anything."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.events import events
from engine.kernel.events import Event
from engine.leaving import store
from engine.leaving.room import Erased
from engine.members.tables import people
from engine.story.tables import releases
from engine.wiring import Engine
from tests import tiny
from tests.leaving.lives import PATIENCE, SECRET, left_of, whole_life
from tests.play.troupe import broken


def _ben(engine: Engine) -> tuple[str, str]:
    """Ben and his session, with a line in it."""
    ben = engine.people.join("Ben")
    session_id = engine.play.start(ben.id, tiny.FIRST).session_id
    engine.play.say(ben.id, session_id, "one", "I'm Ben and my sister lives in Graz.")
    assert engine.work.drain(PATIENCE)
    return ben.id, session_id


def test_no_row_and_no_file_of_an_erased_person_is_left_and_everybody_else_is_as_before(engine: Engine) -> None:
    ben_id, bens = _ben(engine)
    ana = whole_life(engine)
    assert engine.work.drain(PATIENCE)
    before = engine.play.state_digest(bens)
    assert len(left_of(engine, ana.id, SECRET)) > 20
    gone = engine.leaving.erase(ana.id)
    assert gone.rows > 50
    assert gone.files > 0
    assert left_of(engine, ana.id, SECRET) == []
    assert engine.play.state_digest(bens) == before
    assert left_of(engine, ben_id) != []
    assert broken(engine) == {}


def test_figures_know_of_an_erased_person_no_more_and_only_that_somebody_was_erased(engine: Engine) -> None:
    ben_id, _ = _ben(engine)
    ana = whole_life(engine)
    engine.leaving.erase(ana.id)
    assert engine.analytics.export().sessions == 1
    with engine.play.desk.db.read() as tx:
        noted = tx.execute(sa.select(events).where(events.c.name == "person_erased")).mappings().all()
        owners = set(tx.scalars(sa.select(events.c.user_id).where(events.c.user_id.is_not(None))))
    assert owners == {ben_id}
    assert len(noted) == 1
    assert [value for name, value in noted[0].items() if name not in ("id", "name", "occurred_at")] == [None] * 8 + [{}]


def test_releases_stay_and_a_cut_goes_with_the_last_who_rehearsed_it(engine: Engine) -> None:
    ana = whole_life(engine)
    ben = engine.people.join("Ben")
    with engine.play.desk.db.read() as tx:
        before = set(tx.scalars(sa.select(releases.c.id)))
    episode = engine.play.session(ana.id, ana.session_id).episode
    engine.play.rehearse(ben.id, ana.cut_id, episode.id)
    engine.leaving.erase(ana.id)
    with engine.play.desk.db.read() as tx:
        assert set(tx.scalars(sa.select(releases.c.id))) == before, "Ben still rehearses it"
    engine.leaving.erase(ben.id)
    with engine.play.desk.db.read() as tx:
        assert set(tx.scalars(sa.select(releases.c.id))) == before - {ana.cut_id}
    assert engine.play.start(engine.people.join("Cleo").id, tiny.FIRST).is_new
    assert engine.work.drain(PATIENCE)
    assert broken(engine) == {}


def test_an_erasure_that_broke_off_behind_its_commit_is_finished_by_doing_it_again(engine: Engine) -> None:
    ana = whole_life(engine)
    with engine.play.desk.db.write() as tx:
        store.hold(tx, ana.id)
        store.erase(tx, ana.id)
    assert left_of(engine, ana.id) != [], "its files are still there"
    again = engine.leaving.erase(ana.id)
    assert again.rows == 0
    assert again.files > 0
    assert left_of(engine, ana.id, SECRET) == []
    assert engine.leaving.erase(ana.id) == Erased(0, 0)
    assert engine.leaving.erase("../../etc") == Erased(0, 0)


def test_figures_from_before_an_erasure_elsewhere_are_forgotten_and_later_ones_stay(engine: Engine) -> None:
    _ben(engine)
    engine.leaving.catch_up()
    ana = whole_life(engine)
    with engine.play.desk.db.write() as tx:
        store.erase(tx, ana.id)
        engine.play.desk.note(tx, Event("person_erased"))
    engine.leaving.catch_up()
    folder = engine.settings.home / "analytics"
    assert [one.name for one in folder.iterdir()] == []
    engine.analytics.export()
    kept = sorted(one.name for one in folder.iterdir())
    engine.leaving.catch_up()
    assert sorted(one.name for one in folder.iterdir()) == kept


def test_a_check_finds_what_is_left_of_somebody_who_is_not_there(engine: Engine) -> None:
    ben_id, _ = _ben(engine)
    assert broken(engine) == {}
    with engine.play.desk.db.write() as tx:
        tx.execute(people.delete().where(people.c.id == ben_id))
    assert broken(engine)["M6b"] == (ben_id,)
    engine.leaving.erase(ben_id)
    assert broken(engine) == {}
