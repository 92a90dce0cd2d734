"""What several kinds of world share: light on a sphere around the stage's origin, a picture from a file. Pure."""
