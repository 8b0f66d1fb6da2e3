"""Hostile input, and what it must get: a corpus made by code, properties, and fuzzing."""
