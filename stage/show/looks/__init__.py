"""Looks in the fold: named values that are kept, recalled and compared, and the one of each take. Pure."""
