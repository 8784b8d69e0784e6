"""Play: the chat in which episodes are played."""
