"""Where things are and how lenses behave. The loose files are records and lens arithmetic. Pure."""
