"""The running show: fold, loop, control, takes and command line."""

__version__ = "0.1.0"
