"""Edge: the sockets, serial lines and files that tracker data comes from and goes to."""
