"""The commands, each a few lines over the public surface."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.out import Out, shown

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from engine.wiring import Engine

app = typer.Typer(no_args_is_help=False, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


@contextmanager
def _engine(out: Out, *, serving: bool = False) -> Generator[Engine]:
    """The engine with the starter stories in it, for the length of a command."""
    from engine.settings import load_settings

    settings = load_settings()  # a wrong one is told before the engine is imported, which takes a second
    from engine.wiring import open_engine

    with open_engine(settings, serving=serving) as engine:
        if engine.starter.needed():
            out.quiet("Loading the starter stories and drawing their faces:")
            engine.starter.load(lambda name: out.quiet(f"  {name}"))
        yield engine


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    api_only: Annotated[bool, typer.Option("--api-only", help="Serve the API without Play and the Studio.")] = False,
) -> None:
    """A studio and a player for AI-acted, illustrated episodes. Without a command: serve it all."""
    if context.invoked_subcommand is not None:
        return
    from engine.settings import load_settings
    from engine.web.server import listen, must_be_safe

    def ready(url: str) -> None:
        out.say(f"Coldopen is at {url}   (Ctrl-C stops it)")

    out, settings = Out(as_json=False), load_settings()
    must_be_safe(settings, settings.host)
    with listen(settings.host, settings.port) as held, _engine(out, serving=True) as engine:
        from engine.web.app import serve as answer

        answer(engine, settings.host, settings.port, listening=held, ready=ready, faces=not api_only)


@app.command()
def say(
    episode: Annotated[str, typer.Argument(help="An episode's slug, character/slug or id.")],
    line: Annotated[str, typer.Argument(help="What you say.")],
    name: Annotated[str, typer.Option("--as", help="Who you are.")],
    json: Json = False,
    wait: Annotated[bool, typer.Option(help="Wait for memory and pictures of the turn.")] = True,
) -> None:
    """Play one turn in the terminal, streamed."""
    from engine.cli import saying

    out = Out(json)
    with _engine(out) as engine:
        saying.say(engine, out, episode, line, name, wait=wait)


@app.command()
def episodes(json: Json = False) -> None:
    """List the episodes on offer."""
    out = Out(json)
    with _engine(out) as engine:
        offered = engine.runtime.episodes.all()
        if not offered:
            out.say(engine.runtime.words.say("play.nothing_published"))
        for one in offered:
            persona, episode = one.release.payload.persona, one.episode
            out.say(f"{episode.slug:32} {shown(persona.name)}: {shown(episode.title)} ({episode.episode_type})")
            out.data(id=episode.id, slug=episode.slug, title=episode.title, character=persona.slug, order=episode.order)


@app.command()
def prompt(message_id: Annotated[str, typer.Argument(help="A reply's message id.")], json: Json = False) -> None:
    """Print the exact prompt behind a reply, section by section, with sources and tokens."""
    from engine.kernel.tokens import estimate_tokens

    out = Out(json)
    with _engine(out) as engine:
        kept = engine.play.prompt(message_id)
        for part in kept.prompt.sections:
            tokens = estimate_tokens(part.text)
            out.say(f"=== {part.name} ({part.source}; about {tokens} tokens{'; stable' if part.stable else ''})")
            out.say(shown(part.text) + "\n")
            out.data(section=part.name, source=part.source, tokens_estimated=tokens, stable=part.stable, text=part.text)
        for line in kept.prompt.lines:
            out.say(f"--- {line.role} (about {estimate_tokens(line.content)} tokens)\n{shown(line.content)}\n")
            out.data(line=line.role, tokens_estimated=estimate_tokens(line.content), text=line.content)
        billed = f", {kept.tokens_billed} as the provider counted" if kept.tokens_billed else ""
        pending = "; the after-work of the turn before was not done yet" if kept.after_pending else ""
        out.say(f"{kept.tokens_estimated} tokens estimated{billed}; sha256 {kept.hash}{pending}")
        out.data(
            hash=kept.hash,
            tokens_estimated=kept.tokens_estimated,
            tokens_billed=kept.tokens_billed,
            memory_ids=kept.memory_ids,
            hook_ids=kept.hook_ids,
            after_pending=kept.after_pending,
        )


@app.command()
def check(json: Json = False) -> None:
    """Verify every promise about the stored rows and files; exit code 1 when one is broken."""
    out, broken = Out(json), 0
    with _engine(out) as engine:
        for finding in engine.check():
            name, holds = finding.invariant.code, not finding.ids
            broken += not holds
            out.say(f"{'holds ' if holds else 'BROKEN'} {name}: {finding.invariant.says}")
            for row in finding.ids:
                out.say(f"       {row}")
            out.data(invariant=name, says=finding.invariant.says, holds=holds, ids=finding.ids)
    out.say(f"{broken} broken" if broken else "Everything holds.")
    if broken:
        raise typer.Exit(1)


@app.command()
def doctor(json: Json = False) -> None:
    """Tell in plain words what this installation is: settings, providers, database, versions."""
    out = Out(json)
    with _engine(out) as engine:
        for told in engine.doctor.examine():
            out.say(f"{'! ' if told.worry else '  '}{told.subject}: {told.words}")
            out.data(subject=told.subject, words=told.words, worry=told.worry)


@app.command()
def export(world: str, folder: Path, json: Json = False) -> None:
    """Write a world with its characters and episodes into a folder of text files."""
    out = Out(json)
    with _engine(out) as engine:
        written = engine.content.export(world, folder)
        out.say(f"{len(written)} files in {folder}")
        out.data(files=[str(path) for path in written])


@app.command("import")
def take_in(folder: Path, json: Json = False) -> None:
    """Read a folder of text files into drafts; publish them with `coldopen publish`."""
    out = Out(json)
    with _engine(out) as engine:
        taken = engine.content.take_in(folder)
        slugs = [one.slug for one in taken.characters]
        out.say(
            f"{taken.world.name}: {len(slugs)} characters ({', '.join(slugs)}), {taken.episodes} episodes, as drafts."
        )
        out.say("Publish with: coldopen publish CHARACTER")
        out.data(world=taken.world.slug, characters=slugs, episodes=taken.episodes)


@app.command()
def publish(character: str, json: Json = False) -> None:
    """Publish a character's draft: new sessions get it, running ones go on with theirs."""
    out = Out(json)
    with _engine(out) as engine:
        release = engine.releases.publish(character)
        out.say(f"{shown(release.payload.persona.name)} is live as release {release.number}.")
        out.data(character=release.payload.persona.slug, release_id=release.id, number=release.number)


