"""Where each LED of a wall lies, worked out once with NumPy when the stage is loaded."""
