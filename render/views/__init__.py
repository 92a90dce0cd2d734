"""What plans and worlds have in common: a view's edges and rays, and the limits of what can be drawn. Pure."""
