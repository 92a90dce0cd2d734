"""Edge: the files of worlds, decoded for the GPU and kept there by the hash of their bytes."""
