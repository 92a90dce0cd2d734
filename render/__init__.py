"""Pictures: from a plan to the LEDs."""
