"""Where wall pictures go: headless, windows, files."""
