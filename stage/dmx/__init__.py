"""DMX on the wire: E1.31 and Art-Net 4 packets, and how several senders of one universe are merged. Pure."""
