"""Edge: what the run's processes share: options, checkpoint, events, priority."""
