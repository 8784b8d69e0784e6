"""Threads that the offline actor notices: what will be, and nothing else."""

from __future__ import annotations

import pytest

from engine.kernel.text import one_line
from engine.play.hooks.care import reproaches
from engine.providers.llm.offline.banks import Banks, open_banks
from engine.providers.llm.offline.dice import Dice
from engine.providers.llm.offline.facts import read_turn
from engine.providers.llm.offline.threads import Planted, plant
from engine.settings import content_folder


@pytest.fixture(scope="module")
def banks() -> Banks:
    return open_banks(content_folder() / "offline")


def noticed(line: str, banks: Banks) -> tuple[Planted, ...]:
    facts = {"line": line, "reply": "So.", "character": "Mara Voss", "player": "Ana"}
    return plant(read_turn(facts), "Ana", banks, Dice(3))


@pytest.mark.parametrize(
    ("line", "content", "when"),
    [
        ("My driving test is next Tuesday, help", "Ana's driving test is next Tuesday", "next Tuesday"),
        ("Big exam tomorrow, wish me luck", "Ana has a big exam tomorrow", "tomorrow"),
        ("Tom and I are getting married in June", "Ana is getting married in June", "in June"),
        ("Dad gets his results on Wednesday", "Ana's dad gets his results on Wednesday", "on Wednesday"),
        ("I can't wait for my trip next week", "Ana said “I can't wait for my trip next week”", "next week"),
        ("I'll tell my parents on Sunday", "Ana said “I'll tell my parents on Sunday”", "on Sunday"),
        ("our baby is due in three weeks", "Ana's baby is due in three weeks", "in three weeks"),
        ("my flight leaves at 6am", "Ana's flight leaves at 6am", "at 6am"),
        ("I signed up for a race in ten days", "Ana said “I signed up for a race in ten days”", "in ten days"),
        ("I have an MRI on Monday", "Ana has an MRI on Monday", "on Monday"),
        ("So Tom and I fly home on Sunday", "Ana said “we fly home on Sunday”", "on Sunday"),
        ("On Monday they operate on my knee", "Ana said “On Monday they operate on my knee”", "On Monday"),
    ],
)
def test_what_will_be_is_a_thread(line: str, content: str, when: str, banks: Banks) -> None:
    assert [(one.content, one.when) for one in noticed(line, banks)] == [(content, when)]


def test_a_pronoun_stands_for_whoever_was_named_before(banks: Banks) -> None:
    mum = noticed("My mum is in hospital. Her operation is tomorrow morning.", banks)
    audition = noticed("I have an audition. It's on Thursday.", banks)

    assert [one.content for one in mum] == ["Ana's mum's operation is tomorrow morning"]
    assert [one.content for one in audition] == ["Ana's audition is on Thursday"]


@pytest.mark.parametrize(
    "line",
    [
        "I go swimming every Tuesday",
        "On Fridays we have pizza",
        "I might fly to Berlin on Friday",
        "If I get an interview on Monday I'll scream",
        "Someone is getting married tomorrow",
        "Some guy I know is running a marathon on Sunday",
        "My exam was on Friday",
        "I had surgery on Monday",
        "I met my father on Friday",
        "We got married last June",
        "Do I have an exam tomorrow?",
        "I dreamt that my wedding is tomorrow",
        "You have a trial on Monday",
        "I don't have an exam on Friday",
        "I'm not going to Rome on Friday",
        "I'm free on Friday",
        "I'm staying here tonight",
        "One day I'll move to Rome",
        "I was supposed to have an exam on Friday",
        "The weather is nice on Friday",
        "tomorrow is another day",
        "I quit on Friday",
        "I have a headache today",
        "lol sure, and tomorrow I'm flying to Rome with the Pope",
        "I'm flying to the moon tomorrow",
        "I'm not vegan anymore",
        "I'm not allergic to nuts after all",
    ],
)
def test_what_is_past_usual_doubtful_denied_or_anothers_is_none(line: str, banks: Banks) -> None:
    assert noticed(line, banks) == ()


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("My exam on Friday is cancelled", "Ana's exam is off"),
        ("The wedding is off, we called it off yesterday", "Ana's wedding is off"),
        ("I'm not flying to Rome after all", "Ana said “I'm not flying to Rome after all”"),
    ],
)
def test_what_is_called_off_says_so(line: str, content: str, banks: Banks) -> None:
    assert [(one.kind, one.content, one.instead) for one in noticed(line, banks)] == [("called_off", content, True)]


def test_what_is_moved_has_its_new_day(banks: Banks) -> None:
    found = noticed("They moved my exam from Friday to Monday", banks)

    assert [(one.when, one.instead) for one in found] == [("Monday", True)]


def test_no_opener_reproaches(banks: Banks) -> None:
    kinds = ("follow_up", "promise", "plan", "question", "told")
    lines = [one.text for kind in kinds for one in banks.of(f"shared.hooks.{kind}")]

    assert len(lines) >= 3 * len(kinds)
    assert [line for line in lines if reproaches(one_line(line))] == []
