"""Edge: the plates process, which reads films ahead into shared memory, and the core's end of it."""
