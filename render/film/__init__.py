"""The virtual film camera: photographs the lit walls through a true lens. Shares no formula with the walls' own path."""
