"""One tracker of the fold: from bytes to the entrance pupil at any time. Pure."""
