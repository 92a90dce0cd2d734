"""Where each camera is, what its lens sees, and the margin for what the prediction misses. Pure."""
