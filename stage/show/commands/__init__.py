"""The commands: who may give which, what carries each out, and which were answered before. Pure."""
