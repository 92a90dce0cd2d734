"""Rain, snow and dust before any world: their values and plan, and their drawing. No kind of world."""
