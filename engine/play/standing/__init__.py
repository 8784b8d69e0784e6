"""Standing: which turns, takes and effects count now."""
