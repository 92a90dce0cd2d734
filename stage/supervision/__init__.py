"""Edge: starts the processes of a run, restarts what dies, ends all."""
