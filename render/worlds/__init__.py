"""The worlds behind the walls, one file a kind of content."""
