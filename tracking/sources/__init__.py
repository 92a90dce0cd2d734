"""Edge: sockets, serial lines and files that tracker bytes come from and go to."""
