"""OSC in and out: a client process that mirrors the stage's values to desks, tablets and button boxes."""
