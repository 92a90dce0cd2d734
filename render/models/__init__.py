"""Models of glTF files: read with suspicion, posed at a time of the show, and drawn with depth."""
