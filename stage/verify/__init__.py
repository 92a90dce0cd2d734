"""`stage verify`: compares what the film camera sees on the walls with what it would see in the world."""
