"""What a session shows: its own turns, and those of the sessions that it was forked from, up to each fork."""
