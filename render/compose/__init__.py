"""Edge: the wall pass and what goes into it: inner pictures, footprints, cards, marks, patterns."""
