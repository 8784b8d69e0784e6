"""`coldopen bench turn`: the engine's own time in a turn, beside the bare driver running the very same statements.

The statements of the engine's turns are recorded once, with their values, and replayed on the bare driver against a
copy of the same database at the same durability. What is left over is ours: composing, hashing, mapping rows.
No model and no network take part; after-work and pictures are not on the path to a reply and are not timed here.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.bench.chatter import chatter
from engine.bench.ground import Ground, ground
from engine.bench.replay import Statement, noted, replay
from engine.bench.rows import quiet, row, spread
from engine.play import context, turn
from engine.play.conversation.nouns import CONTEXT_MESSAGES
from engine.play.conversation.takes import store as takes
from engine.play.conversation.takes.store import Spoken
from engine.providers.llm import Usage
from engine.settings import Settings
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate, Resolution
from engine.story.look import VisualIdentity
from engine.story.world import World
from engine.wiring import Engine, open_engine

WARM_TURNS = 5
BUDGET = 200
"""Turns of one episode; a longer history goes on in the next one, on the same timeline."""
SLOT = "bench"


Recorded = tuple[list[Statement], list[Statement]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A warm home with a history, and where the measured turns are said in it."""

    settings: Settings
    user_id: str
    session_id: str


def measure(turns: int, runs: int, histories: list[int], server: str = "") -> Iterator[str]:
    """Rows of JSON: the noise, then for each length of history (in messages) medians in milliseconds a turn.

    All lengths and both candidates take their turns in each run. `server` is PostgreSQL's address; without one, SQLite.
    """
    with ground(server) as here:
        scenes = [_prepared(here, history) for history in histories]
        recorded = [_record(here, scene, turns) for scene in scenes]
        ours: list[list[float]] = [[] for _ in scenes]
        raw: list[list[float]] = [[] for _ in scenes]
        yield quiet("turn")
        for run, (number, scene) in itertools.product(range(runs), enumerate(scenes)):
            ours[number].append(_run_engine(here, scene, f"ours-{number}-{run}", turns))
            raw[number].append(_run_raw(here, scene, f"raw-{number}-{run}", recorded[number], turns))
        yield quiet("turn")
        for number, history in enumerate(histories):
            yield from _told(here, history, ours[number], raw[number], len(recorded[number][1]) // turns)
            if number:
                yield row("turn", f"{history} messages over {histories[0]}", ratio=_ratio(ours[number], ours[0]))


def _told(here: Ground, history: int, ours: list[float], raw: list[float], statements: int) -> Iterator[str]:
    known = {"messages_before": history, "runs": len(ours)}
    yield row("turn", f"{here.limit}, same statements", **known, ms=spread(raw, 3))
    yield row("turn", "engine, one turn", **known, ms=spread(ours, 3))
    yield row("turn", "ratio", **known, median=_ratio(ours, raw), statements_a_turn=statements)


def _ratio(mine: list[float], base: list[float]) -> float:
    return round(statistics.median(one / other for one, other in zip(mine, base, strict=True)), 2)


def prepare(settings: Settings, episodes: int = 1) -> None:
    """A home with one published story whose budget is larger than a run."""
    with open_engine(settings) as engine:
        world = engine.worlds.save(World(slug="bench", name="Bench", genre=next(iter(engine.genres.all()))))
        looks = VisualIdentity(age_range="30s")
        known: dict[str, Any] = {"world_id": world.id, "genre": world.genre, "visual_identity": looks}
        iris = engine.characters.save(Character(slug="bench", name="Iris", adult=True, **known))
        engine.avatars.save_kit(iris.id, AvatarKit(appearance_prompt="short grey hair, brown eyes, dark coat"))
        for number in range(episodes):
            engine.episodes.save(_episode(iris.id, number))
        engine.releases.publish(iris.id)


def _episode(character_id: str, number: int) -> EpisodeTemplate:
    return EpisodeTemplate(
        slug=episode_slug(number),
        title="Bench",
        character_id=character_id,
        order=number,
        situation="The last ferry has gone and the ticket office is closing.",
        episode_frame="Rain on the pier, one lamp, a closed shutter.",
        opening_line="*holds out a hand for the ticket* Who wrote that number?",
        dramatic_question="Will she say whose number it is?",
        episode_type="core" if number else "entry",
        resolutions=(Resolution(kind="positive", text="She dials it."),),
        turn_budget=BUDGET,
    )


def episode_slug(number: int) -> str:
    """The slug of the so-manieth episode of the story, from 0."""
    return f"bench-{number}" if number else "bench"


def _prepared(here: Ground, history: int) -> Scene:
    """A home in which somebody has played so many messages, and then as many as a prompt shows in one more episode."""
    settings, lines = here.new(f"told-{history}"), chatter(history)
    before = -(-history // 2)
    last = -(-before // BUDGET)
    prepare(settings, last + 1)
    with open_engine(settings) as engine:
        person = engine.people.join("Bench")
        places = [*(number // BUDGET for number in range(before)), *[last] * (CONTEXT_MESSAGES // 2)]
        sessions = [engine.play.start(person.id, episode_slug(number)).session_id for number in range(last + 1)]
        for number, place in enumerate(places):
            told = (f"before-{number}", next(lines), next(lines))
            take_id = one_turn(engine, person.id, sessions[place], *told, composed=False)
            with engine.play.desk.db.write() as tx:
                takes.after_done(tx, take_id)  # else a sweeper would do all of it meanwhile
    return Scene(settings, person.id, sessions[last])


def one_turn(
    engine: Engine, user_id: str, session_id: str, client_id: str, line: str, reply: str, *, composed: bool = True
) -> str:
    """Accept, claim, compose (or not) and record one turn, with a reply that is there at once. Its take's id."""
    desk, care = engine.play.desk, engine.play.care_folder
    accepted = turn.accept(desk, care, user_id, session_id, client_id, line)
    take_id = turn.claim(desk, accepted.turn.id, SLOT)
    kept = None
    if composed:
        scene = context.gather(desk, take_id)
        kept = context.with_used_hooks(context.keep(scene, after_pending=False), scene, reply)
    spoken = Spoken("complete", reply, finish_reason="stop", model="bench", usage=Usage(900, 40), latency_ms=0)
    turn.record(desk, take_id, SLOT, spoken, kept, own_after=True)
    return take_id


def _say(engine: Engine, scene: Scene, name: str, turns: int) -> float:
    """Milliseconds a turn."""
    lines = chatter(-turns)
    told = [(f"{name}-{number}", next(lines), next(lines)) for number in range(turns)]
    began = time.perf_counter()
    for one in told:
        one_turn(engine, scene.user_id, scene.session_id, *one)
    return (time.perf_counter() - began) * 1000 / turns


def _run_engine(here: Ground, scene: Scene, name: str, turns: int) -> float:
    """Milliseconds a turn of this engine; the first turns of a newly opened one build the statements."""
    with open_engine(here.copy(scene.settings, name)) as engine:
        _say(engine, scene, "warm", WARM_TURNS)
        return _say(engine, scene, "turn", turns)


def _record(here: Ground, scene: Scene, turns: int) -> Recorded:
    """The statements of the same turns: the warm ones, then the measured ones."""
    with (
        open_engine(here.copy(scene.settings, f"recorded-{scene.session_id}")) as engine,
        noted(engine.play.desk.db.engine) as statements,
    ):
        _say(engine, scene, "warm", WARM_TURNS)
        warm = len(statements)
        _say(engine, scene, "turn", turns)
    return statements[:warm], statements[warm:]


def _run_raw(here: Ground, scene: Scene, name: str, recorded: Recorded, turns: int) -> float:
    """Milliseconds a turn of the bare driver with the same statements."""
    raw = here.raw(here.copy(scene.settings, name))
    warm, measured = recorded
    replay(raw, warm)
    began = time.perf_counter()
    replay(raw, measured)
    took = (time.perf_counter() - began) * 1000 / turns
    raw.close()
    return took
