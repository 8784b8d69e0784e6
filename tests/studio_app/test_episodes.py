"""The screen Episodes: a list in order, and a form with every field of an episode."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from engine.story.episode import EpisodeTemplate, Resolution
from engine.story.look import SceneConfig
from engine.wiring import Engine
from tests import tiny
from tests.studio_app.conftest import typed
from tests.studio_app.seats import HOSTILE, MARA, again, is_tame, keys, mara, press, query, seat, words


def saved(studio: Engine) -> list[EpisodeTemplate]:
    """The character's episodes as they are saved."""
    return studio.episodes.of_character(mara(studio))


def fill(app: AppTest, ref: str, **fields: object) -> AppTest:
    """Type into several fields, one after another."""
    for name, value in fields.items():
        typed(app, f"episode.{ref}.{name}", value)
    return app


def test_without_an_episode_it_says_what_to_write_first(studio: Engine) -> None:
    other = studio.characters.save(tiny.character(studio.worlds.all()[0].id, slug="other", name="Other"))
    app = seat("episodes", id=other.id)
    assert "No episode yet" in app.info[0].value
    press(app, "new")
    assert query(app, "new") == "1"
    assert app.selectbox(key=f"episode.{query(app, 'episode')}.episode_type").value == "entry"


def test_the_first_episode_is_open_and_others_open_by_a_click(studio: Engine) -> None:
    first, second = saved(studio)
    app = seat("episodes", id=mara(studio))
    assert app.text_input(key=f"episode.{first.id}.title").value == first.title
    press(app, f"open_{second.id}")
    assert query(app, "episode") == second.id
    assert app.text_input(key=f"episode.{second.id}.title").value == second.title
    assert "Episode 2 of 2" in words(app)


def test_a_form_that_is_saved_untouched_changes_nothing(studio: Engine) -> None:
    before = saved(studio)
    press(seat("episodes", id=mara(studio)), "save")
    assert saved(studio) == before


def test_every_field_is_written_as_it_was_typed(studio: Engine) -> None:
    app = press(seat("episodes", id=mara(studio)), "new")
    ref = query(app, "episode")
    fill(
        app,
        ref,
        title="The Third Box",
        situation="Rain.",
        episode_frame="A door opens.",
        opening_line="*She waits.* Well?",
        dramatic_question="Will she?",
        episode_type="special",
        turn_budget=20,
        opening_tension=70,
        arc_hints="one\n\n two ",
        starter_lines="Hello.\nWho?\nWhy?",
        resolution_0_text="She leaves.",
        scene="the roof",
        environment_style="rooftop",
        composition="duo",
        lighting_preset="dramatic",
        time_of_day="night",
        mood_keywords="cold\nclear",
        negative_additions="crowd",
    )
    fill(app, ref, resolution_1_kind="surprise", resolution_1_text="She stays.")
    press(app, "save")
    assert studio.episodes.get(ref) == EpisodeTemplate(
        id=ref,
        slug="the-third-box",
        character_id=mara(studio),
        title="The Third Box",
        situation="Rain.",
        episode_frame="A door opens.",
        opening_line="*She waits.* Well?",
        dramatic_question="Will she?",
        episode_type="special",
        order=3,
        arc_hints=("one", "two"),
        resolutions=(
            Resolution(kind="positive", text="She leaves."),
            Resolution(kind="surprise", text="She stays."),
        ),
        starter_lines=("Hello.", "Who?", "Why?"),
        turn_budget=20,
        opening_tension=70,
        scene="the roof",
        scene_config=SceneConfig(
            composition="duo",
            lighting_preset="dramatic",
            environment_style="rooftop",
            time_of_day="night",
            mood_keywords=("cold", "clear"),
            negative_additions=("crowd",),
        ),
    )
    assert "new" not in app.query_params


def test_two_clicks_on_save_write_one_episode(studio: Engine) -> None:
    app = press(seat("episodes", id=mara(studio)), "new")
    typed(app, f"episode.{query(app, 'episode')}.title", "Once")
    press(press(app, "save"), "save")
    assert [one.slug for one in saved(studio)][2:] == ["once"]


