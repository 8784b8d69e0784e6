"""Who can act and who can draw, how they do, what they cost today, and asking them by hand: one, or two at once."""
