"""3D scenes on the walls: how far each has moved, and where it stands in a frame. Pure."""
