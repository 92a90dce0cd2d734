"""Edge: films and folders of numbered frames, examined, and read frame by frame."""
