"""Leaving: taking along everything that the house has of a person, and being erased for good."""
