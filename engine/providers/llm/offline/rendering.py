"""Rendering: cue, speech and closing action, composed from the banks into one reply."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.kernel.ids import seed_from
from engine.providers.llm.offline.answers import answer_line
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.landing import approaches, goal, landed, leaning, must_land, staged
from engine.providers.llm.offline.moves import MOVES, band, choose_move, choose_shape
from engine.providers.llm.offline.part import Part, say, take_part
from engine.providers.llm.offline.polish import action, invites, polish, sentences
from engine.providers.llm.offline.remembering import asks_to_remember, hook_line, memory_line
from engine.providers.llm.offline.scene import Scene

_MOST = 5
_APART = frozenset({"meta", "explicit", "underage"})
_CLOSING_SHARE, _INVITE_SHARE, _FILLER_SHARE, _PHRASE_SHARE = 0.3, 0.8, 0.2, 0.2
_BRIEF_END = 140
_SAMPLE_SHARE, _CONFESS_SHARE = 0.3, 0.45
_LAST_RESORT = "Not yet."


@dataclass(frozen=True, slots=True)
class _Speech:
    """Spoken lines in order; `keep` is the one that must not be cut; `open` says that the last one may be the end."""

    lines: tuple[str, ...]
    keep: int = 0
    open: bool = False


def render(scene: Scene, banks: Banks, seed: int) -> str:
    """One reply in the reply format: `*cue* speech *closing action*`, at most five spoken sentences."""
    part = take_part(scene, banks, seed)
    if must_land(part) and part.act.kind not in _APART:
        return _epilogue(part) if landed(part) else _landing(part)
    cue = _cue(part)
    speech = _speech(part)
    spoken = " ".join(_voiced(part, _within(speech)))
    closing = (
        ""
        if speech.open and not part.dice.chance("closing too", _CLOSING_SHARE / 2)
        else _closing(part, f"{cue} {spoken}")
    )
    return polish(f"{cue} {spoken} {closing}") or _LAST_RESORT


def carry_on(scene: Scene, banks: Banks, seed: int, begun: str) -> str:
    """What comes after `begun`: the rest of the very reply, where it was cut off in it; else one more thought."""
    whole = render(scene, banks, seed)
    if whole.startswith(begun) and len(whole) > len(begun):
        return whole[len(begun) :]
    part = take_part(replace(scene, said=(*scene.said, begun)), banks, seed_from(seed, "on", len(begun)))
    thought = _core(part, choose_move(part), begun)
    return " " + (polish(f"{thought} {_closing(part, thought)}") or _LAST_RESORT)


def _cue(part: Part) -> str:
    """A non-verbal cue that fits act and tension; when those are used up, any that is left."""
    special = {"meta": "aside", "touch": "touched"}.get(part.act.kind, "")
    pools = ((special,), ("any", band(part.scene.tension)), ("low", "mid", "high"), ("closing",))
    for pool in pools:
        line = say(part, "cue", part.banks.of(*part.keys(*(f"gestures.{name}" for name in pool))))
        if line:
            return action(line)
    return ""


def _speech(part: Part) -> _Speech:
    if part.act.kind in _APART:
        first = say(part, "apart", part.banks.of(*part.keys(f"reactions.{part.act.kind}")))
        after = (
            ""
            if part.act.kind == "underage"
            else _core(part, "interrupt" if part.act.kind == "explicit" else choose_move(part), first)
        )
        return _Speech((first, after) if len(sentences(f"{first} {after}")) <= _MOST else (first,), open=True)
    asked = asks_to_remember(part)
    threads = "" if asked else hook_line(part)
    remembered = "" if threads else memory_line(part)
    answer = "" if asked and remembered else answer_line(part)
    if threads or (remembered and not answer):
        return _woven(part, threads or remembered, is_hook=bool(threads))
    return _plain(part, answer)


def _woven(part: Part, line: str, *, is_hook: bool) -> _Speech:
    """A memory or a hook takes the middle of the reply; what follows goes on with the scene."""
    first = _reaction(part)
    if invites(line) or is_hook:
        return _Speech((first, line), keep=1, open=True)
    after = say(part, "then", part.banks.of("shared.memory.then"))
    return _Speech((first, line, after), keep=1, open=True)


def _plain(part: Part, answer: str) -> _Speech:
    shape, move = choose_shape(part), choose_move(part)
    first = answer or (_reaction(part) if shape != "brief" or part.dice.chance("react", 0.45) else "")
    if shape == "brief" and first and (invites(first) or part.dice.chance("only that", 0.35)):
        after = "" if invites(first) else _invite(part, first)
        return _Speech((first, after), open=invites(first) or bool(after))
    core = _core(part, move, first)
    if invites(core) or (shape == "brief" and first):
        return _Speech((first, core), keep=0 if answer else 1, open=invites(core))
    wanted = not approaches(part) and (shape == "long" or part.dice.chance("invite", _INVITE_SHARE))
    after = _invite(part, f"{first} {core}") if wanted and len(sentences(f"{first} {core}")) < _MOST else ""
    return _Speech((first, core, after), keep=0 if answer else 1, open=bool(after))


def _reaction(part: Part) -> str:
    return say(part, "reaction", part.banks.of(*part.keys(f"reactions.{part.act.kind}")))


def _core(part: Part, move: str, before: str) -> str:
    """The move's own line; from 80 % of the budget a line that moves toward the end, while some are left."""
    if approaches(part) and part.act.kind not in _APART:
        aim = goal(part)
        after = "after" if landed(part) else aim.kind if aim else "neutral"
        line = say(part, "toward", part.banks.of(*part.keys(f"endings.toward.{after}")), before)
        if line:
            return line
    samples = [sample for sample in part.persona.samples if sample.lower() not in part.scene.spoken]
    if samples and part.act.speech and part.dice.chance("sample", _SAMPLE_SHARE):
        return part.dice.pick("which sample", samples)
    order = (move, *(other for other in MOVES if other != move))
    return next((line for other in order if (line := _moved(part, other, before))), _LAST_RESORT)


