"""Everything that may be set while the show runs, declared once. Pure."""
