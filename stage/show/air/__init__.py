"""What is on air: the worlds of the stage, the target, cuts and dissolves between them. Pure."""
