"""Trackers: their data and their motion. Loose modules are what all rooms share: records, rotation, settings. Pure."""
