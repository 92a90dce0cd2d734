"""The virtual film camera: photographs the lit walls through a true lens, by no formula of the walls' own path."""
