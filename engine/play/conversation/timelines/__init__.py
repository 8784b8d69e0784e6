"""Timelines and acts: the lines of lived play, and what a person did to them by hand."""
