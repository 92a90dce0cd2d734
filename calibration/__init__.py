"""Where walls are and how lenses behave. Loose modules are records and lens arithmetic. Pure."""
