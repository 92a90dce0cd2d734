"""When a sample was taken, on the host's clock: from device stamps, slots of a known rate, or arrival. Pure."""
