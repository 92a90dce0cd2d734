"""The running show. Only the command line lies loose here."""

__version__ = "0.1.0"
