"""The starter stories, held to the gates that any published episode has to pass: the block and warn rules as code."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from engine.kernel.placeholders import slots_in
from engine.settings import content_folder
from engine.story.episode import EpisodeTemplate
from engine.studio.files import CharacterBundle, WorldBundle, read_bundle
from engine.studio.genres import load_doctrines
from engine.studio.prompt import build_system_prompt

GENRES = load_doctrines(content_folder() / "genres")
WORLDS = tuple(read_bundle(home) for home in sorted((content_folder() / "starter").iterdir()) if home.is_dir())
CAST = [pytest.param(each, world, id=each.character.slug) for world in WORLDS for each in world.characters]
EPISODES = [
    pytest.param(episode, each, id=episode.slug)
    for world in WORLDS
    for each in world.characters
    for episode in each.episodes
]

GREETING = re.compile(r"(?i)^\W*(?:hi|hey|hello|good (?:evening|morning|night)|nice to meet|my name is|i'm [A-Z])\b")
WEAK = re.compile(r"(?i)\b(?:weird|funny|nice|interesting|great)\b")
MINOR = re.compile(
    r"(?i)\b(?:girls?|boys?|child(?:ren|hood|ish)?|kids?|teen(?:s|ager|aged)?|school\w*|students?|pupils?|classroom|"
    r"underage|minors?|youth|young\w*|toddler|baby|(?:1[0-7]|[1-9]) years? old|(?:thir|four|fif|six|seven)teen)\b"
)
ASSISTANT = re.compile(
    r"(?i)as an ai|i understand that|feel free|how can i help|tell me more|i'm here for you|i feel\b"
)
MOTION = re.compile(r"(?i)\b(?:walks?|grabs?|pulls?|runs?|steps|enters?|turns|comes|goes|leaves)\b")
PAST = re.compile(r"(?i)\b(?:was|were|had|did|went|came|\w{3,}ed)\b")
PLACE = re.compile(
    r"(?i)\b(?:bindery|attic|cabin|cafe|catwalk|kitchen|basement|corridor|lobby|curtain|floors|steel shelves)\b"
)
HOUR = re.compile(r"(?i)\b(?:midnight|morning|night|eleven|twenty|quarter|half past|ten|two|five|three)\b")
SENSE = re.compile(
    r"(?i)\b(?:rain|glue|iron|lamp|stove|breathing|black|chalk|brass|candle|kettle|dark|steamed|burnt|horn|wind|lamps|"
    r"bulb|refrigerator|humming|light|lights|dust|steaming|cold|hissing|page|creaking|oil)\b"
)
CONSTRAINT = re.compile(
    r"(?i)\b(?:midnight|minutes?|until|before|once|four|third time|three|locked|chain|six|the light|be quick)\b"
)
SENTENCE = re.compile(r"[^.!?]+[.!?]+")


def speech(line: str) -> str:
    """What is said in a line, without its *actions*."""
    return " ".join(re.sub(r"\*[^*]*\*", " ", line).split())


def every_text(each: CharacterBundle) -> str:
    """All that was authored for a character, in one text."""
    return f"{each.character} {each.kit} {each.episodes}"


def test_each_genre_has_a_world_with_two_people_and_three_episodes_each() -> None:
    assert Counter(world.world.genre for world in WORLDS) == dict.fromkeys(GENRES, 1)
    assert [[len(each.episodes) for each in world.characters] for world in WORLDS] == [[3, 3], [3, 3]]


def test_no_slug_is_used_twice_anywhere() -> None:
    slugs = Counter(
        [episode.slug for world in WORLDS for each in world.characters for episode in each.episodes]
        + [each.character.slug for world in WORLDS for each in world.characters]
        + [world.world.slug for world in WORLDS]
    )
    assert slugs.most_common(1)[0][1] == 1


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.world.slug)
def test_a_world_has_a_tone_and_places_to_be(world: WorldBundle) -> None:
    assert world.world.tone
    assert len(world.world.description.split()) >= 60
    assert len(world.world.scenes) >= 3
    assert not MINOR.search(str(world.world))


@pytest.mark.parametrize(("each", "world"), CAST)
def test_a_character_is_an_adult_and_whole(each: CharacterBundle, world: WorldBundle) -> None:
    person = each.character
    assert person.adult
    assert person.genre == world.world.genre
    assert person.visual_identity.age_range
    assert person.visual_identity.key_features
    assert person.archetype
    assert person.backstory
    assert person.current_stressor
    assert (
        min(len(person.personality), len(person.tone_style), len(person.speech_patterns), len(person.boundaries)) >= 3
    )
    assert min(len(person.likes), len(person.dislikes)) >= 3
    assert not MINOR.search(every_text(each))
    assert not WEAK.search(every_text(each))


@pytest.mark.parametrize(("each", "world"), CAST)
def test_a_handle_names_the_role_and_nothing_one_could_see(each: CharacterBundle, world: WorldBundle) -> None:
    handle = each.character.visual_identity.subject_handle
    assert each.kit is not None
    assert 1 <= len(handle.split()) <= 6
    assert not set(handle.lower().split()) & {"woman", "man", "person", "she", "he", "lady", "gentleman"}
    assert handle.lower() not in each.kit.appearance_prompt.lower()
    assert not set(handle.lower().split()) & set(each.character.name.lower().split())
    assert world.world.slug


@pytest.mark.parametrize(("each", "world"), CAST)
def test_a_kit_says_hair_eyes_skin_and_clothes_and_no_name(each: CharacterBundle, world: WorldBundle) -> None:
    assert each.kit is not None
    looks = each.kit.appearance_prompt
    assert re.search(r"\b(?:short|long)\b.*\b(?:brown|black|grey|white)\b.*\bhair\b", looks)
    assert re.search(r"\b(?:grey|brown|green|blue) eyes\b", looks)
    assert re.search(r"\b(?:fair|brown|pale|light) skin\b", looks)
    assert re.search(r"\b(?:shirt|jacket)\b", looks)
    assert each.kit.style_prompt
    pictured = f"{each.kit} {world.world.scenes} {[episode.scene for episode in each.episodes]}"
    for name in each.character.name.split():
        assert name not in pictured


@pytest.mark.parametrize(("each", "world"), CAST)
def test_a_built_prompt_takes_the_slots_and_no_writers_slot(each: CharacterBundle, world: WorldBundle) -> None:
    person = each.character
    assert not person.system_prompt
    prompt = build_system_prompt(
        person.name, person.archetype, person.personality, person.boundaries, person.tone_style, person.speech_patterns,
        person.backstory, person.current_stressor, person.likes, person.dislikes, person.genre, doctrines=GENRES,
    )  # fmt: skip
    assert slots_in(prompt) == ("memories", "hooks", "relationship_stage")
    assert "{" not in every_text(each).replace("{'", "").replace("{}", "")
    assert GENRES[world.world.genre].product in prompt
    assert GENRES[world.world.genre].title.lower() not in prompt.lower()


@pytest.mark.parametrize(("each", "world"), CAST)
def test_the_first_episode_is_the_entry_and_the_rest_go_on(each: CharacterBundle, world: WorldBundle) -> None:
    assert [episode.order for episode in each.episodes] == [1, 2, 3]
    assert [episode.episode_type for episode in each.episodes] == ["entry", "core", "core"]
    later = [" ".join(episode.arc_hints) for episode in each.episodes[1:]]
    assert all("if you know it from before" in hints for hints in later), world.world.slug
    assert any(hint.startswith("keep:") for hint in each.episodes[0].arc_hints)


@pytest.mark.parametrize(("episode", "each"), EPISODES)
def test_a_frame_is_short_present_and_full_of_the_place(episode: EpisodeTemplate, each: CharacterBundle) -> None:
    frame = episode.episode_frame
    assert 1 <= len(SENTENCE.findall(frame)) <= 2
    assert len(frame.split()) <= 25
    assert not re.search(r"[\"“”‘*]|you find yourself|\byou\b", frame)
    assert not MOTION.search(frame)
    assert set(PAST.findall(frame)) <= {"shuttered", "steamed", "unopened", "caged", "unlocked", "locked", "wired"}
    for wanted in (PLACE, HOUR, SENSE):
        assert wanted.search(frame), (wanted.pattern, frame)
    assert each.character.name.split()[0] not in frame


@pytest.mark.parametrize(("episode", "each"), EPISODES)
def test_an_opening_is_a_cold_open_that_asks_for_an_answer(episode: EpisodeTemplate, each: CharacterBundle) -> None:
    line = episode.opening_line
    said = speech(line)
    assert line.startswith("*")
    assert line.count("*") % 2 == 0
    assert "(" not in line
    assert not GREETING.search(line)
    assert not GREETING.search(said)
    assert not re.search(r"(?i)\byou (?:say|feel|decide)\b|“|”", line)
    assert not ASSISTANT.search(line)
    assert not WEAK.search(line)
    assert len(SENTENCE.findall(said)) <= 4
    assert said.endswith("?") or re.search(r"(?i)\b(?:or|tell me|take)\b", SENTENCE.findall(said)[-1])
    assert CONSTRAINT.search(said), said
    assert each.character.name not in line


@pytest.mark.parametrize(("episode", "each"), EPISODES)
def test_an_episode_can_be_played_lost_and_won(episode: EpisodeTemplate, each: CharacterBundle) -> None:
    assert episode.dramatic_question.endswith("?")
    assert len(episode.situation.split()) >= 60
    assert "player" in episode.situation
    assert CONSTRAINT.search(episode.situation)
    assert len({end.kind for end in episode.resolutions}) >= 2
    assert all(len(end.text.split()) >= 15 for end in episode.resolutions)
    assert not any(re.search(r"(?i)\byou (?:say|feel|decide|tell|answer)\b", end.text) for end in episode.resolutions)
    assert len(episode.arc_hints) >= 4
    assert 10 <= episode.turn_budget <= 14
    assert 30 <= episode.opening_tension <= 60
    assert each.character.slug


@pytest.mark.parametrize(("episode", "each"), EPISODES)
def test_starter_lines_are_three_real_choices(episode: EpisodeTemplate, each: CharacterBundle) -> None:
    lines = episode.starter_lines
    assert len({line.lower() for line in lines}) == 3
    assert len({line.split()[0].lower() for line in lines}) == 3, "three lines that begin alike are one choice"
    assert all(4 <= len(line.split()) <= 25 for line in lines)
    assert not any(GREETING.search(line) or WEAK.search(line) for line in lines)
    assert each.character.slug


@pytest.mark.parametrize(("episode", "each"), EPISODES)
def test_a_scene_can_be_drawn_without_a_name(episode: EpisodeTemplate, each: CharacterBundle) -> None:
    assert len(episode.scene.split()) >= 8
    assert episode.scene_config.mood_keywords
    assert episode.scene_config.composition == "solo"
    assert not re.search(r"(?i)\b(?:he|she|woman|man)\b", episode.scene)
    assert each.character.name.split()[0] not in episode.scene


def test_no_text_speaks_as_an_assistant_or_is_left_unwritten() -> None:
    for world in WORLDS:
        for each in world.characters:
            text = every_text(each)
            assert not ASSISTANT.search(text)
            assert not re.search(r"(?i)\b(?:lorem|todo|tbd|xxx|placeholder)\b", text)


def test_opening_lines_are_not_of_one_length() -> None:
    lengths = {
        len(speech(episode.opening_line).split()) // 5
        for world in WORLDS
        for each in world.characters
        for episode in each.episodes
    }
    assert len(lengths) >= 3
