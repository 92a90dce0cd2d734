"""The present values: set, faded, numbered by change. Pure."""
