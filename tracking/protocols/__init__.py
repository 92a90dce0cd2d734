"""Tracker bytes to readings and back: FreeD, OpenTrackIO, OSC. Pure."""
