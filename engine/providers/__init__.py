"""Ports to the world outside; each adapter is one file, chosen by `engine.wiring` alone."""
