"""The vectors of memories, where a person configured an embedder; elsewhere there are none."""
