"""Genres in the Studio: every line of every doctrine, side by side, as text."""

from __future__ import annotations

from engine.wiring import Engine
from tests.studio_app.conftest import At, marked, texts


def test_both_doctrines_stand_side_by_side(bare_studio: Engine, at: At) -> None:
    tab = at("genres")
    assert [each.value for each in tab.header] == ["Psychological thriller", "Romantic tension"]
    assert not tab.exception


def test_every_line_of_every_doctrine_is_there(bare_studio: Engine, at: At) -> None:
    shown = texts(at("genres"))
    for doctrine in bare_studio.genres.all().values():
        lines = [line for _, line in doctrine.played() if line not in doctrine.charged_pairs]
        lines += [*doctrine.episode_rules, *doctrine.visual_doctrine]
        lines += [line for gate in doctrine.gates for line in (gate.must_show,)]
        assert [line for line in lines if line not in shown] == []
        assert " · ".join(doctrine.charged_pairs) in shown


def test_the_four_gates_say_what_they_ask_and_when_they_fail(bare_studio: Engine, at: At) -> None:
    tab = at("genres")
    for doctrine in bare_studio.genres.all().values():
        for gate in doctrine.gates:
            assert f"**{gate.letter} · {gate.name}**".replace("-", "\\-") in marked(tab)
            assert f"Fails when: {gate.fails_when}" in texts(tab)


def test_a_narrow_screen_can_choose_which_one_it_shows(bare_studio: Engine, at: At) -> None:
    tab = at("genres")
    (switch,) = tab.segmented_control
    assert list(switch.options) == ["Psychological thriller", "Romantic tension"]
    switch.set_value("romantic_tension").run()
    assert not tab.exception
