"""From a colour to the drives of emitters: spectra, mixing, and the slots of a universe. No clock, file or socket."""