@app.command("demo-data")
def demo_data(
    days: Annotated[int, typer.Option(min=1, max=730, help="How many days it spans, today the last.")] = 60,
    players: Annotated[int, typer.Option(min=1, max=500, help="How many people play.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed gives the same play.")] = 1,
    remove: Annotated[bool, typer.Option("--remove", help="Take all demo data away.")] = False,
    json: Json = False,
) -> None:
    """Fill Engagement with marked play of people who do not exist; again replaces it."""
    out = Out(json)
    with _engine(out) as engine:
        if remove:
            gone = engine.analytics.demo.remove()
            out.say(engine.runtime.words.say("demo.removed", players=str(gone)))
            out.data(removed=gone)
            return
        filled = engine.analytics.demo.fill(days, players, seed)
        counts = {"players": filled.players, "sessions": filled.sessions, "turns": filled.turns}
        out.say(engine.runtime.words.say("demo.filled", **{name: str(count) for name, count in counts.items()}))
        out.data(**counts)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to; what is there is replaced.")], json: Json = False
) -> None:
    """Write everything that is kept into one FILE, while people play on.

    FILE holds what everybody said, and the key that signs their links and cookies: keep it as you keep the database.
    Settings are not in it.
    """
    from engine.cli import keeping

    keeping.save(Out(json), file)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="What `coldopen backup` wrote.")], json: Json = False) -> None:
    """Bring a backup into an empty home or database, SQLite or PostgreSQL, then check it; exit code 1 if it is broken.

    FILE is verified whole before anything is written. Links and cookies that people had work again.
    """
    from engine.cli import keeping

    if keeping.restore(Out(json), file):
        raise typer.Exit(1)


@app.command("hand-over")
def hand_over(
    name: Annotated[str, typer.Argument(help="Whose.")],
    file: Annotated[Path, typer.Argument(help="Where to; what is there is replaced.")],
    person_id: Annotated[str, typer.Option("--id", help="Which one, where several share the name.")] = "",
    json: Json = False,
) -> None:
    """Write everything that is kept of a person into one ZIP: to read, to look at, and as JSON."""
    from engine.cli import leaving

    out = Out(json)
    with _engine(out) as engine:
        leaving.hand_over(engine, out, name, person_id, file)