def test_a_new_episode_that_was_left_is_found_in_the_list(studio: Engine) -> None:
    app = press(seat("episodes", id=mara(studio)), "new")
    ref = query(app, "episode")
    typed(app, f"episode.{ref}.title", "Half written")
    anew = seat("episodes", id=mara(studio))
    assert "*Half written*" in [one.label for one in anew.button]
    press(anew, f"open_{ref}")
    assert anew.text_input(key=f"episode.{ref}.title").value == "Half written"
    other = studio.characters.save(tiny.character(studio.worlds.all()[0].id, slug="other", name="Other"))
    assert "*Half written*" not in [one.label for one in seat("episodes", id=other.id).button]


def test_a_reload_loses_no_typed_word(studio: Engine) -> None:
    first = saved(studio)[0]
    app = seat("episodes", id=mara(studio))
    typed(app, f"episode.{first.id}.situation", "The lamp is out.")
    assert seat("episodes", id=mara(studio)).text_area(key=f"episode.{first.id}.situation").value == "The lamp is out."


def test_what_cannot_be_used_is_said_at_its_field_and_saves_nothing(studio: Engine) -> None:
    before = saved(studio)
    app = seat("episodes", id=mara(studio))
    fill(app, before[0].id, title="", resolution_0_text="x" * 9_000)
    press(app, "save")
    assert "too long" in words(app)
    fill(app, before[0].id, resolution_0_text="She goes.")
    press(app, "save")
    assert "Write something here" in words(app)
    assert saved(studio) == before


def test_somebody_elses_save_is_never_overwritten(studio: Engine) -> None:
    first = saved(studio)[0]
    app = seat("episodes", id=mara(studio))
    typed(app, f"episode.{first.id}.situation", "Mine.")
    studio.episodes.save(replace(first, situation="Theirs."))
    press(app, "save")
    assert studio.episodes.get(first.id).situation == "Theirs."
    assert "saved by somebody else" in words(app)


def test_moving_an_episode_orders_them_and_disturbs_no_unsaved_word(studio: Engine) -> None:
    first, second = saved(studio)
    app = seat("episodes", id=mara(studio), episode=second.id)
    typed(app, f"episode.{second.id}.situation", "Mine.")
    press(app, "earlier")
    assert [(one.id, one.order) for one in saved(studio)] == [(second.id, 1), (first.id, 2)]
    assert app.button(key="earlier").disabled
    assert "keep_mine" not in keys(app)
    press(app, "save")
    assert (studio.episodes.get(second.id).situation, studio.episodes.get(second.id).order) == ("Mine.", 1)


def test_a_move_past_somebody_elses_change_is_a_sentence(studio: Engine) -> None:
    app = seat("episodes", id=mara(studio))
    studio.episodes.save(tiny.episode("meanwhile", 3, character_id=mara(studio)))
    press(app, "later")
    assert "changed while you were ordering" in words(app)


def test_removing_asks_first_and_the_release_keeps_it(studio: Engine) -> None:
    first, second = saved(studio)
    app = press(seat("episodes", id=mara(studio), episode=second.id), "remove")
    assert len(saved(studio)) == 2
    press(app, "remove_yes")
    assert [one.id for one in saved(studio)] == [first.id]
    assert app.text_input(key=f"episode.{first.id}.title").value == first.title
    live = studio.releases.status(MARA).live_release_id
    assert live is not None
    assert len(studio.releases.get(live).payload.episodes) == 2


def test_an_episode_that_is_gone_is_a_sentence(studio: Engine) -> None:
    app = seat("episodes", id=mara(studio), episode="nothing")
    assert "no such episode" in app.info[0].value


def test_more_resolutions_than_the_form_has_room_for_are_all_kept(studio: Engine) -> None:
    many = tuple(Resolution(kind="neutral", text=f"It ends, {at}.") for at in range(12))
    first = studio.episodes.save(replace(saved(studio)[0], resolutions=many))
    app = seat("episodes", id=mara(studio))
    fill(app, first.id, situation="Changed.")
    press(app, "save")
    assert studio.episodes.get(first.id).resolutions == many


def test_hostile_titles_stay_words(studio: Engine) -> None:
    first = studio.episodes.save(replace(saved(studio)[0], title=HOSTILE[:80], situation=HOSTILE))
    app = seat("episodes", id=mara(studio))
    assert app.text_area(key=f"episode.{first.id}.situation").value == HOSTILE
    assert is_tame(app)


def test_a_hundred_episodes_can_be_opened(studio: Engine) -> None:
    for at in range(3, 101):
        studio.episodes.save(tiny.episode(f"number-{at}", at, character_id=mara(studio)))
    app = again(seat("episodes", id=mara(studio)))
    assert len([key for key in keys(app) if key.startswith("open_")]) == 100
