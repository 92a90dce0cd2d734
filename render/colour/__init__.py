"""The arithmetic of colour: matrices, primaries, grade. Pure."""