def _moved(part: Part, move: str, before: str) -> str:
    told = (
        "confession" in part.values
        and move == "reveal"
        and part.scene.turn > 1
        and part.dice.chance("confess", _CONFESS_SHARE)
    )
    if told:
        line = say(part, "confession", part.banks.of(*part.keys("moves.reveal.confession")), before)
        if line:
            return line
    keys = part.keys(f"moves.{move}.even", f"moves.{move}.{part.flavour}")
    return say(part, f"core {move}", part.banks.of(*dict.fromkeys(keys)), before)


def _invite(part: Part, before: str) -> str:
    keys = dict.fromkeys(part.keys("invites.even", f"invites.{part.flavour}"))
    return say(part, "invite", part.banks.of(*keys), before)


def _closing(part: Part, before: str) -> str:
    share = 1.0 if not invites(before) else _CLOSING_SHARE
    if not part.dice.chance("closing", share):
        return ""
    return action(say(part, "closing line", part.banks.of(*part.keys("gestures.closing")), before))


def _voiced(part: Part, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with the character's own tics: now and then a pet phrase, or a filler before the first sentence."""
    kept = tuple(line for line in lines if line)
    if part.act.kind in _APART:
        return kept
    fresh = [phrase for phrase in part.persona.phrases if phrase.lower() not in part.scene.spoken]
    room = len(sentences(" ".join(kept))) < _MOST
    if fresh and kept and room and part.dice.chance("phrase", _PHRASE_SHARE):
        phrase = part.dice.pick("which phrase", fresh)
        return (phrase if phrase.endswith((".", "?", "!", "…")) else f"{phrase}.", *kept)
    if part.persona.fillers and kept and part.dice.chance("filler", _FILLER_SHARE):
        filler = part.dice.pick("which filler", part.persona.fillers).rstrip(".,… ")
        return (_led_by(filler, kept[0], part), *kept[1:])
    return kept


def _led_by(filler: str, line: str, part: Part) -> str:
    """“Hm, that one stays”: only before a common word, which loses its capital; names and quotations keep theirs."""
    first = line.split(" ", 1)[0].strip(".,?!…").lower()
    if first.startswith("i'") or first == "i":
        return f"{filler}, {line}"
    common = first in part.banks.lexicon("words.stop.words")
    return f"{filler}, {line[:1].lower()}{line[1:]}" if common else line


def _within(speech: _Speech) -> tuple[str, ...]:
    """At most five sentences: what stands before the kept line goes first, then what comes after it."""
    kept = dict(enumerate(speech.lines))
    for place in sorted(kept, key=lambda place: (place == speech.keep, place)):
        if len(sentences(" ".join(kept.values()))) > _MOST and len(kept) > 1:
            del kept[place]
    return tuple(kept.values())


def _epilogue(part: Part) -> str:
    """The last turn of a scene whose question is already answered."""
    line = say(part, "after", part.banks.of(*part.keys("endings.toward.after")))
    kind = leaning(part)
    curtain = say(
        part, "curtain", part.banks.of(*part.keys(f"endings.curtain.{kind}", "endings.curtain.neutral")), line
    )
    return polish(f"{_cue(part)} {line} {curtain}") or _LAST_RESORT


def _landing(part: Part) -> str:
    """The end of the episode: a last line, the resolution as action, and sometimes a curtain line."""
    aim = goal(part)
    kind = aim.kind if aim else "neutral"
    line = say(part, "landing", part.banks.of(*part.keys(f"endings.landing.{kind}")))
    done = staged(aim.text, part.scene.character) if aim else ""
    curtain = say(part, "curtain", part.banks.of(*part.keys(f"endings.curtain.{kind}")), line)
    fits = len(done) < _BRIEF_END and len(sentences(f"{line} {done} {curtain}")) <= _MOST
    last = curtain if not done or (fits and part.dice.chance("curtain", 0.6)) else ""
    return polish(f"{_cue(part)} {line} {done} {last}") or _LAST_RESORT
