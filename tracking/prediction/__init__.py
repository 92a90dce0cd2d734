"""Predicts where a tracked body will be: its recent motion, the line and the learned predictor. Pure."""
