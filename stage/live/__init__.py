"""Edge: the core process, its loop and what it is wired to."""
