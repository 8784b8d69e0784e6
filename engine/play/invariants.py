"""Invariants of conversations: turns, takes, messages, sessions, endings."""

from __future__ import annotations

from engine.db.check import Invariant
from engine.play.effects.invariants import of_effects

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
        "No player's line is left without a reply for more than 100 seconds.",
        """select turns.id from turns
        where turns.seq > 0 and turns.taken_back_by is null and turns.accepted_at < :ago_100
        and not exists (select 1 from takes where takes.turn_id = turns.id)""",
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
        "A session's message count is the number of its standing messages.",
        """select sessions.id from sessions where sessions.message_count <>
        (select count(*) from messages where messages.session_id = sessions.id and messages.standing)""",
    ),
    Invariant(
        "C5",
        "At most one session of an episode is active on a timeline.",
        """select timeline_id from sessions where is_active group by timeline_id, template_id having count(*) > 1""",
    ),
    Invariant(
        "C6",
        "Every session has its opening line exactly once.",
        """select sessions.id from sessions where (select count(*) from turns where turns.session_id = sessions.id
        and turns.seq = 0 and turns.taken_back_by is null) <> 1""",
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
        "An engagement's counts are its sessions and their standing messages.",
        """select engagements.id from engagements where engagements.total_messages <>
        (select coalesce(sum(sessions.message_count), 0) from sessions where sessions.engagement_id = engagements.id)
        or engagements.total_sessions <>
        (select count(*) from sessions where sessions.engagement_id = engagements.id)""",
    ),
    *of_effects("endings", "An ending"),
)
