"""What a frame shows, as plain values: the seam between show and GPU. Pure."""
