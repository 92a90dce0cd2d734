"""What goes into a frame and what comes out of it, as records. Pure."""
