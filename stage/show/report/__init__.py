"""What the show reports: health, losses, latency, the take. Pure."""
