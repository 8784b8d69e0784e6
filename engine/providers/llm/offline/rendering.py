"""Rendering: cue, speech and closing action, composed from the banks into one reply."""

from __future__ import annotations

from dataclasses import dataclass

from engine.providers.llm.offline.answers import answer_line
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.landing import approaches, as_action, goal, landed, must_land
from engine.providers.llm.offline.moves import MOVES, band, choose_move, choose_shape
from engine.providers.llm.offline.part import Part, say, take_part
from engine.providers.llm.offline.polish import action, invites, polish, sentences
from engine.providers.llm.offline.remembering import hook_line, memory_line
from engine.providers.llm.offline.scene import Scene

_MOST = 5
_APART = frozenset({"meta", "explicit", "underage"})
_CLOSING_SHARE, _INVITE_SHARE, _FILLER_SHARE, _PHRASE_SHARE = 0.3, 0.8, 0.15, 0.14
_LAST_RESORT = "Not yet."


@dataclass(frozen=True, slots=True)
class _Speech:
    """Spoken lines in order; `open` says that the last one may stand as the end."""

    lines: tuple[str, ...]
    open: bool = False


def render(scene: Scene, banks: Banks, seed: int) -> str:
    """One reply in the reply format: `*cue* speech *closing action*`, at most five spoken sentences."""
    part = take_part(scene, banks, seed)
    if must_land(part) and part.act.kind not in _APART and not landed(part):
        return _landing(part)
    cue = action(say(part, "cue", part.banks.of(*_cue_keys(part))))
    speech = _speech(part)
    spoken = " ".join(_within(_voiced(part, speech.lines)))
    closing = "" if speech.open and not part.dice.chance("closing too", _CLOSING_SHARE / 2) else _closing(part, f"{cue} {spoken}")
    return polish(f"{cue} {spoken} {closing}") or _LAST_RESORT


def _cue_keys(part: Part) -> tuple[str, ...]:
    name = {"meta": "gestures.aside", "touch": "gestures.touched"}.get(part.act.kind, "")
    if name and (part.flavour != "suspicion" or name == "gestures.aside"):
        return part.keys(name)
    return part.keys("gestures.any", f"gestures.{band(part.scene.tension)}")


def _speech(part: Part) -> _Speech:
    if part.act.kind in _APART:
        first = say(part, "apart", part.banks.of(*part.keys(f"reactions.{part.act.kind}")))
        after = "" if part.act.kind == "underage" else _core(part, "interrupt" if part.act.kind == "explicit" else choose_move(part), first)
        return _Speech((first, after), open=True)
    threads = hook_line(part)
    remembered = "" if threads else memory_line(part)
    answer = answer_line(part)
    if threads or (remembered and not answer):
        return _woven(part, threads or remembered)
    return _plain(part, answer)


def _woven(part: Part, line: str) -> _Speech:
    """A memory or a hook takes the middle of the reply; what follows goes on with the scene."""
    first = _reaction(part) if len(sentences(line)) < _MOST // 2 + 1 else ""
    if invites(line) and part.dice.chance("leave it there", 0.5):
        return _Speech((first, line), open=True)
    after = _invite(part, f"{first} {line}")
    return _Speech((first, line, after), open=True)


def _plain(part: Part, answer: str) -> _Speech:
    shape, move = choose_shape(part), choose_move(part)
    first = answer or (_reaction(part) if shape != "brief" or part.dice.chance("react", 0.45) else "")
    if shape == "brief" and first and (invites(first) or part.dice.chance("only that", 0.35)):
        after = "" if invites(first) else _invite(part, first)
        return _Speech((first, after), open=invites(first) or bool(after))
    core = _core(part, move, first)
    if invites(core) or (shape == "brief" and first):
        return _Speech((first, core), open=invites(core))
    wanted = shape == "long" or part.dice.chance("invite", _INVITE_SHARE)
    after = _invite(part, f"{first} {core}") if wanted and len(sentences(f"{first} {core}")) < _MOST else ""
    return _Speech((first, core, after), open=bool(after))


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
    order = (move, *(other for other in MOVES if other != move))
    return next((line for other in order if (line := _moved(part, other, before))), _LAST_RESORT)


def _moved(part: Part, move: str, before: str) -> str:
    told = "confession" in part.values and move == "reveal" and part.dice.chance("confess", 0.6)
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
    fresh = [phrase for phrase in part.persona.phrases if phrase.lower() not in part.scene.spoken]
    if fresh and kept and len(kept) < len("two") and part.dice.chance("phrase", _PHRASE_SHARE * 2):
        phrase = part.dice.pick("which phrase", fresh)
        return (phrase if phrase.endswith((".", "?", "!", "…")) else f"{phrase}.", *kept)
    if part.persona.fillers and kept and part.dice.chance("filler", _FILLER_SHARE):
        filler = part.dice.pick("which filler", part.persona.fillers).rstrip(".,… ")
        return (f"{filler}… {kept[0]}", *kept[1:])
    return kept


def _within(lines: tuple[str, ...]) -> tuple[str, ...]:
    """At most five sentences: lines in the middle go first, the last one stays because it invites."""
    kept = list(lines)
    while len(kept) > 1 and len(sentences(" ".join(kept))) > _MOST:
        kept.pop(0 if len(kept) == len("ab") else 1)
    return tuple(kept)


def _landing(part: Part) -> str:
    """The end of the episode: a last line, the resolution as action, and sometimes a curtain line."""
    aim = goal(part)
    kind = aim.kind if aim else "neutral"
    cue = action(say(part, "cue", part.banks.of(*part.keys("gestures.any", "gestures.high"))))
    line = say(part, "landing", part.banks.of(*part.keys(f"endings.landing.{kind}")))
    done = action(as_action(aim.text, part.scene.character)) if aim else ""
    curtain = say(part, "curtain", part.banks.of(*part.keys(f"endings.curtain.{kind}")), line)
    return polish(f"{cue} {line} {done} {curtain if part.dice.chance('curtain', 0.6) or not done else ''}") or _LAST_RESORT
