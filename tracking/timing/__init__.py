"""When a sample was taken, on the host's clock: device stamps, slots of a known rate, arrival. Pure."""
