"""Decodes and encodes tracker protocols: FreeD, OpenTrackIO, OSC. Pure."""
