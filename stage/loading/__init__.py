"""Edge: configuration files, and the geometry that they name, read before the first frame."""
