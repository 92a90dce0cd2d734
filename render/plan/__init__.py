"""What a frame shows, as plain values: the seam between the show and the GPU. Pure."""
