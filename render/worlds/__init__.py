"""What is behind the walls: a folder for each kind of world, the union of their records and the drawing of any."""
