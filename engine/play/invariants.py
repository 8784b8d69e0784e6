"""Invariants of conversations: turns, takes, messages, sessions, endings."""

from __future__ import annotations

from engine.db.check import EACH, Invariant
from engine.play.effects.invariants import of_effects

_SHOWN = """
        with recursive shown(id, source, seen) as (
        select cast(id as varchar(200)), cast(id as varchar(200)), 2147483647 from sessions
        union
        select shown.id, s.forked_from, case when t.forked_at < shown.seen then t.forked_at else shown.seen end
        from shown join sessions s on s.id = shown.source join timelines t on t.id = s.timeline_id
        where s.forked_from is not null)"""
"""Which sessions a session shows, each up to an `at`: itself, then those that it was forked from."""


_SIGHT = """
        with recursive sight(id, source, seen) as (
        select cast(id as varchar(200)), cast(id as varchar(200)), 2147483647 from timelines
        union
        select sight.id, cast(t.parent_id as varchar(200)),
        case when t.forked_at < sight.seen then t.forked_at else sight.seen end
        from sight join timelines t on t.id = sight.source where t.parent_id is not null)"""
"""What a timeline sees, each up to an `at`: itself, then its parents. A ring of parents comes to an end (`union`)."""

_PROMPTED = (
    _SIGHT  # noqa: S608  (our own words)
    + """ select prompts.take_id from prompts join takes on takes.id = prompts.take_id
        join turns on turns.id = takes.turn_id, """
    + EACH
    + """(prompts.memory_ids) given
        join memory_events m on m.id = given.value
        where not exists (select 1 from sight where sight.id = turns.timeline_id and sight.source = m.timeline_id
        and m.at <= sight.seen) or m.at >= turns.at or m.user_id <> prompts.user_id"""
)
"""Prompts that were given a memory which their turn could not see."""

_ON_A_TIMELINE = ("turns", "takes", "messages", "memory_events", "hooks", "hook_uses", "dynamics", "milestones",
                  "endings", "scene_images")  # fmt: skip


def _shown(query: str) -> str:
    """A query over `shown`."""
    return f"{_SHOWN} {query}"


