"""Edge: the wall pass and what goes into it: outer cube, inner pictures, footprints, cards, marks, patterns."""
