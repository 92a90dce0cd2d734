"""Edge: meshes, lenses and predictor weights on disk."""
