"""Edge: the light that reaches places on the stage from its walls and the world around, beside the pictures."""
