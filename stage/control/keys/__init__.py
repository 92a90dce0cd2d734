"""Who is known to a stage: names with roles. Of a token only its hash is kept."""
