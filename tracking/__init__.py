"""What a tracker says. Loose here: what all rooms share, records, rotation, settings, addresses. Pure."""
