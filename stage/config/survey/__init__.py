"""What a configuration amounts to: the survey of its stage, the coverage of its walls, and the sheet of both. Pure."""
