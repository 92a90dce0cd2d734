"""Edge: the lights process, which keeps the wire to the fixtures alive; and the core's end of it."""
