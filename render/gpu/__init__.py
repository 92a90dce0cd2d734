"""Edge: the OpenGL context, shaders, targets and views."""
