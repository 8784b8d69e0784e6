"""The nouns that production writes and the runtime reads, and the release in which the two meet."""
