"""Moderation: the floor of care. Fixed lists, no model, the same in every language of the lists."""
