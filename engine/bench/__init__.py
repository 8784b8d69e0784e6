"""Measuring: every figure is a median of at least five runs, beside a baseline taken in the same run."""
