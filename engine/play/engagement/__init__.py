"""Engagement: one user with one character."""
