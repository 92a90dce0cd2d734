"""Edge: files that describe fixtures (our own TOML, GDTF, Open Fixture Library), read once before the first frame."""
