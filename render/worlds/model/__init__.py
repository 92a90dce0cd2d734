"""3D scenes behind the walls: in a configuration, in a plan, and where pictures of them are drawn."""
