"""`stage verify`: what the film camera sees on the walls, measured against what it would see in the world."""
