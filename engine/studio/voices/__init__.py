"""Who can act, how they do, what they cost today, and trying one out."""
