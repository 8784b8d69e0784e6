"""Endings: how sessions came to their end, in rounds."""
