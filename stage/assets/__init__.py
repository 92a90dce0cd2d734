"""Edge: the worlds' pictures, decoded, kept for a restarted core and put on the GPU."""
