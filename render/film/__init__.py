"""The virtual film camera: photographs the lit walls through a true lens, sharing no formula with the wall's own path."""
