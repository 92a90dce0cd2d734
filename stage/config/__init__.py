"""The configuration: records, reading, rules and findings. Pure."""
