"""Where sun, moon and stars are: the calendar, and low-order series good for a sky on a wall. Pure."""
