"""The virtual film camera: it photographs the lit walls through a true lens, without any formula of the walls' path."""
