"""What `stage doctor` examines: this machine, and what a configuration asks of it."""
