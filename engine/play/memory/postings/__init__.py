"""Postings: which rows hold a term, and what of them is held in memory."""
