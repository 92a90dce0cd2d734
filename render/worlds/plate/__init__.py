"""Films behind the walls: in a configuration, in a plan, and how they are drawn."""
