"""From the state to a frame's plan: views, walls, on-wall tools, reprojection. Pure."""
