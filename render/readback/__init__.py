"""Edge: pictures for people who look: walls, views and film in a screen's size, read back without ever waiting."""
