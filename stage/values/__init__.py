"""Every value that can be set while the show runs, declared once. Pure."""
