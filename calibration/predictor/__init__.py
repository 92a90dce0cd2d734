"""Fits predictor weights to recorded motion, offline, with NumPy."""
