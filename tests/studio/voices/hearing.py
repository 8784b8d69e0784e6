"""Houses with voices and cameras on stubs, for tests of what is asked of them by hand."""

from __future__ import annotations

from engine.members.people import Person
from engine.settings import Settings
from engine.studio.voices.comparing import Comparison, Wish
from engine.wiring import Engine
from tests.conftest import quiet
from tests.stubs import Stubs
from tests.studio.avatars.easels import until

LINE = "Who took the ledger?"
MARA = "mara-voss"


def keyed(house: Settings, stubs: Stubs, **changes: object) -> Settings:
    """The house's settings with Claude, Gemini and Replicate on their stubs, and the offline actor last in line."""
    given: dict[str, object] = {"actor": "claude,gemini,offline", "claude_url": stubs.claude, "claude_key": stubs.key}
    given |= {"gemini_url": stubs.gemini, "gemini_key": stubs.key}
    given |= {"replicate_url": stubs.replicate, "replicate_key": stubs.key}
    return quiet(house.home, house.database_url.get_secret_value(), **given | changes)


def warm(engine: Engine) -> None:
    """Load what is slow to load, so that nothing waits for it."""
    for member in engine.voices.members:
        member.voice.warm()


def wish(engine: Engine, left: str, right: str, line: str = LINE) -> Wish:
    """A line in Mara's first episode, for two voices."""
    mara = engine.characters.get(MARA).id
    return Wish(mara, engine.episodes.of_character(mara)[0].id, line, (left, right))


def heard(engine: Engine, person: Person, what: Wish) -> Comparison:
    """A comparison, when both have come to their end."""
    begun = engine.comparisons.begin(person, what)
    until(lambda: not engine.comparisons.of(person.id, begun.id).running)
    return engine.comparisons.of(person.id, begun.id)