@app.command()
def erase(
    name: Annotated[str, typer.Argument(help="Whom.")],
    person_id: Annotated[str, typer.Option("--id", help="Which one, where several share the name.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the name again.")] = False,
    json: Json = False,
) -> None:
    """Erase a person for good: what they played, what is remembered of them, their pictures.

    Worlds, characters and releases that they wrote are the house's and stay. Backups made before are not touched.
    """
    from engine.cli import leaving

    out = Out(json)
    with _engine(out) as engine:
        leaving.erase(engine, out, name, person_id, None if yes else partial(typer.prompt, err=True))


bench = typer.Typer(help="Measure this engine against a baseline in the same run.", rich_markup_mode=None)
app.add_typer(bench, name="bench")


Server = Annotated[str, typer.Option(help="A PostgreSQL server's address: databases are made on it, and dropped.")]


@bench.command("turn")
def bench_turn(
    turns: Annotated[int, typer.Option(min=5, help="Turns in each run.")] = 40,
    runs: Annotated[int, typer.Option(min=5, help="Runs of each candidate.")] = 5,
    history: Annotated[list[int] | None, typer.Option(help="Messages played before; may be given again.")] = None,
    server: Server = "",
) -> None:
    """The engine's own time in a turn (no model, no network) beside the bare driver doing the same reads and writes."""
    from engine.bench.turn import measure

    _print(measure(turns, runs, history or [20], server))


@bench.command("stream")
def bench_stream(
    rounds: Annotated[int, typer.Option(min=5, help="Rounds; every contestant has its turn in each.")] = 5,
    clients: Annotated[int, typer.Option(min=1, help="Clients at once, for the throughput.")] = 32,
    turns: Annotated[int, typer.Option(min=2, help="Lines of each client in a round.")] = 8,
) -> None:
    """First words and throughput of Play's own stream, beside Gradio's chat and a bare route."""
    from engine.bench.stream import measure

    _print(measure(rounds, clients, turns))


@bench.command("recall")
def bench_recall(
    files: Annotated[list[Path], typer.Argument(help="Dialogues with marked evidence.", metavar="FILE…")],
) -> None:
    """How much of a dialogue memory finds again (R@5, R@10, R@20, MRR), beside three simple ways in the same run.

    Each FILE is JSON, one object a line. The first says who speaks: {"player": "Ana", "character": "Ilse", "zone":
    "Europe/Vienna"}. Then what was said, in order; a meeting is a session: {"line": 1, "meeting": 1, "at":
    "2025-01-12T19:02:00+01:00", "speaker": "Ana", "text": "Good evening."}. Then questions, each with the numbers of
    the lines that answer it: {"question": "Where does she live?", "evidence": [3, 17], "kind": "fact"}; figures are
    also given for each kind. With an embedder configured, the engine is measured with and without it.
    """
    from engine.bench.recall import measure

    _print(measure(files))


@bench.command("memory")
def bench_memory(
    memories: Annotated[int, typer.Option(min=100, help="Lines that are remembered.")] = 100_000,
    people: Annotated[int, typer.Option(min=1, help="People who share them out; then one has them all.")] = 500,
    queries: Annotated[int, typer.Option(min=5, help="How often each thing is done.")] = 200,
    server: Server = "",
) -> None:
    """Searching, offering and adding among very many memories, beside the bare driver's same statements."""
    from engine.bench.memory import measure

    _print(measure(memories, people, queries, server))


@bench.command("load")
def bench_load(
    clients: Annotated[list[int] | None, typer.Option(help="People at once; may be given again.")] = None,
    waves: Annotated[int, typer.Option(min=1, max=5, help="Lines of each at each number of people.")] = 3,
    server: Server = "",
) -> None:
    """Many people at once against a served Coldopen, some dropping off, some posting twice; and what was lost."""
    from engine.bench.load import LEVELS, measure

    _print(measure(clients or LEVELS, waves, server))


@bench.command("crash")
def bench_crash(
    kills: Annotated[int, typer.Option(min=0, help="Kills at random points; 0 is each point once.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed kills at the same points.")] = 1,
    server: Server = "",
) -> None:
    """Play and die at a named point by SIGKILL, open again and count what was lost (in a checkout only)."""
    from engine.bench.crash import measure

    _print(measure(kills, seed, server))


@bench.command("adapters")
def bench_adapters(
    rounds: Annotated[int, typer.Option(min=5, help="Rounds; both contestants have their turn in each.")] = 7,
    words: Annotated[int, typer.Option(min=1, max=1_000, help="Words of a reply.")] = 60,
) -> None:
    """What our layer adds to a reply over the bare SDK, against the same stub server (in a checkout only)."""
    from engine.bench.adapters import measure

    _print(measure(rounds, words))


def _print(rows: Iterable[str]) -> None:
    """Each row as soon as it is there."""
    for row in rows:
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
