"""The index under memory: rows, the words that find them, and counts of what stands."""
