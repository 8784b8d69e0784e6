"""The studio: where writers make what is later played. It knows genre; nothing that plays may import it."""
