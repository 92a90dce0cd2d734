"""Where a body will be: motion, the line and the learned predictor. Pure."""
