"""Edge: picture files to scene-linear pixels and back."""
