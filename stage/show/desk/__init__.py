"""Lighting desks in the fold: what they send on DMX universes, and the values that it moves. Pure."""
