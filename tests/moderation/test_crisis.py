"""The help card: lines that must bring it, and lines that only look like them."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from engine.errors import SettingsProblem
from engine.moderation.crisis import crisis_card_needed

CARE = Path(__file__).parents[2] / "data" / "care"

HITS = """
I want to kill myself
i'm going to kill myself tonight
Sometimes I just want to die.
I want to die!
i wanna die
I really, really want to die...
i WANT to DIE
I dont want to live anymore
I don’t want to be alive
I do not want to wake up tomorrow
I don't want to live in this world anymore
I don't want to live in Paris, I don't want to live at all
I wish I was dead
I wish I were never born, I wish I was never born
I'm thinking of ending it all
I've been thinking about suicide a lot
I am suicidal
im feeling suicidal again
I keep having suicidal thoughts
I might end my life
i am going to take my own life
I can't go on living like this
there's no reason to live
I have nothing left to live for
Everyone is better off without me
they'd all be better off without me
I'd be better off dead
life is not worth living
I cut myself on purpose again last night
I've been cutting myself
I keep hurting myself and I can't stop
I want to harm myself
I want to overdose
I'm going to take all my pills
I took all my pills
I wrote a suicide note
I tried to hang myself
I'm going to jump off a bridge
I want to jump in front of a train
I want to fall asleep and never wake up
No one would care if I died
I deserve to die
i want to unalive myself
k1ll myself
I want to k!ll myself
I want to kill my self or at least kill   myself
I want to k i l l m y s e l f
killmyself
I want to kiiiiill myself
kill-myself
I want to d1e
i wanna kms
I'm gonna commit suicide
I want to commit su1cide
I WANT TO DIE 😭
*whispers* I want to die
I want to die\u200b
I want to d\u200bie
Ｉ ｗａｎｔ ｔｏ ｄｉｅ
I am so tired of living
what's the point, I hope I don't wake up
I can't do this anymore, I want to end it
I don't see a reason to keep living
I've got the pills in front of me
I just want the pain to stop
i want to disappear and never come back
I feel like dying
I'd rather be dead
I would rather die than live like this
no one would notice if I was gone
goodbye, I can't go on
i'm done living
there is no point in going on
I'm planning my suicide
I wish I could just disappear
I want to jump off the building
no puedo más, quiero desaparecer
haha I want to die laughing. no really, I want to kill myself
Quiero morir
me quiero morir
Quiero morirme ya
ya no quiero vivir
No tengo ganas de vivir
voy a suicidarme
Quiero quitarme la vida
estarían mejor sin mí
quiero hacerme daño
estoy cansada de vivir
me voy a matar
死にたい
もう死にたいよ
し に た い
消えてしまいたい。
自殺したい
生きるのに疲れた
もう生きていたくない
手首を切りたい
電車に飛び込みたい
죽고 싶어
죽고싶다
자살하고 싶어요
더 이상 살고 싶지 않아
사라지고 싶어
살기 싫어
자해하고 싶다
목숨을 끊고 싶어
我想死
好想死喔
我不想活了
我想自殺
活著好累
想結束自己的生命
我想傷害自己
活不下去了
死了算了
我 想 死
""".strip().splitlines()

LOOK_ALIKES = """
this heat is killing me
I could die laughing
I want to die laughing every time
kill the lights
I'm dead tired
You're killing it tonight
My feet are killing me
I'd kill for a coffee
I'm dying to know what happened
That joke killed me
dead serious
over my dead body
Drop dead gorgeous
The suspense is killing me
I nearly died of embarrassment
I want to die of embarrassment
I wanted to die of shame when my phone rang
I don't want to die
I do not want to die in this lift with you
Who killed the watchman?
Did he kill himself, or was it made to look so?
He wanted to kill her
She didn't want to live in the city
I don't want to live in Paris
I don't want to live with my parents
I want to live by the sea
the diehard fans
Suicide Squad was a silly film
the suicide doors on that car
a suicide mission, and you know it
I shot myself in the foot with that answer
Don't shoot myself in the foot again, I tell myself
I hurt my ankle
I could murder a sandwich
It's a dead end
the battery died
My phone is about to die
I die a little every time you laugh
The plants are dying
we ended the night at the harbour
end of my shift
it all ends here
I cut my hair
I cut myself shaving
I'm cutting myself some slack
I overdose on coffee every Monday
I'll take my life savings and buy a boat
I threw myself into work
we jumped off the boat into the water
I ran 10 kms this morning
it is 5 kms away
I jumped in front of the line
I hung my coat
I'll hang the picture myself
You make me want to live
That train is never on time
What would you die for?
Better late than dead
skills myself and my brother learned
I would not miss it
I'll sleep and wake up late
To live or to drift, that is the question
I want to end it here, the game I mean
I can't go on stage like this
I hurt myself on the stove
I feel like dying my hair tonight
the pills are in the cabinet
hang in there
I would die for you
my heart stopped when I saw you
you're dead to me
walking in there unarmed, that's suicide
me muero de risa
Me quiero morir de vergüenza
quiero morir de risa
No quiero vivir en Madrid
me muero por verte
estoy muerta de cansancio
mátame, qué calor
no quiero despertar a tu hermana
死ぬほど疲れた
笑い死にしそう
お腹すいて死にそう
死にたくない
必死に走った
死にたいほど恥ずかしい
배고파 죽겠다
웃겨 죽겠네
죽을래? 장난치지 마
그가 내 손목을 그때 잡았어
이 옷 더 이상 살 게 없어
죽도록 보고 싶었어
想死你了
累死我了
笑死
餓死了
跳樓大拍賣
我今天想不開心的事
想不開車了
""".strip().splitlines()


@pytest.mark.parametrize("line", HITS)
def test_a_line_in_crisis_brings_the_card(line: str) -> None:
    assert crisis_card_needed(line, CARE)


@pytest.mark.parametrize("line", LOOK_ALIKES)
def test_a_look_alike_does_not(line: str) -> None:
    assert not crisis_card_needed(line, CARE)


def test_both_lists_are_long_enough_to_mean_something() -> None:
    assert len(HITS) >= 60
    assert len(LOOK_ALIKES) >= 60


def test_every_phrase_of_the_file_brings_the_card_by_itself() -> None:
    stated = tomllib.loads((CARE / "crisis.toml").read_text(encoding="utf-8"))
    listed = [
        phrase
        for name in ("en", "es", "ja", "ko", "zh-TW")
        for kind in ("phrases", "unspaced")
        for phrase in stated[name].get(kind, [])
    ]
    assert len(set(listed)) >= 60
    assert [phrase for phrase in listed if not crisis_card_needed(phrase, CARE)] == []


def test_no_phrase_relies_on_a_word_that_is_left_out() -> None:
    stated = tomllib.loads((CARE / "crisis.toml").read_text(encoding="utf-8"))
    fillers = set(stated["fillers"])
    assert [each for name in ("en", "es") for each in stated[name]["phrases"] if fillers & set(each.split())] == []


def test_the_longest_line_is_looked_through_at_once() -> None:
    started = time.process_time()
    for line in ("i want to " * 400, "死" * 4_000, "a " * 2_000, "k" * 4_000, "!1" * 2_000):
        assert not crisis_card_needed(line, CARE)
    assert time.process_time() - started < 2


def test_a_missing_or_broken_list_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="crisis phrases"):
        crisis_card_needed("hello", tmp_path)
    (tmp_path / "crisis.toml").write_text("fillers = 3", encoding="utf-8")
    with pytest.raises(SettingsProblem, match="has a fault"):
        crisis_card_needed("hello", tmp_path)
