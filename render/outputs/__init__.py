"""Edge: windows, canvases and picture files, where finished walls go."""
