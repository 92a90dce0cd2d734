"""Takes: the recorder process, the MCAP file, replay and repair."""
