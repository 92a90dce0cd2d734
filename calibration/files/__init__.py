"""Edge: reads meshes, lenses and predictor weights from disk."""
