"""Edge: what a run's processes share: options, checkpoint, events, previews, the terminal, the operating system."""
