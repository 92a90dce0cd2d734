"""Where things are and how lenses and panels behave. Imports only `tracking`."""
