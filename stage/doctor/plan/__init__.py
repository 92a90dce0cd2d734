"""The stage's plan: walls, eyes, rigs and canvases drawn as SVG, from above and from the side."""
