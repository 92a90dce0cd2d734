"""The position of each LED of a wall, computed once with NumPy when the stage is loaded."""
