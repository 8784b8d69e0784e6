"""Drafts: what a writer has typed and not saved yet, so that a reload or a restart loses no word."""
