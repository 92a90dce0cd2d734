"""Stage lights in the fold: what each cell is to give, by hand or following the world. Pure."""
