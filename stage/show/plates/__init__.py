"""Films in the fold: where each one is, the stage's time code, what comes next, and what came late. Pure."""
