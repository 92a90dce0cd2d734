"""Edge: windows, canvases and picture files that finished walls go to."""
