"""What lies behind the walls, a folder a kind: its record, its drawing, its rules."""
