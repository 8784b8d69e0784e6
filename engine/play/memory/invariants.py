"""What must hold of memories: queries that return the rows which break it."""

from __future__ import annotations

from engine.db.check import Invariant

INVARIANTS = (
    Invariant(
        "E1 memory_events",
        "Every memory that is not a raw line names its cause: a turn and a take, or an act.",
        """
        select id from memory_events
        where type not in ('line', 'forgotten') and act_id is null and (turn_id is null or take_id is null)
        """,
    ),
    Invariant(
        "E2 memory_events",
        "A memory stands exactly while its turn stands and its take is chosen, or while its act is not undone.",
        """
        select m.id from memory_events m
        left join turns t on t.id = m.turn_id
        left join takes k on k.id = m.take_id
        left join acts a on a.id = m.act_id
        where (m.act_id is not null or m.take_id is not null)
          and m.standing <> (case when m.act_id is not null then a.id is not null and a.undone_at is null
                                  else t.id is not null and t.taken_back_by is null and coalesce(k.chosen, false) end)
        """,
    ),
    Invariant(
        "E2 raw lines",
        "A player's raw line stands exactly while its turn does.",
        """
        select m.id from memory_events m join turns t on t.id = m.turn_id
        where m.take_id is null and m.act_id is null and m.standing <> (t.taken_back_by is null)
        """,
    ),
    Invariant(
        "E3",
        "Within a timeline no memory is superseded by two standing ones.",
        """
        select min(id) from memory_events where standing and supersedes is not null
        group by timeline_id, supersedes having count(*) > 1
        """,
    ),
    Invariant(
        "M2",
        "A memory belongs to the timeline of its turn's session.",
        """
        select m.id from memory_events m join turns t on t.id = m.turn_id join sessions s on s.id = t.session_id
        where m.timeline_id <> s.timeline_id
        """,
    ),
    Invariant(
        "M4",
        "A take brings a memory once, its importance is between 0 and 1, and it has at most 300 characters.",
        """
        select id from memory_events
        where not (importance_score between 0 and 1) or (type <> 'line' and length(summary) > 300)
        union all
        select min(id) from memory_events where take_id is not null
        group by take_id, type, hash having count(*) > 1
        """,
    ),
    Invariant(
        "M6",
        "What was forgotten has no words left, in its row, in a vector or among the words that search knows.",
        """
        select m.id from memory_events m where m.type = 'forgotten' and (m.summary <> '' or m.length <> 0
        or m.embedding is not null or exists
        (select 1 from memory_terms t where t.timeline_id = m.timeline_id and t.seq = m.seq))
        """,
    ),
    Invariant(
        "M7",
        "A timeline's counts equal those of its standing rows.",
        """
        select m.timeline_id from memory_events m left join memory_stats s on s.timeline_id = m.timeline_id
        group by m.timeline_id, s.n, s.total_length, s.last_seq
        having coalesce(s.n, -1) <> sum(case when m.standing then 1 else 0 end)
            or coalesce(s.total_length, -1) <> sum(case when m.standing then m.length else 0 end)
            or coalesce(s.last_seq, -1) < max(m.seq)
        """,
    ),
    Invariant(
        "M8",
        "Every memory is found by its words: its postings know its length and add up to it, none lacks its memory.",
        """
        select m.id from memory_events m
        left join memory_terms t on t.timeline_id = m.timeline_id and t.seq = m.seq
        group by m.id, m.length having coalesce(sum(t.tf), 0) <> m.length
            or coalesce(min(t.length), m.length) <> m.length or coalesce(max(t.length), m.length) <> m.length
        union all
        select t.timeline_id from memory_terms t
        left join memory_events m on m.timeline_id = t.timeline_id and m.seq = t.seq
        where m.id is null
        """,
    ),
)
