"""Edge: draws single pictures without a running stage: walls, film, test patterns."""
