"""Releases: cutting a draft, checking that it is ready, publishing, rolling back, withdrawing."""
