"""The wall pass and what it is made of: inner pictures, footprints, cards, marks, patterns."""
