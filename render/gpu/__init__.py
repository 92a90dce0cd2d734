"""Edge: the OpenGL context, shader passes and targets."""
