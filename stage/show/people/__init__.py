"""The people at the controls: leases on values, what is kept from them, what they can undo. Pure."""
