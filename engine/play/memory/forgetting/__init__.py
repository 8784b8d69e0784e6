"""Real forgetting: a memory loses its words, its place in the index and its lines; only that it was there stays."""