INVARIANTS = (
    Invariant(
        "C1a",
        "No two standing messages of a session share a place, and no turn has two lines of one role.",
        """select session_id from messages where standing group by session_id, seq having count(*) > 1
        union select turn_id from messages where standing group by turn_id, role having count(*) > 1""",
    ),
    Invariant(
        "C1b",
        "The standing turns of a session are numbered without a gap.",
        """select session_id from turns where taken_back_by is null group by session_id
        having count(*) <> max(seq) - min(seq) + 1 or count(distinct seq) <> count(*)""",
    ),
    Invariant(
        "C1c",
        "A player's line stands with its turn; a reply stands when its turn stands and its take is chosen.",
        """select messages.id from messages join turns on turns.id = messages.turn_id
        left join takes on takes.id = messages.take_id
        where messages.standing <> case when messages.role = 'user' then turns.taken_back_by is null
        else turns.taken_back_by is null and takes.chosen end""",
    ),
    Invariant(
        "C2",
        "A player's line is answered within 100 seconds, or somebody is at work on its reply.",
        """select turns.id from turns
        where turns.seq > 0 and turns.taken_back_by is null and turns.accepted_at < :ago_100
        and not exists (select 1 from takes where takes.turn_id = turns.id
        and (takes.state <> 'speaking' or takes.lease_at >= :ago_40))""",
    ),
    Invariant(
        "C3a",
        "A finished take has words unless it failed; a complete one has a finish reason.",
        """select id from takes where (state in ('complete', 'partial', 'stopped') and trim(text) = '')
        or (state = 'complete' and finish_reason is null)
        or state not in ('speaking', 'complete', 'partial', 'stopped', 'failed')""",
    ),
    Invariant(
        "C3b",
        "A turn with a finished take has exactly one chosen take, and a failed or speaking take is never chosen.",
        """select turn_id from takes where state in ('complete', 'partial', 'stopped') group by turn_id
        having sum(case when chosen then 1 else 0 end) <> 1
        union select turn_id from takes where chosen and state in ('failed', 'speaking')""",
    ),
    Invariant(
        "C4",
        "A session's message count is the number of standing messages that it shows.",
        _shown("""select sessions.id from sessions where sessions.message_count <>
        (select count(*) from shown join messages on messages.session_id = shown.source and messages.at <= shown.seen
        where shown.id = sessions.id and messages.standing)"""),
    ),
    Invariant(
        "C5",
        "At most one session of an episode is active on a timeline.",
        """select timeline_id from sessions where is_active group by timeline_id, template_id having count(*) > 1""",
    ),
    Invariant(
        "C6",
        "Every session has its opening line exactly once; a fork has its parent's.",
        """select s.id from sessions s where case when s.forked_from is null then 1 else 0 end <>
        (select count(*) from turns where turns.session_id = s.id and turns.seq = 0 and turns.taken_back_by is null)""",
    ),
    Invariant(
        "C6b",
        "A fork's own turns go on where the turns end that it sees of its parent.",
        _shown("""select sessions.id from sessions
        join turns on turns.session_id = sessions.id and turns.taken_back_by is null
        where sessions.forked_from is not null group by sessions.id having min(turns.seq) <> 1 +
        (select max(past.seq) from shown join turns past on past.session_id = shown.source and past.at <= shown.seen
        where shown.id = sessions.id and shown.source <> sessions.id and past.taken_back_by is null)"""),
    ),
    Invariant(
        "C6c",
        "A fork's timeline comes from that of the session it was forked from, and goes no further than that has come.",
        """select s.id from sessions s join timelines t on t.id = s.timeline_id
        left join sessions past on past.id = s.forked_from left join timelines old on old.id = past.timeline_id
        where s.forked_from is not null and (old.id is null or t.parent_id is null or t.parent_id <> old.id
        or t.forked_at is null or t.forked_at > old.last_at)""",
    ),
    Invariant(
        "C13",
        "A turn that does not stand was taken back by an act of its person.",
        """select turns.id from turns left join acts on acts.id = turns.taken_back_by
        where turns.taken_back_by is not null and (acts.id is null or acts.user_id <> turns.user_id)""",
    ),
    Invariant(
        "C8",
        "Every reply that was not interrupted has its exact prompt, of the release that its session is pinned to.",
        """select takes.id from takes join turns on turns.id = takes.turn_id
        join sessions on sessions.id = takes.session_id left join prompts on prompts.take_id = takes.id
        where turns.seq > 0 and takes.state in ('complete', 'stopped')
        and (prompts.take_id is null or prompts.release_id <> sessions.release_id)""",
    ),
    Invariant(
        "C9a",
        "After-work of a chosen, standing take is not due for more than 120 seconds.",
        """select takes.id from takes join turns on turns.id = takes.turn_id where takes.after = 'due' and takes.chosen
        and turns.taken_back_by is null and takes.finished_at < :ago_120""",
    ),
    Invariant(
        "C9b",
        "No speaking take has a lease older than 40 seconds.",
        "select id from takes where state = 'speaking' and lease_at < :ago_40",
    ),
    Invariant(
        "C10",
        "A session is active exactly while no ending of its present round stands.",
        """select sessions.id from sessions where sessions.is_active = exists (select 1 from endings
        where endings.session_id = sessions.id and endings.standing and endings.round = (select count(*) from acts
        where acts.kind = 'stay' and acts."on" = sessions.id and acts.undone_at is null))""",
    ),
    Invariant(
        "C11",
        "An engagement's counts are its sessions and their standing messages, each counted once.",
        """select engagements.id from engagements where engagements.total_messages <>
        (select count(*) from sessions join messages on messages.session_id = sessions.id and messages.standing
        where sessions.engagement_id = engagements.id) or engagements.total_sessions <>
        (select count(*) from sessions where sessions.engagement_id = engagements.id)""",
    ),
    Invariant(
        "C12",
        "After-work of a reply that was spoken is due or done.",
        """select id from takes where state in ('complete', 'partial', 'stopped') and kind <> 'opening'
        and after not in ('due', 'done')""",
    ),
    Invariant(
        "M1",
        "Everything that is played or remembered lies on a timeline that there is.",
        " union all ".join(
            f"select id from {table} where timeline_id not in (select id from timelines)"  # noqa: S608  (our own names)
            for table in _ON_A_TIMELINE
        ),
    ),
    Invariant(
        "M3",
        "A prompt was given no memory that its timeline did not see before its turn.",
        _PROMPTED,
    ),
    Invariant(
        "P1",
        "Every session told its player that this is an AI; a fork's parent did.",
        """select sessions.id from sessions where forked_from is null and not exists (select 1 from events
        where events.session_id = sessions.id and events.name = 'notice_shown')""",
    ),
    *of_effects("endings", "An ending"),
)
