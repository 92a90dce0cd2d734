"""What a tracker says: protocols, time, motion. Imports nothing of the other packages."""
