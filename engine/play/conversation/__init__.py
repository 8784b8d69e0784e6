"""The conversation: timelines, sessions, turns, takes and messages."""
