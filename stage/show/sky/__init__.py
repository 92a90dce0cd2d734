"""The sky of a frame: from hour, date, place and what is set by hand to its plan. Pure."""
