"""The cues of a show: the list, what plays of it, and what the next ones will set. Pure."""
