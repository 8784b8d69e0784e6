"""Adults only: texts that state an age under 18 or make a child of somebody, and texts that do not."""

from __future__ import annotations

import time

import pytest

from engine.moderation.adults import states_minor_age

MINOR = """
16
 17.
sixteen
16 years old
She is 16.
she's 16
She’s only sixteen, and she knows it
I am 15
I'm 15 and I like you
I'm barely seventeen
Mina is 17
Mina is just 17, but wise
he is not even 12
a sixteen-year-old
a sixteen year old singer
a 16-year-old girl
16yo
16 y.o.
16 y/o girl
16/f
aged 15
age: 17
Age 16
a woman at the age of 15
looks 15
She looks about 15.
looks like a 15-year-old
she could pass for 14
appears to be 12 years old
seems sixteen
has just turned 16
turning 17 next week
turns 18 next month
almost eighteen, she smiles
not yet 18
under 18
under the age of 18
underage
she is a minor
still a minor
teen
a teenage barista
teenager with a guitar
in her late teens
pre-teen
an adolescent face
schoolgirl
school-girl outfit
a woman in a school uniform
high-school student
high school student
she is a highschooler
a student at Westfield high school
a senior in high school
still in high school
a tenth-grader
9th grader
little girl
a young boy
childlike body
a child's body
she looks like a child
he's just a kid
loli
lolita dress
jailbait
barely legal
１６歳
16歳の少女
女子高生
十六歲
高中生
16살
여고생
una chica de 16 años
tiene 16 años
colegiala
une fille de 15 ans
16 Jahre alt
si\u200bxteen-year-old
a girl of fifteen summers, only fifteen summers
her daughter is 12
17-year-old Mina
she's sixteen years of age
a girl, 14
just a girl of 15
he turned 17 last week
childish body
school age
a minor
she will be 18 in May
still at school
a girl scout
barely 17
not an adult
looks very young, maybe fourteen
student, 16
Mina, 16, a singer
""".strip("\n").splitlines()

ADULT = """
16 years at the archive
in 2016
she has worked 15 years
16 candles
a 12-year-old whisky
a ten-year-old case
a fifteen-year-old single malt
two scotches, a 16-year-old bottle
24
She is 24.
I'm thirty-five
a 25-year-old courier
116 years old, says the clock
aged 41
age: 30
18
18 years old
eighteen
She turned eighteen long ago
The room is 16 metres long
it is 12:30
Gate 12 is closed
She lives at 15 Oak Street
Platform 9 is empty
the lift is stuck between 12 and 13
It's 10 past four
a quarter to 11
chapter 7
she is 10 minutes late
she is 5 floors up
he is 6 feet tall
I am 2 streets away
room 16
16 percent
$16
f/16, shallow focus
1.5 litres
She left home at the age of sixteen
at the age of 12 she moved to the coast
When she was 15 her father left
She was sixteen when the harbour burned
when she was a little girl she collected keys
as a child she never slept
since she was a small child
a high-school teacher
he teaches at a high school
old school friends
the only child of two clerks
childhood photographs
a child psychologist
children laugh somewhere outside
an A minor chord
a minor injury
she is a minor celebrity
a young woman
young man with a scar
girlish laugh
two girls' night plans
petite, in her twenties
in her 30s
twenty-something
seventeen letters in a box
the sixteenth floor
sixteen missed calls
fourteen hours without sleep
adult woman, 20s
16 years of marriage
he is 16 kilometres from here
she is one of them
he is one and the same
you are one step away
they are two of a kind
this is five
one year older than him
trabaja 16 años en el archivo
25歳の女性
126살 먹은 나무
30 ans
a first-grade steel blade
he acts like a child
her teenage years
a small boy's drawing
wine aged 12 years
an 8-year-old dog
when she was a teenager
two children's drawings on the fridge
the school bus passes
a baby grand piano
played in A minor.
she is 16 years into the job
he is 17 down
""".strip("\n").splitlines()


@pytest.mark.parametrize("text", MINOR)
def test_a_minors_age_or_a_childlike_word_is_found(text: str) -> None:
    assert states_minor_age(text)


@pytest.mark.parametrize("text", ADULT)
def test_grown_people_things_and_counts_pass(text: str) -> None:
    assert states_minor_age(text) is None


@pytest.mark.parametrize("age", range(1, 18))
def test_every_age_under_eighteen_is_found(age: int) -> None:
    assert states_minor_age(f"a woman, {age} years old, by the window") == f"{age} years old"
    assert states_minor_age(f"She is {age}.")


@pytest.mark.parametrize("age", range(18, 100))
def test_no_adult_age_is(age: int) -> None:
    for text in (
        f"She is {age}.",
        f"a {age}-year-old woman",
        f"aged {age}",
        f"looks {age}",
        f"{age}",
        f"{age}歳",
        f"{age}살",
    ):
        assert states_minor_age(text) is None


def test_the_span_is_what_a_writer_must_change() -> None:
    assert states_minor_age("An archivist. She looks about 15, with ink on her hands.") == "looks about 15"
    assert states_minor_age("tall, high-school student, tired") == "high-school student"


def test_a_past_sentence_does_not_excuse_a_present_one() -> None:
    assert states_minor_age("When she was 15 her father left. She is 16 now.")
    assert states_minor_age("She was a nurse; she is a little girl")


def test_the_lists_are_long_enough_to_mean_something() -> None:
    assert len(MINOR) + len(ADULT) >= 120


def test_a_long_text_is_looked_through_at_once() -> None:
    started = time.process_time()
    for text in (
        "she is " * 1_100,
        "1 " * 4_000,
        "a" * 8_000,
        "school " * 1_000,
        "was " * 2_000,
        "looks like as " * 500,
    ):
        assert states_minor_age(text) is None
    assert time.process_time() - started < 4
